#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Late is not lost, and neither is unsent: what "pingemctl ping" makes of delays and of a network that goes away.

Arguments: pingemctl, the responder.
"""

import errno
import os
import signal
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import ctl, network, responder, tap  # noqa: E402

PINGEMCTL, RESPONDER = sys.argv[1:3]
HOSTS = ('10.64.0.7', 'fd00:64::7')
ENDS = ('due', 'reply', 'late', 'lost', 'unsent', 'error', 'duplicates', 'loss')


def ask_kernel(counter):
    """How many such messages it has counted here."""
    with open('/proc/net/snmp', encoding='ascii') as stream:
        names, values = (line.split() for line in stream if line.startswith('Icmp:'))
    return int(values[names.index(counter)])


def wait_for_kernel(counter, n):
    deadline = time.monotonic() + 30
    while ask_kernel(counter) < n:
        assert time.monotonic() < deadline, 'waited in vain for %d %s' % (n, counter)
        time.sleep(0.02)


def check_ends(row, **expected):
    assert {name: row[name] for name in ENDS} == {**dict.fromkeys(ENDS, 0), **expected}, row


def an_rtt_beyond_the_interval_is_no_loss():
    with responder.Responder(RESPONDER, 'on any reply after 300'):
        for kind in ctl.KINDS:
            probes, summary = ctl.ping(PINGEMCTL, kind, '-c', 15, '-i', 200, *HOSTS)
            for host in HOSTS:
                check_ends(summary[host], due=15, reply=15)
            assert all(probe['rtt_us'] >= 300000 for probe in probes), probes


def a_reply_4_s_late_is_late_and_not_lost():
    with responder.Responder(RESPONDER, 'on any reply after 4000'):
        for kind in ctl.KINDS:
            run = ctl.Ping(PINGEMCTL, kind, '-c', 10, '-i', 200, '-W', 2000, '--hold', 60000, *HOSTS)
            probes, summary = run.finish()
            for host in HOSTS:
                check_ends(summary[host], due=10, late=10)
            assert {probe['state'] for probe in probes} == {'late'} and len(probes) == 20, probes
            assert all(probe['rtt_us'] >= 4000000 for probe in probes) and run.status == 0, probes


def without_a_route_nothing_is_sent_and_nothing_lost():
    for kind in ctl.KINDS:
        probes, summary = ctl.ping(PINGEMCTL, kind, '-c', 5, '-i', 20, '192.0.2.1', '2001:db8::1')
        for host in ('192.0.2.1', '2001:db8::1'):
            check_ends(summary[host], due=5, unsent=5, loss=1)
        assert {(probe['state'], probe['errno'], probe['rtt_us']) for probe in probes} == \
            {('unsent', errno.ENETUNREACH, None)}, probes


def go_away_for_2_s(kind, host, leave, come_back):
    """Returns the errors that were told; each of the probes is either answered or was never sent."""
    run = ctl.Ping(PINGEMCTL, kind, '-c', 300, '-i', 100, '-W', 1000, host)
    try:
        while run.read()['state'] != 'reply':
            pass
        leave()
        while sum(probe['state'] == 'unsent' for probe in run.probes) < 20:
            run.read()
        come_back()
        while run.read()['state'] != 'reply':
            pass
        run.process.send_signal(signal.SIGINT)
        probes, summary = run.finish()
    finally:
        run.close()
    row = summary[host]
    assert [probe['seq'] for probe in probes] == list(range(len(probes))), probes
    check_ends(row, due=row['reply'] + row['unsent'], reply=row['reply'], unsent=row['unsent'], loss=row['loss'])
    assert row['unsent'] >= 20 and row['reply'] >= 2, row
    return {probe['errno'] for probe in probes if probe['state'] == 'unsent'}


def an_address_that_is_gone_is_no_loss():
    """Its route goes with it, as on a network card."""
    with responder.Responder(RESPONDER, 'end 200\non any reply', routes=()) as lab:
        for own, host in (('10.64.0.1/16', '10.64.0.7'), ('fd00:64::1/64 nodad', 'fd00:64::7')):
            lab.host.run('ip address add dev lab0 ' + own)
            for kind in ctl.KINDS:
                errors = go_away_for_2_s(kind, host, lambda: lab.host.run('ip address del dev lab0 ' + own.split()[0]),
                                         lambda: lab.host.run('ip address add dev lab0 ' + own))
                assert errors == {errno.ENETUNREACH}, errors


def a_way_out_that_is_gone_is_no_loss():
    """The same with a gateway and hosts behind it."""
    with network.Chain() as chain:
        def come_back():
            chain.client.run('ip address add 192.168.77.2/24 dev wlan0')
            chain.client.run('ip route add default via ' + network.ROUTER)
        for kind in ctl.KINDS:
            errors = go_away_for_2_s(kind, '1.1.1.1', lambda: chain.client.run('ip address del 192.168.77.2/24 dev wlan0'),
                                     come_back)
            assert errors == {errno.ENETUNREACH}, errors


def what_finds_no_room_to_be_received_is_told():
    """Without CAP_NET_ADMIN the buffer holds some hundred replies; the program stands still while they come."""
    n, sent, received = 20000, ask_kernel('OutEchos'), ask_kernel('InEchoReps')
    hosts = ['10.64.%d.%d' % divmod(i, 256) for i in range(n)]
    with responder.Responder(RESPONDER, 'on any reply after 3000'), tempfile.NamedTemporaryFile('w') as stream:
        stream.write('\n'.join(hosts))
        stream.flush()
        run = ctl.Ping(PINGEMCTL, 'raw', '-c', 1, '-W', 6000, '--targets', stream.name,
                       wrapper=('setpriv', '--bounding-set=-net_admin', '--inh-caps=-net_admin', '--'))
        try:
            wait_for_kernel('OutEchos', sent + n)
            run.process.send_signal(signal.SIGSTOP)
            wait_for_kernel('InEchoReps', received + n)
            run.process.send_signal(signal.SIGCONT)
            _, rows = run.finish()
        finally:
            run.close()
    assert sum(row['due'] for row in rows.values()) == n
    n_lost = sum(row['lost'] for row in rows.values())
    assert 0 < n_lost < n and run.status == 1, n_lost
    assert run.errors.startswith('The receive buffer was full'), (n_lost, run.errors)


def an_error_does_not_end_the_wait_for_a_reply():
    """Nobody can tell who sent it; the line says it as it comes, and the summary what came after."""
    with responder.Responder(RESPONDER, 'on any unreachable 1 and reply after 200'):
        for kind in ctl.KINDS:
            run = ctl.Ping(PINGEMCTL, kind, '-c', 1, '-W', 1000, *HOSTS)
            probes, summary = run.finish()
            for host in HOSTS:
                check_ends(summary[host], due=1, reply=1)
            assert [probe['state'] for probe in probes] == ['error', 'error'] and run.status == 0, probes


def errors_of_others_hold_nothing_back():
    """Hosts that are not there: the errors of all that wait for one come at once, while the next probes are sent."""
    healthy, dead = (['10.80.%d.%d' % (third, 1 + i) for i in range(200)] for third in (0, 1))
    with network.Pair() as pair, tempfile.NamedTemporaryFile('w') as stream:
        pair.near.run('sysctl -qwe net.ipv4.icmp_msgs_per_sec=10000000 net.ipv4.icmp_msgs_burst=1000000')
        pair.near.run('ip route add 10.80.0.0/16 dev near0')
        pair.far.run('ip route add local 10.80.0.0/24 dev lo')
        stream.writelines('%s\n%s\n' % pair for pair in zip(healthy, dead))
        stream.flush()
        for kind in ctl.KINDS:
            _, rows = ctl.ping(PINGEMCTL, kind, '-q', '-c', 60, '-i', 100, '-W', 4000, '--targets', stream.name)
            for host in healthy:
                check_ends(rows[host], due=rows[host]['due'], reply=rows[host]['due'])
            assert sum(rows[host]['error'] for host in dead) > 1000, rows[dead[0]]


if os.geteuid() != 0:
    print('1..0 # SKIP needs root for network namespaces')
elif not os.path.exists('/dev/net/tun'):
    print('1..0 # SKIP needs /dev/net/tun')
elif sys.argv[3:] != ['inside']:
    os.execvp('unshare', ['unshare', '--net', '--', os.path.abspath(__file__), PINGEMCTL, RESPONDER, 'inside'])
else:
    network.check_is_own()
    ctl.allow_datagram_sockets()
    tap.run([an_rtt_beyond_the_interval_is_no_loss, a_reply_4_s_late_is_late_and_not_lost,
             without_a_route_nothing_is_sent_and_nothing_lost, an_address_that_is_gone_is_no_loss,
             a_way_out_that_is_gone_is_no_loss, what_finds_no_room_to_be_received_is_told,
             an_error_does_not_end_the_wait_for_a_reply, errors_of_others_hold_nothing_back])
