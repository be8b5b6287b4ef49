#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""By which way "pingemctl ping" sends: an interface or an own address that is asked for, and what is too big for the way.

Argument: pingemctl.
"""

import errno
import os
import socket
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import ctl, network, tap, wire  # noqa: E402

PINGEMCTL = sys.argv[1]
FAR = {4: network.Pair.FAR, 6: 'fd00:78::2'}
OTHER = {4: '10.77.0.9', 6: 'fd00:78::9'}
TOO_BIG = {4: (3, 4, network.PROVIDER), 6: (2, 0, network.PROVIDER_6)}
IPV6_SOURCE = slice(8, 24)
IPV4_SOURCE = slice(12, 16)


class Ways(network.Pair):
    """A second own address on the cable, and a second way out that leads nowhere."""

    def _connect(self):
        super()._connect()
        self.near.run('ip address add fd00:78::1/64 dev near0 nodad')
        self.far.run('ip address add fd00:78::2/64 dev far0 nodad')
        self.near.run('ip address add %s/24 dev near0' % OTHER[4])
        self.near.run('ip address add %s/64 dev near0 nodad' % OTHER[6])
        self.near.run('ip link add nowhere0 type veth peer name nowhere1')
        self.near.run('ip link set nowhere1 up')
        self.near.run('ip link set nowhere0 up')
        self.near.run('ip route replace 10.77.0.0/24 dev nowhere0 metric 9999')
        self.near.run('ip route replace fd00:78::/64 dev nowhere0 metric 9999')

    def close(self):
        if os.path.exists('/proc/sys/net/ipv4/conf/nowhere0'):
            self.near.run('ip link delete nowhere0')
        super().close()


def states(*arguments):
    probes, _ = ctl.ping(PINGEMCTL, *arguments)
    return {(probe['state'], probe['errno']) for probe in probes}


def an_interface_is_the_way():
    with Ways():
        for kind in ctl.KINDS:
            for far in FAR.values():
                assert states(kind, '-c', 2, '-i', 10, '-I', 'near0', far) == {('reply', None)}, (kind, far)
                assert states(kind, '-c', 2, '-i', 10, '-W', 200, '-I', 'nowhere0', far) == {('lost', None)}, (kind, far)


def an_interface_that_is_gone_is_unsent():
    for kind in ctl.KINDS:
        for far in FAR.values():
            with Ways() as pair:
                run = ctl.Ping(PINGEMCTL, kind, '-c', 100, '-i', 20, '-W', 500, '-I', 'near0', far)
                run.read()
                pair.near.run('ip link set near0 down')
                probes, rows = run.finish()
                row = rows[far]
                assert row['unsent'] > 50 and row['reply'] + row['unsent'] == 100, (kind, row)
                told = {probe['errno'] for probe in probes if probe['state'] == 'unsent'}
                assert told <= {errno.ENETDOWN, errno.ENETUNREACH, errno.EHOSTUNREACH}, (kind, told)


def an_interface_is_the_scope_of_a_host_that_needs_one():
    with Ways() as pair:
        pair.far.run('ip address add fe80::2/64 dev far0 nodad')
        pair.near.run('ip address add fe80::1/64 dev near0 nodad')
        for kind in ctl.KINDS:
            assert states(kind, '-c', 2, '-i', 10, '-I', 'near0', 'fe80::2') == {('reply', None)}, kind


def an_own_address_is_the_source():
    with Ways() as pair:
        for kind in ctl.KINDS:
            with wire.Capture('near0', snap=256) as capture:
                for family, far in FAR.items():
                    assert states(kind, '-c', 2, '-i', 10, '-I', OTHER[family], far) == {('reply', None)}, (kind, far)
                capture.stop()
                sources = {packet[IPV4_SOURCE if packet[0] >> 4 == 4 else IPV6_SOURCE]
                           for _, packet in capture.packets()
                           if packet[0] >> 4 == 4 and packet[20] == 8 or packet[0] >> 4 == 6 and packet[40] == 128}
            expected = {socket.inet_pton(socket.AF_INET, OTHER[4]), socket.inet_pton(socket.AF_INET6, OTHER[6])}
            assert sources == expected, (kind, sources)


def an_own_address_that_is_gone_is_unsent():
    with Ways() as pair:
        for kind in ctl.KINDS:
            run = ctl.Ping(PINGEMCTL, kind, '-c', 100, '-i', 20, '-W', 500, '-I', OTHER[4], FAR[4])
            run.read()
            pair.near.run('ip address del %s/24 dev near0' % OTHER[4])
            probes, rows = run.finish()
            pair.near.run('ip address add %s/24 dev near0' % OTHER[4])
            row = rows[FAR[4]]
            assert row['unsent'] > 50 and row['reply'] + row['unsent'] == 100, row
            assert {probe['errno'] for probe in probes if probe['state'] == 'unsent'} <= {errno.EINVAL, errno.ENETUNREACH}, probes


def what_is_no_way_is_told():
    for arguments, words in (
            (('-I', 'eth99', '127.0.0.1'), '-I must be an interface or an address of this machine, and eth99 is neither'),
            (('-I', '192.0.2.7', '127.0.0.1'), 'and 192.0.2.7 is neither'),
            (('-I', '', '127.0.0.1'), 'is neither'),
            (('-I', '127.0.0.1', '::1'), '::1: this address is of the other family'),
            (('-6', '-I', '127.0.0.1', '::1'), '-4 or -6 and the address 127.0.0.1 exclude each other'),
            (('-I', '::1', '127.0.0.1,1,1'), 'lines are IPv4, and ::1 is not')):
        result = subprocess.run([PINGEMCTL, 'ping', '--source', 'raw', *arguments], check=False, capture_output=True, text=True,
                                env=ctl.make_env(), timeout=30)
        assert result.returncode == 2 and words in result.stderr and result.stderr.count('\n') == 1, (arguments, result)


def what_is_too_big_is_an_error_only_if_asked():
    """The provider's uplink takes 1,280 bytes at most."""
    with network.Chain(has_ipv6=True) as chain:
        for host, device in ((chain.provider, 'uplink0'), (chain.internet, 'net0')):
            host.run('ip link set %s mtu 1280' % device)
        for kind in ctl.KINDS:
            for family, anchor in ((4, '1.1.1.1'), (6, network.ANCHOR_6)):
                probes, _ = ctl.ping(PINGEMCTL, kind, '-c', 3, '-i', 10, '--size', 1400, '--df', anchor)
                for probe in probes:
                    icmp = probe['icmp']
                    assert probe['state'] == 'error' and (icmp['type'], icmp['code'], icmp['from']) == TOO_BIG[family], probe
                assert states(kind, '-c', 2, '-i', 10, '--size', 1200, '--df', anchor) == {('reply', None)}, (kind, anchor)
                # An IPv6 sender learns the limit from the first error, and makes fragments from then on.
                ctl.ping(PINGEMCTL, kind, '-c', 1, '--size', 1400, anchor)
                assert states(kind, '-c', 2, '-i', 10, '--size', 1400, anchor) == {('reply', None)}, (kind, anchor)
                assert states(kind, '-c', 2, '-i', 10, '--size', 2000, '--df', anchor) == {('unsent', errno.EMSGSIZE)}, \
                    (kind, anchor)


if os.geteuid() != 0:
    print('1..0 # SKIP needs root for network namespaces')
elif sys.argv[2:] != ['inside']:
    os.execvp('unshare', ['unshare', '--net', '--', os.path.abspath(__file__), PINGEMCTL, 'inside'])
else:
    network.check_is_own()
    ctl.allow_datagram_sockets()
    tap.run([an_interface_is_the_way, an_interface_is_the_scope_of_a_host_that_needs_one, an_interface_that_is_gone_is_unsent, an_own_address_is_the_source,
             an_own_address_that_is_gone_is_unsent, what_is_no_way_is_told, what_is_too_big_is_an_error_only_if_asked])
