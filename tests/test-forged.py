#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Damaged, forged and repeated packets on a real wire leave every count right, and pingemctl alive.

Arguments: pingemctl, the responder.
"""

import collections
import ipaddress
import os
import shutil
import signal
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import ctl, network, responder, tap, wire  # noqa: E402

PINGEMCTL, RESPONDER = sys.argv[1:3]
COUNT = 4
NETWORKS = {True: '10.64.1.0', False: 'fd00:64::1:0'}
NAMES = ('reply', 'late', 'lost', 'unsent', 'error', 'duplicates')

LOST = {'lost': COUNT}
REPLY = {'reply': COUNT}
ERROR = {'error': COUNT}

# What a host does with each of its requests, and what is to be counted.
CASES = (
    # truncated and oversized
    *(('reply truncate %d' % n, LOST) for n in (0, 1, 4, 7, 8, 12, 16, 20, 24, 63)),
    ('reply grow 1', LOST),
    ('reply grow 8', LOST),
    ('reply grow 1400', LOST),
    ('reply grow 60000 fragment 1400', LOST),
    # fragments
    ('reply fragment 8', REPLY),
    ('reply fragment 24 times 2', {'reply': COUNT, 'duplicates': COUNT}),
    ('reply fragment 24 short', LOST),
    ('reply fragment 24 short and reply after 5', REPLY),
    # each field, with a right checksum
    *(('reply forge ' + field, LOST) for field in ('type', 'code', 'identifier', 'sequence', 'number', 'cookie', 'padding')),
    ('reply flip 8 7 sealed', LOST),   # a number from far away
    ('reply flip 16 7 sealed', LOST),
    ('reply flip 63 0 sealed', LOST),  # the last bit
    ('reply from %(stranger)s', LOST),
    ('reply from %(stranger)s and reply after 5', REPLY),
    # single bits, with a checksum that is wrong then
    *(('reply flip %d %d' % (offset, offset % 8), LOST) for offset in (0, 1, 2, 3, 4, 7, 8, 15, 16, 23, 24, 40, 63)),
    ('reply times 8 flip random', LOST),
    ('reply flip random and reply after 5 and reply flip random after 10', REPLY),
    # repeated and replayed
    ('reply times 100', {'reply': COUNT, 'duplicates': 99 * COUNT}),
    ('reply and replay', {'reply': COUNT, 'duplicates': COUNT - 1}),
    ('replay', {'reply': COUNT - 1, 'lost': 1}),
    ('replay forge cookie and replay from %(stranger)s and reply', REPLY),
    # ICMP errors
    ('unreachable 1 from %(stranger)s', ERROR),
    ('unreachable 1', ERROR),
    ('unreachable 1 from %(stranger)s quote 8', ERROR),
    ('exceeded 0 from %(stranger)s times 5', ERROR),
    ('unreachable 1 and reply after 20', REPLY),
    ('reply and unreachable 1 after 20', REPLY),
    ('unreachable 1 from %(stranger)s quote 0', LOST),
    ('unreachable 1 from %(stranger)s quote 4', LOST),
    ('exceeded 0 from %(stranger)s garbage', LOST),
    ('unreachable 1 from %(stranger)s garbage quote 8', LOST),
    ('unreachable 255 from %(stranger)s garbage times 20', LOST),
    *(('exceeded 0 from %(stranger)s forge quoted-' + field, LOST) for field in ('identifier', 'sequence', 'number', 'cookie')),
    # silence
    ('lose', LOST),
)


def address_of(is_ipv4, i):
    return str(ipaddress.ip_address(NETWORKS[is_ipv4]) + i)


def make_script(is_ipv4):
    stranger = {'stranger': address_of(is_ipv4, 250)}
    lines = ['on %s %s' % (address_of(is_ipv4, i), actions % stranger) for i, (actions, _) in enumerate(CASES)]
    return '\n'.join(lines)


def check_cases(kind, is_ipv4, wrapper=()):
    """All cases at once, each by a host of its own."""
    hosts = [address_of(is_ipv4, i) for i in range(len(CASES))]
    with responder.Responder(RESPONDER, make_script(is_ipv4)) as lab:
        run = ctl.Ping(PINGEMCTL, kind, '-c', COUNT, '-i', 100, '-W', 1000, '--hold', 200, *hosts, wrapper=wrapper)
        probes, summary = run.finish()
        n_requests = lab.stop()[0]
    assert (run.status, run.errors, n_requests) == (1, '', COUNT * len(CASES)), (run.status, run.errors, n_requests)
    wrong = []
    for host, (actions, expected) in zip(hosts, CASES):
        told = {name: summary[host][name] for name in NAMES if summary[host][name]}
        if told != expected:
            wrong.append('%s: %s, and not %s' % (actions, told, expected))
    assert not wrong, '\n'.join(wrong)
    ends = collections.Counter((probe['address'], probe['seq']) for probe in probes)
    assert len(ends) == COUNT * len(CASES) and set(ends.values()) == {1}, ends


def raw_ipv4():
    check_cases('raw', True)


def raw_ipv6():
    check_cases('raw', False)


def datagram_ipv4():
    check_cases('datagram', True)


def datagram_ipv6():
    check_cases('datagram', False)


def memory_is_in_order():
    """The same under valgrind."""
    if shutil.which('valgrind') is None:
        raise tap.Skip('valgrind is not installed')
    valgrind = ('valgrind', '--quiet', '--error-exitcode=99', '--leak-check=full', '--show-leak-kinds=definite',
                '--errors-for-leak-kinds=definite')
    for kind, is_ipv4 in (('raw', True), ('datagram', False)):
        check_cases(kind, is_ipv4, wrapper=valgrind)


def a_stall_is_no_loss():
    """What came while the program stood still has the RTT of the wire, though that is long beyond the timeout."""
    hosts = ('10.64.1.1', 'fd00:64::1:1')
    for kind in ctl.KINDS:
        with responder.Responder(RESPONDER, 'on any reply after 20..400') as lab, wire.Capture('lab0') as capture:
            run = ctl.Ping(PINGEMCTL, kind, '-c', 80, '-i', 50, '-W', 1000, '--hold', 3000, *hosts)
            try:
                while len(run.probes) < 20:
                    run.read()
                run.process.send_signal(signal.SIGSTOP)
                time.sleep(1.5)  # not a wait: the stall itself
                run.process.send_signal(signal.SIGCONT)
                probes, summary = run.finish()
            finally:
                run.close()
            lab.stop()
            capture.stop()
            requests = wire.Ledger(capture.packets()).requests
        for host in hosts:
            sent = sorted((probe for probe in probes if probe['address'] == host), key=lambda probe: probe['seq'])
            seen = requests[ipaddress.ip_address(host).packed]
            assert {probe['state'] for probe in sent} == {'reply'} and len(sent) == len(seen), sent
            assert summary[host]['reply'] == summary[host]['due'] == len(sent) and len(sent) < 80, summary[host]
            for probe, request in zip(sent, seen):
                rtt_us = (request[wire.REPLIES] - request[wire.SENT]) / 1000
                assert 0 <= probe['rtt_us'] and abs(probe['rtt_us'] - rtt_us) < 20000, (probe, rtt_us)


if os.geteuid() != 0:
    print('1..0 # SKIP needs root for network namespaces')
elif not os.path.exists('/dev/net/tun'):
    print('1..0 # SKIP needs /dev/net/tun')
elif sys.argv[3:] != ['inside']:
    os.execvp('unshare', ['unshare', '--net', '--', os.path.abspath(__file__), PINGEMCTL, RESPONDER, 'inside'])
else:
    network.check_is_own()
    ctl.allow_datagram_sockets()
    tap.run([raw_ipv4, raw_ipv6, datagram_ipv4, datagram_ipv6, memory_is_in_order, a_stall_is_no_loss])
