#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""pingemctl trace on a real way of three hops, with loss, limits, silence and errors at known places."""

import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import desktop, network, responder, tap  # noqa: E402

ROW_KEYS = ['hop', 'addresses', 'due', 'reply', 'late', 'lost', 'unsent', 'error', 'loss', 'rtt_us', 'icmp', 'is_target',
            'marked']
RTT_KEYS = ['min', 'p50', 'p95', 'p99', 'max', 'jitter']
COUNT = 10
PREFIXES = {socket.AF_INET: '198.18.0.%d', socket.AF_INET6: '2001:db8:18::%x'}
KINDS = 'raw', 'datagram'
REJECT = {socket.AF_INET: 'reject with icmp type host-unreachable', socket.AF_INET6: 'reject with icmpv6 type no-route'}


class Case:
    """One trace to an address of its own, so that each fault meets it alone."""

    numbers = itertools.count(1)

    def __init__(self, family, kind, setup, *options):
        self.family = family
        self.kind = kind
        self.address = PREFIXES[family] % next(self.numbers)
        self.options = options
        self.process = None
        setup(self)

    def start(self):
        self.process = spawn('-n', '--json', '--source', self.kind, '-c', str(COUNT), *self.options, self.address)

    def end(self):
        output, errors = self.process.communicate(timeout=120)
        assert errors == '', errors
        self.view = json.loads(output)
        self.rows = self.view['hops']

    def match(self, where='ip'):
        """What nftables calls this case's packets; in an answer, by the packet that it quotes."""
        word = 'ip' if self.family == socket.AF_INET else 'ip6'
        if where == 'ip':
            return '%s daddr %s' % (word, self.address)
        offset, length = (192, 32) if self.family == socket.AF_INET else (256, 128)
        number = int.from_bytes(socket.inet_pton(self.family, self.address), 'big')
        kind = 'icmp' if self.family == socket.AF_INET else 'icmpv6'
        return '%s type time-exceeded @th,%d,%d %#x' % (kind, offset, length, number)

    def names(self):
        """Each row's addresses."""
        return [[entry['address'] for entry in row['addresses']] for row in self.rows]

    def marks(self):
        return [row['hop'] for row in self.rows if row['marked']]


def spawn(*arguments, **options):
    env = dict(os.environ, LC_ALL='C.UTF-8', LANGUAGE='', DBUS_SYSTEM_BUS_ADDRESS='unix:path=/nonexistent')
    options.setdefault('stdout', subprocess.PIPE)
    options.setdefault('stderr', subprocess.PIPE)
    return subprocess.Popen([PINGEMCTL, 'trace', *arguments], text=True, env=env, **options)


def run(*arguments):
    process = spawn(*arguments)
    output, errors = process.communicate(timeout=120)
    return process.returncode, output, errors


def add_rule(host, hook, rule):
    host.run('nft -f -', input='''
        table inet faults {
          chain %s { type filter hook %s priority -300; }
        }
        add rule inet faults %s %s''' % (hook, hook, hook, rule))


def lose_half(host):
    """Every second packet; those of the hop's own TTL are counted apart, so that each target loses its half."""
    def setup(case):
        field = 'ip ttl' if case.family == socket.AF_INET else 'ip6 hoplimit'
        for hops in ('1', '2', '> 2'):
            add_rule(host, 'prerouting', '%s %s %s numgen inc mod 2 == 0 drop' % (case.match(), field, hops))
    return setup


def build_cases(chain):
    """All at once: a trace takes as many seconds as it sends probes."""
    def drop_answers(condition):
        return lambda case: add_rule(chain.provider, 'output', '%s %s drop' % (case.match('quote'), condition))

    faults = {
        'clean': lambda case: None,
        'lossy_router': lose_half(chain.router),
        'lossy_provider': lose_half(chain.provider),
        'lossy_host': lose_half(chain.internet),
        'unreachable': lambda case: add_rule(chain.provider, 'forward', '%s %s' % (case.match(), REJECT[case.family])),
        'silent_host': lambda case: add_rule(chain.internet, 'prerouting', case.match() + ' drop'),
        'limited': drop_answers('limit rate over 1/hour burst 1 packets'),
        'silent_hop': drop_answers(''),
    }
    for word, prefix in (('', PREFIXES[socket.AF_INET].replace('%d', '0/24')),
                         ('-6 ', PREFIXES[socket.AF_INET6].replace('%x', '/64'))):
        chain.internet.run('ip %sroute add local %s dev lo' % (word, prefix))
    return {name: [Case(family, kind, setup) for family in PREFIXES for kind in KINDS] for name, setup in faults.items()}


class HopsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.chain = network.Chain(has_ipv6=True)
        cls.addClassCleanup(cls.chain.close)
        with open('/proc/sys/net/ipv4/ping_group_range', 'w', encoding='ascii') as stream:
            stream.write('0 2147483647')
        cls.cases = build_cases(cls.chain)
        every = [case for cases in cls.cases.values() for case in cases]
        for case in every:
            case.start()
            cls.addClassCleanup(desktop.stop, case.process)
        for case in every:
            case.end()

    def each(self, name, n_hops):
        for case in self.cases[name]:
            hops = {socket.AF_INET: [network.ROUTER, network.PROVIDER],
                    socket.AF_INET6: [network.ROUTER_6, network.PROVIDER_6]}[case.family]
            assert list(case.view) == ['target', 'address', 'hops', 'loss_from_hop'], case.view
            assert case.view['target'] == case.view['address'] == case.address, case.view
            assert all(list(row) == ROW_KEYS and list(row['rtt_us']) == RTT_KEYS for row in case.rows), case.view
            assert [row['is_target'] for row in case.rows] == [False] * n_hops + [True], case.view
            assert all(row['due'] == row['reply'] + row['lost'] + row['error'] for row in case.rows), case.view
            assert all(COUNT - 2 <= row['due'] <= COUNT for row in case.rows), case.view  # fewer where the machine stood
            yield case, hops

    def test_the_hops_are_in_order(self):
        for case, hops in self.each('clean', 2):
            assert case.names() == [[hops[0]], [hops[1]], [case.address]], case.view
            assert [row['hop'] for row in case.rows] == [1, 2, 3], case.view
            assert all(row['reply'] == row['addresses'][0]['count'] == row['due'] for row in case.rows), case.view
            assert all(row['rtt_us']['min'] is not None and row['icmp'] is None for row in case.rows), case.view
            assert case.marks() == [] and case.view['loss_from_hop'] is None, case.view
            assert case.process.returncode == 0, case.process.returncode

    def test_loss_is_marked_where_it_begins_and_not_before(self):
        for hop, name in ((1, 'lossy_router'), (2, 'lossy_provider'), (3, 'lossy_host')):
            for case, _ in self.each(name, 2):
                assert case.view['loss_from_hop'] == hop and case.marks() == list(range(hop, 4)), case.view
                assert [row['lost'] > 0 for row in case.rows] == [number >= hop for number in (1, 2, 3)], case.view
                assert case.process.returncode == 1, case.process.returncode

    def test_a_hop_that_limits_its_answers_is_not_marked(self):
        for case, hops in self.each('limited', 2):
            assert case.rows[1]['reply'] == 1 and case.rows[1]['loss'] > 0.8, case.view
            assert case.names()[1] == [hops[1]] and case.marks() == [] and case.view['loss_from_hop'] is None, case.view
            assert case.process.returncode == 0, case.process.returncode

    def test_a_silent_hop_is_not_marked(self):
        for case, hops in self.each('silent_hop', 2):
            assert case.names() == [[hops[0]], [], [case.address]] and case.rows[1]['reply'] == 0, case.view
            assert case.marks() == [] and case.process.returncode == 0, case.view

    def test_unreachable_ends_the_way(self):
        for case, hops in self.each('unreachable', 2):
            kind, code = (3, 1) if case.family == socket.AF_INET else (1, 0)
            assert case.rows[2]['icmp'] == {'type': kind, 'code': code, 'from': hops[1]}, case.view
            assert case.rows[2]['error'] == case.rows[2]['due'] and case.rows[2]['hop'] == 3, case.view
            assert case.names() == [[hops[0]], [hops[1]], []] and case.marks() == [], case.view
            assert case.process.returncode == 1, case.process.returncode

    def test_a_silent_host_accuses_nobody(self):
        for case, hops in self.each('silent_host', 2):
            assert case.names() == [[hops[0]], [hops[1]], []] and case.rows[2]['hop'] is None, case.view
            assert case.rows[2]['reply'] == 0 and case.marks() == [], case.view
            assert case.process.returncode == 1, case.process.returncode

    def test_a_loop_ends_at_the_bound(self):
        status, output, _ = run('-n', '-c', '1', '--max-hops', '7', '9.9.9.9')  # internet knows it by way of the provider
        assert status == 1 and output.endswith('9.9.9.9 cannot be reached: TTL exceeded (type 11, code 0), says %s.\n'
                                               % output.split()[-1].rstrip('.')), output
        assert [line.split()[0] for line in output.splitlines()[2:-1]] == ['1', '2', '3', '4', '5', '6', '7', '–'], output

    def test_a_host_behind_the_bound(self):
        status, output, _ = run('-n', '-c', '1', '--max-hops', '1', '--json', '1.1.1.1')
        rows = json.loads(output)['hops']
        assert [(row['hop'], row['reply']) for row in rows] == [(1, 1), (None, 1)] and status == 0, output

    def test_the_table_and_its_sentence(self):
        status, output, errors = run('-n', '-c', '2', '-v', '--source', 'raw', '1.1.1.1')
        lines = output.splitlines()
        assert lines[0] == 'The way to 1.1.1.1' and lines[-1] == 'No loss on the way to 1.1.1.1.', output
        assert [line.split()[:2] for line in lines[2:5]] == \
            [['1', network.ROUTER], ['2', network.PROVIDER], ['3', '1.1.1.1']], output
        assert errors.startswith('Probes are sent by a raw socket'), errors
        assert errors.endswith('3 hops, one probe each in 1000 ms.\n'), errors
        assert status == 0, status

    def test_names(self):
        for options, name in (([], 'localhost'), (['-n'], None)):
            status, output, _ = run('-c', '1', '--json', *options, '127.0.0.1')
            rows = json.loads(output)['hops']
            assert [row['hop'] for row in rows] == [1] and rows[0]['addresses'][0]['name'] == name, output
            assert status == 0, status

    def test_the_router_itself(self):
        status, output, _ = run('-n', '-c', '1', '--json', network.ROUTER_6)
        assert [(row['hop'], row['is_target']) for row in json.loads(output)['hops']] == [(1, True)] and status == 0, output

    def test_no_route(self):
        self.chain.client.run('ip route add unreachable 198.19.0.0/24')
        self.addCleanup(self.chain.client.run, 'ip route delete unreachable 198.19.0.0/24')
        status, output, _ = run('-n', '-c', '2', '198.19.0.1')
        assert output.endswith('Nothing can be sent to 198.19.0.1: No route to host.\n') and status == 1, output

    def test_the_size_and_its_refusal(self):
        status, output, _ = run('-n', '-c', '1', '--size', '1400', '--json', '1.1.1.1')
        assert len(json.loads(output)['hops']) == 3 and status == 0, output

    def test_bad_input(self):
        for arguments, sentence in (([], 'One host is traced at a time'), (['1.1.1.1', '8.8.8.8'], 'One host'),
                                    (['224.0.0.1'], '224.0.0.1: this cannot be probed, as it is a multicast address'),
                                    (['-6', '1.1.1.1'], 'leave out -4 or -6'), (['-i', '10', '1.1.1.1'], '-i must be 1000'),
                                    (['no-such-host.invalid'], 'no-such-host.invalid: '), ([b'\xff'], 'not UTF-8')):
            status, output, errors = run(*arguments)
            assert status == 2 and sentence in errors and errors.count('\n') == 1 and output == '', (arguments, errors)

    def test_no_way_to_send(self):
        status, output, errors = run('--source', 'helper', '1.1.1.1')
        assert status == 3 and output == '' and 'helper' in errors, errors

    def test_ctrl_c_shows_what_is_known(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            process = spawn('-n', '-c', '1000', '-v', '1.1.1.1', stderr=subprocess.PIPE)
            while 'hops' not in process.stderr.readline():
                pass
            process.send_signal(number)
            output, _ = process.communicate(timeout=30)
            assert output.endswith('No loss on the way to 1.1.1.1.\n') and process.returncode == 0, output

    def test_a_terminal(self):
        socket_name = 'pingem-trace-%d' % os.getpid()

        def tmux(*arguments):
            return subprocess.run(['tmux', '-L', socket_name, '-f', '/dev/null', *arguments], check=False, text=True,
                                  capture_output=True, env=dict(os.environ, LC_ALL='C.UTF-8')).stdout

        def screen():
            return tmux('capture-pane', '-p', '-t', 'trace')

        command = 'DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nonexistent %s trace -n -c 1000 1.1.1.1; ' \
            'echo "ended: $?"; read x' % PINGEMCTL
        tmux('new-session', '-d', '-s', 'trace', '-x', '100', '-y', '20', command)
        self.addCleanup(tmux, 'kill-server')
        desktop.wait('the page', lambda: '1.1.1.1' in screen() and network.PROVIDER in screen())
        page = screen()
        assert page.startswith('The way to 1.1.1.1\n') and 'No loss' not in page, page
        desktop.wait('a change', lambda: screen() != page)
        tmux('send-keys', '-t', 'trace', 'C-c')
        desktop.wait('the end', lambda: 'ended: 0' in screen())
        assert screen().count('The way to') == 1 and 'No loss on the way to 1.1.1.1.\nended: 0\n' in screen(), screen()
        assert tmux('display-message', '-p', '-t', 'trace', '#{cursor_flag}') == '1\n'


SCRIPT = '''
on 10.64.0.1 every 2 ttl 1 exceeded 0 from 10.64.9.1
on 10.64.0.1 ttl 1 exceeded 0 from 10.64.9.2
on 10.64.0.2 ttl 1 exceeded 0 from 10.64.9.1 after 1200
on 10.64.0.3 ttl 1 exceeded 0 from 10.64.9.1
on 10.64.0.3 ttl 2 exceeded 0 from 10.64.0.3
on 10.64.0.4 ttl 1 exceeded 0 from 10.64.9.1 times 3
on 10.64.0.4 ttl 2 unreachable 13 from 10.64.9.2
on 10.64.0.5 every 2 ttl 2 reply after 250
on fd00:64::1 ttl 1 exceeded 0 from fd00:64::9 after 1200
on fd00:64::2 ttl 1 exceeded 0 from fd00:64::9 quote 8
''' + ''.join('on 10.64.0.6 ttl %d exceeded 0 from 10.64.8.%d\n' % (ttl, ttl) for ttl in range(1, 14)) + '''
on 10.64.0.5 ttl 1 exceeded 0 from 10.64.9.1
on any reply
'''


class WireTest(unittest.TestCase):
    """Against hops that answer as a script says."""

    @classmethod
    def setUpClass(cls):
        cls.wire = responder.Responder(RESPONDER, SCRIPT)
        cls.addClassCleanup(cls.wire.close)

    def trace(self, *arguments):
        status, output, errors = run('-n', '--json', '--source', 'raw', *arguments)
        assert errors == '', errors
        return status, json.loads(output)['hops']

    def names(self, rows):
        return [[entry['address'] for entry in row['addresses']] for row in rows]

    def test_a_hop_of_two_routers(self):
        status, rows = self.trace('-c', '4', '10.64.0.1')
        assert sorted((entry['address'], entry['count']) for entry in rows[0]['addresses']) == \
            [('10.64.9.1', 2), ('10.64.9.2', 2)], rows
        assert len(rows) == 2 and rows[1]['is_target'] and status == 0, rows

    def test_a_late_answer_is_no_loss(self):
        for address in ('10.64.0.2', 'fd00:64::1'):
            status, rows = self.trace('-c', '3', '-W', '600', address)
            assert rows[0]['late'] >= 1 and rows[0]['reply'] == 0 and rows[0]['late'] + rows[0]['lost'] == 3, rows
            assert rows[0]['rtt_us']['min'] >= 1200000 and rows[1]['reply'] == 3 and status == 0, rows

    def test_a_router_that_is_the_host(self):
        status, rows = self.trace('-c', '1', '10.64.0.3')
        assert self.names(rows) == [['10.64.9.1'], ['10.64.0.3']] and rows[1]['is_target'] and status == 0, rows

    def test_an_error_in_the_middle_ends_nothing(self):
        """Nor does an answer count twice that comes three times."""
        status, rows = self.trace('-c', '1', '10.64.0.4')
        assert self.names(rows) == [['10.64.9.1'], [], ['10.64.0.4']] and status == 0, rows
        assert [(row['reply'], row['lost'], row['error']) for row in rows] == [(1, 0, 0), (0, 0, 1), (1, 0, 0)], rows
        assert rows[1]['icmp'] == {'type': 3, 'code': 13, 'from': '10.64.9.2'}, rows
        assert rows[0]['addresses'][0]['count'] == 1, rows

    def test_a_short_quote(self):
        status, rows = self.trace('-c', '2', 'fd00:64::2')
        assert self.names(rows) == [['fd00:64::9'], ['fd00:64::2']] and rows[0]['reply'] == 2 and status == 0, rows

    def test_a_reply_after_that_of_a_farther_hop(self):
        """TTL 3 reaches the host before the reply to TTL 2 is here."""
        status, rows = self.trace('-c', '1', '10.64.0.5')
        assert self.names(rows) == [['10.64.9.1'], ['10.64.0.5']] and status == 0, rows

    def test_a_long_way_is_probed_slowly(self):
        process = spawn('-n', '-v', '-c', '2', '10.64.0.6')
        output, errors = process.communicate(timeout=60)
        assert errors.endswith('\n14 hops, one probe each in 1400 ms.\n') and process.returncode == 0, errors
        assert [line.split()[1] for line in output.splitlines()[2:16]] == \
            ['10.64.8.%d' % ttl for ttl in range(1, 14)] + ['10.64.0.6'], output


if __name__ == '__main__':
    PINGEMCTL, RESPONDER = (os.path.abspath(path) for path in sys.argv[1:3])
    if os.geteuid() != 0:
        print('1..0 # SKIP needs root for network namespaces')
    elif sys.argv[3:4] != ['inside']:
        os.execvp('unshare', ['unshare', '--net', '--', os.path.abspath(__file__), PINGEMCTL, RESPONDER, 'inside'] +
                  sys.argv[3:])
    else:
        tap.run_cases(sys.argv[4:])
