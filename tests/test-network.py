#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's network: the hops are in order, what is dropped is lost, and nothing of it stays."""

import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import desktop, network, tap  # noqa: E402


def ping(address, *options):
    """What the system's own ping says of a single packet."""
    command = ['ping', '-n', '-c', '1', '-W', '1', *options, address]
    return subprocess.run(command, check=False, capture_output=True, text=True, env=dict(os.environ, LC_ALL='C')).stdout


def every_hop_answers_in_order():
    with network.Chain():
        for ttl, host in ((1, network.ROUTER), (2, network.PROVIDER)):
            output = ping('1.1.1.1', '-t', str(ttl))
            assert 'From ' + host in output and 'Time to live exceeded' in output, output
        for anchor in network.ANCHORS:
            assert 'ttl=62' in ping(anchor), anchor


def so_it_does_over_ipv6():
    with network.Chain(has_ipv6=True):
        for ttl, host in ((1, network.ROUTER_6), (2, network.PROVIDER_6)):
            output = ping(network.ANCHOR_6, '-t', str(ttl))
            assert 'From ' + host in output and 'Time exceeded: Hop limit' in output, output
        assert 'ttl=62' in ping(network.ANCHOR_6)


def what_is_dropped_is_lost_until_healed():
    with network.Chain() as chain:
        for way in network.WAYS:
            chain.provider.drop(100, way)
            assert '0 received' in ping('8.8.8.8'), way
            assert '1 received' in ping(network.ROUTER), way
            chain.provider.heal()
            assert '1 received' in ping('8.8.8.8'), way


def a_share_is_a_share():
    with network.Chain() as chain:
        chain.router.drop(20)
        output = subprocess.run(['ping', '-n', '-q', '-f', '-c', '500', '-W', '1', '1.1.1.1'], check=False,
                                capture_output=True, text=True, env=dict(os.environ, LC_ALL='C')).stdout
        received = int(output.split(' received')[0].split()[-1])
        assert 330 < received < 470, output  # seven standard deviations


def nothing_stays_when_killed():
    script = 'import sys; sys.path.insert(0, %r); from lab import network; c = network.Chain();' \
        'print(*(h.holder.pid for h in c.hosts[1:]), flush=True); sys.stdin.read()' % sys.path[0]
    process = subprocess.Popen(['unshare', '--net', sys.executable, '-c', script], stdout=subprocess.PIPE,
                               stdin=subprocess.PIPE, text=True)
    holders = process.stdout.readline().split()
    assert len(holders) == 3, holders
    process.kill()
    process.communicate()
    desktop.wait('the end of the namespaces', lambda: not any(os.path.exists('/proc/%s/ns/net' % pid) for pid in holders))


def refuses_a_network_in_use():
    with network.Chain():
        try:
            network.Chain()
        except AssertionError as problem:
            assert 'has routes' in str(problem), problem
        else:
            raise AssertionError('a second chain was built over the first')


def a_pair_answers_for_a_whole_network():
    with network.Pair() as pair:
        for address in (pair.FAR, '10.78.0.1', '10.78.255.254', network.ANCHORS[0]):
            assert '1 received' in ping(address), address
        pair.far.drop(100)
        assert '0 received' in ping('10.78.0.1')
    assert not os.path.exists('/proc/sys/net/ipv4/conf/near0')


TESTS = [every_hop_answers_in_order, so_it_does_over_ipv6, what_is_dropped_is_lost_until_healed, a_share_is_a_share,
         nothing_stays_when_killed, a_pair_answers_for_a_whole_network, refuses_a_network_in_use]

if os.geteuid() != 0:
    print('1..0 # SKIP needs root for network namespaces')
elif sys.argv[1:] != ['inside']:
    os.execvp('unshare', ['unshare', '--net', '--', os.path.abspath(__file__), 'inside'])
else:
    tap.run(TESTS)
