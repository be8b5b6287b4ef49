#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real pingemctl: probes in a network of the test's own, and what it asks of a monitor."""

import ctypes
import fcntl
import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
import unittest

from gi.repository import GLib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import desktop, network, tap  # noqa: E402
from lab.language import make_locale  # noqa: E402

PINGEMCTL = sys.argv[1]
CLONE_NEWNET = 0x40000000
PROBE_KEYS = ['target', 'address', 'seq', 'state', 'sent_ns', 'rtt_us', 'ttl', 'errno', 'icmp', 'duplicates']
SUMMARY_KEYS = ['target', 'due', 'reply', 'late', 'lost', 'unsent', 'error', 'duplicates', 'loss', 'rtt_us']
RTT_KEYS = ['min', 'p50', 'p95', 'p99', 'max']
COLUMN_KEYS = ['start', 'seconds', 'due', 'reply', 'late', 'lost', 'unsent', 'error', 'in_flight', 'duplicates', 'burst',
               'ttl', 'rtt_us', 'gap']
NOT_RUNNING = 'The monitor is not running: start Pingem, or run pingem-monitor.\n'


def enter_network():
    if os.geteuid() != 0:
        print('1..0 # SKIP needs root for a network namespace')
        sys.exit(0)
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), 'unshare')
    subprocess.run(['ip', 'link', 'set', 'lo', 'up'], check=True)


def make_env():
    """No bus of the machine's is ever asked."""
    env = dict(os.environ, LC_ALL='C.UTF-8', LANGUAGE='', XDG_RUNTIME_DIR='/nonexistent',
               DBUS_SYSTEM_BUS_ADDRESS='unix:path=/nonexistent')
    for name in ('DBUS_SESSION_BUS_ADDRESS', 'DISPLAY'):
        env.pop(name, None)
    return env


def run(*arguments, stdin='', wrapper=(), env=None, **options):
    options.setdefault('capture_output', True)
    return subprocess.run([*wrapper, PINGEMCTL, *arguments], input=stdin, text=True, timeout=60, check=False,
                          env=env or make_env(), **options)


def ping(*arguments, **options):
    return run('ping', '--source', 'raw', *arguments, **options)


def spawn(*arguments, env=None):
    return subprocess.Popen([PINGEMCTL, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            text=True, env=env or make_env())


def check_lines(output, expected):
    """Pairs of address and sequence, in any order; each time is a whole number of microseconds."""
    lines = [line.split(',') for line in output.splitlines()]
    assert sorted((line[0], int(line[1])) for line in lines) == sorted(expected), output
    assert all(len(line) == 3 and line[2].isdecimal() for line in lines), output


class Silence:
    """Nobody in this network answers."""

    def __enter__(self):
        self.write('1')

    def __exit__(self, *_):
        self.write('0')

    @staticmethod
    def write(text):
        with open('/proc/sys/net/ipv4/icmp_echo_ignore_all', 'w', encoding='ascii') as stream:
            stream.write(text)


def checksum(data):
    total = sum(struct.unpack('>%dH' % (len(data) // 2), data))
    total = (total >> 16) + (total & 0xffff)
    return ~(total + (total >> 16)) & 0xffff


class SlowHost(Silence):
    """127.0.0.1 answers in place of the kernel: the sequences named by `delays`, after so many seconds."""

    def __init__(self, delays):
        self.delays = delays
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
        self.socket.bind(('127.0.0.1', 0))
        self.requests = []

    def __enter__(self):
        super().__enter__()
        self.thread = threading.Thread(target=self.answer, daemon=True)
        self.thread.start()

    def __exit__(self, *_):
        super().__exit__()
        self.socket.close()

    def answer(self):
        while True:
            try:
                packet = self.socket.recv(65536)[20:]
            except OSError:
                return
            if packet[0] != 8:
                continue
            delay = self.delays.get(len(self.requests))
            self.requests.append(packet)
            if delay is not None:
                threading.Timer(delay, self.reply, [packet]).start()

    def reply(self, packet):
        body = b'\0\0\0\0' + packet[4:]
        self.socket.sendto(body[:2] + struct.pack('>H', checksum(body)) + body[4:], ('127.0.0.1', 0))


class Screen:
    """What a descriptor has shown so far."""

    def __init__(self, descriptor):
        self.descriptor = descriptor
        self.text = ''
        os.set_blocking(descriptor, False)

    def shows(self, text):
        try:
            self.text += os.read(self.descriptor, 65536).decode(errors='replace')
        except OSError:  # nothing yet, or the other end is closed
            pass
        return text in self.text


class LinesTest(unittest.TestCase):
    def test_the_seed_contract(self):
        result = run('ping', stdin='127.0.0.1,3,100\n')
        check_lines(result.stdout, [('127.0.0.1', 0), ('127.0.0.1', 1), ('127.0.0.1', 2)])
        assert result.returncode == 0 and result.stderr == '', result

    def test_the_line_may_be_an_argument(self):
        result = ping('127.0.0.1,2,10', '127.0.0.2,1,1')
        check_lines(result.stdout, [('127.0.0.1', 0), ('127.0.0.1', 1), ('127.0.0.2', 0)])
        assert result.returncode == 0, result

    def test_lines_are_probed_as_they_come(self):
        process = spawn('ping', '--source', 'raw')
        for address in ('127.0.0.1', '127.0.0.2'):
            process.stdin.write('%s,1,1\n' % address)
            process.stdin.flush()
            assert process.stdout.readline().startswith(address + ',0,')  # while standard input is still open
        rest, errors = process.communicate(timeout=30)
        assert (rest, errors, process.returncode) == ('', '', 0)

    def test_the_last_line_needs_no_end(self):
        result = ping(stdin='\n\n127.0.0.1,1,1')
        check_lines(result.stdout, [('127.0.0.1', 0)])
        assert result.returncode == 0, result

    def test_bad_lines_are_named_and_the_others_run(self):
        result = ping(stdin='127.0.0.1,1,1\n127.0.0.1,11,1\n\n127.0.0.1,1,1001\n::1,1,1\n224.0.0.1,1,1\nnonsense\n'
                            '127.0.0.2,1,1\n')
        check_lines(result.stdout, [('127.0.0.1', 0), ('127.0.0.2', 0)])
        assert result.stderr == (
            'line 2: count must be 1 to 10, not 11\n'
            'line 4: interval must be 1 to 1000 ms, not 1001\n'
            'line 5: ::1 is an IPv6 address, which goes only with: pingemctl ping HOST\n'
            'line 6: 224.0.0.1 cannot be probed: it is a multicast address\n'
            'line 7: expected IPv4,count,interval_ms, not nonsense\n'), result.stderr
        assert result.returncode == 2, result

    def test_bad_input_outranks_silence(self):
        with Silence():
            result = ping('-W', '50', stdin='127.0.0.1,1,1\nx\n')
        assert result.returncode == 2 and result.stdout == '', result

    def test_endless_and_binary_lines_are_refused(self):
        result = ping(stdin='x' * 200000 + '\n127.0.0.1,1,1\n\0,\0,\0\n')
        check_lines(result.stdout, [('127.0.0.1', 0)])
        lines = result.stderr.splitlines()
        assert len(lines) == 2 and lines[0].startswith('line 1: ') and lines[1].startswith('line 3: '), lines
        assert result.returncode == 2, result

    def test_silence(self):
        with Silence():
            result = ping('-W', '100', stdin='127.0.0.1,2,10\n')
            states = ping('-W', '100', '--states', stdin='127.0.0.1,2,10\n')
        assert result.returncode == 1 and result.stdout == '' and result.stderr == '', result
        lines = [line.split(',') for line in states.stdout.splitlines()]
        assert [line[:5] for line in lines] == [['127.0.0.1', '0', '-', 'lost', '-'],
                                               ['127.0.0.1', '1', '-', 'lost', '-']], lines
        assert all(abs(int(line[5]) / 1e9 - time.time()) < 60 for line in lines), lines
        assert states.returncode == 1, states

    def test_what_cannot_be_sent_has_its_errno(self):
        result = ping('--states', '192.0.2.1,1,1')
        assert result.stdout.startswith('192.0.2.1,0,-,unsent,101,'), result
        assert result.returncode == 1, result

    def test_the_broadcast_address_of_a_network_is_named(self):
        for arguments, output in ((['127.255.255.255,3,1'], ''), (['-q', '-c', '3', '-i', '1', '127.255.255.255'], None)):
            result = ping(*arguments)
            assert result.stderr.count('broadcast address') == 1 and result.returncode == 1, result
            assert output is None or result.stdout == output, result

    def test_thousands_of_lines(self):
        lines = ['127.%d.%d.%d,1,1' % (1 + i // 62500, i // 250 % 250, 1 + i % 250) for i in range(3000)]
        result = ping(stdin='\n'.join(lines))
        assert len(result.stdout.splitlines()) == 3000 and result.returncode == 0, result.stderr


class HostsTest(unittest.TestCase):
    def check_json(self, output):
        *probes, summary = [json.loads(line) for line in output.splitlines()]
        assert all(list(probe) == PROBE_KEYS for probe in probes), probes
        assert list(summary) == ['summary'], summary
        for row in summary['summary']:
            assert list(row) == SUMMARY_KEYS and list(row['rtt_us']) == RTT_KEYS + ['jitter'], row
        return probes, summary['summary']

    def test_both_families(self):
        result = ping('-c', '3', '-i', '10', '--json', '127.0.0.1', '::1')
        probes, summary = self.check_json(result.stdout)
        assert sorted((probe['target'], probe['seq']) for probe in probes) == \
            [(address, seq) for address in ('127.0.0.1', '::1') for seq in range(3)], probes
        for probe in probes:
            assert probe['state'] == 'reply' and probe['rtt_us'] >= 0 and probe['ttl'] == 64, probe
            assert probe['errno'] is None and probe['icmp'] is None and probe['duplicates'] == 0, probe
        assert [(row['target'], row['due'], row['reply'], row['loss']) for row in summary] == \
            [('127.0.0.1', 3, 3, 0), ('::1', 3, 3, 0)], summary
        assert result.returncode == 0, result

    def test_a_name_has_an_address_of_the_family(self):
        for option, address in (('-4', '127.0.0.1'), ('-6', '::1')):
            result = ping(option, '-c', '1', '--json', 'localhost')
            probes, _ = self.check_json(result.stdout)
            assert [(probe['target'], probe['address']) for probe in probes] == [('localhost', address)], result
        result = ping('-4', '-c', '1', '::1')
        assert result.returncode == 2 and '-4' in result.stderr, result

    def test_a_bad_host_does_not_stop_the_others(self):
        result = ping('-c', '1', 'no-such-host.invalid', '255.255.255.255', '127.0.0.1')
        assert '--- 127.0.0.1\n1 due, loss 0 %' in result.stdout, result
        errors = sorted(result.stderr.splitlines())
        assert len(errors) == 2 and errors[0].startswith('255.255.255.255: ') and \
            errors[1].startswith('no-such-host.invalid: '), errors
        assert result.returncode == 2, result

    def test_silence_is_told_when_its_hold_ends(self):
        with Silence():
            result = ping('-c', '2', '-i', '10', '-W', '50', '--hold', '100', '--json', '127.0.0.1')
        probes, summary = self.check_json(result.stdout)
        assert [probe['state'] for probe in probes] == ['lost', 'lost'] and probes[0]['rtt_us'] is None, probes
        assert summary[0]['lost'] == 2 and summary[0]['loss'] == 1 and summary[0]['rtt_us']['p50'] is None, summary
        assert result.returncode == 1, result

    def test_a_late_reply_corrects_its_slot(self):
        with SlowHost({0: 1.5, 1: 0}):
            held = ping('-c', '2', '-i', '10', '-W', '800', '--hold', '20000', '--json', '127.0.0.1')
        with SlowHost({0: 1.5, 1: 0, 2: 0}):
            running = ping('-c', '3', '-i', '1000', '-W', '800', '--json', '127.0.0.1')
        for result in (held, running):
            probes, summary = self.check_json(result.stdout)
            states = {probe['seq']: probe for probe in probes}
            assert len(states) == len(probes), probes
            assert states[0]['state'] == 'late' and states[0]['rtt_us'] >= 1500000, probes
            assert states[1]['state'] == 'reply', probes
            assert summary[0]['late'] == 1 and summary[0]['lost'] == 0, summary
            assert result.returncode == 0, result

    def test_icmp_errors_and_their_sender(self):
        with network.Chain() as chain:
            chain.router.run('ip route add unreachable 9.9.9.9')
            probes, summary = self.check_json(ping('-c', '1', '--json', '9.9.9.9').stdout)
            assert probes[0]['state'] == 'error' and probes[0]['rtt_us'] is None, probes
            assert probes[0]['icmp'] == {'type': 3, 'code': 1, 'from': network.ROUTER}, probes
            assert summary[0]['error'] == 1, summary
            result = ping('-c', '1', '--ttl', '2', '1.1.1.1')
            assert 'TTL exceeded (type 11, code 0), says ' + network.PROVIDER in result.stdout, result
            assert result.returncode == 1, result

    def test_ctrl_c_prints_the_summary(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            process = spawn('ping', '--source', 'raw', '-i', '100', '127.0.0.1')
            process.stdout.readline()
            process.send_signal(number)
            output, errors = process.communicate(timeout=30)
            assert '--- 127.0.0.1\n' in output and 'loss 0 %' in output and errors == '', output
            assert process.returncode == 0, process.returncode

    def test_quiet_is_the_summary_alone(self):
        assert ping('-q', '-c', '2', '-i', '1', '127.0.0.1').stdout.startswith('--- 127.0.0.1\n2 due')
        probes, summary = self.check_json(ping('-q', '-c', '2', '-i', '0', '--json', '127.0.0.1').stdout)
        assert not probes and summary[0]['reply'] == 2, summary

    def test_says_which_source_and_why(self):
        result = run('ping', '-v', '-c', '1', '127.0.0.1')
        assert result.stderr.startswith('Probes are sent by a raw socket, because the helper cannot be used'), result


class RefusalTest(unittest.TestCase):
    def test_no_way_to_send(self):
        may_not = ('setpriv', '--bounding-set=-net_raw', '--inh-caps=-net_raw', '--')
        with open('/proc/sys/net/ipv4/ping_group_range', 'w', encoding='ascii') as stream:
            stream.write('1 0')
        for arguments in (['127.0.0.1,1,1'], ['-c', '1', '127.0.0.1']):
            result = run('ping', *arguments, wrapper=may_not)
            assert result.returncode == 3 and result.stdout == '', result
            assert 'sudo sysctl -w net.ipv4.ping_group_range="0 2147483647"' in result.stderr, result

    def test_bad_options(self):
        for arguments, sentence in (
                (['ping', '-c', '0', 'h'], '-c must be 1 to 4294967295, not 0'),
                (['ping', '--targets', '/nonexistent'], 'No such file'),
                (['frobnicate'], 'There is no command frobnicate: see pingemctl --help'),
                (['status', 'x'], 'x is too much'),
                (['status', '--for', '3'], '--for goes with --watch'),
                (['history'], 'Name one target'),
                (['history', 'x', '--from', 'later'], '--from must be a time like'),
                (['history', 'x', '--from', '-1h', '--to', '-2h'], '--from must be before --to'),
                (['history', 'x', '--columns', '4001'], '--columns must be 1 to 4000, not 4001'),
                (['events', 'x'], 'x is too much'),
                (['events', '--from', '-1h', '--to', '-2h'], '--from must be before --to'),
                (['note'], 'Give one TEXT'), (['note', 'two', 'texts'], 'Give one TEXT'),
                (['note', 'x', '--at', 'later'], '--at must be a time like'),
                (['target'], 'Usage:'), (['target', 'frobnicate'], 'Usage:'),
                (['target', 'add'], 'takes one ADDRESS, not 0'),
                (['target', 'set', 'x'], 'There is nothing to set'),
                (['pause', '--for', '0'], '--for must be 1 to 4294967295 s, not 0'), ([], 'Usage:')):
            result = run(*arguments)
            assert result.returncode == 2 and sentence in result.stderr and result.stdout == '', (arguments, result)

    def test_output_that_cannot_be_written(self):
        with open('/dev/full', 'w', encoding='ascii') as full:
            result = ping('127.0.0.1,1,1', capture_output=False, stdout=full, stderr=subprocess.PIPE)
        assert result.returncode == 3 and 'The output could not be written' in result.stderr, result

    def test_ends_when_nobody_reads_any_more(self):
        process = spawn('ping', '--source', 'raw', '-i', '100', '127.0.0.1')
        process.stdout.readline()
        process.stdout.close()
        desktop.wait('the end', lambda: process.poll() is not None)
        self.assertEqual((process.returncode, process.stderr.read()), (3, ''))

    def test_no_monitor(self):
        commands = (['status'], ['status', '--watch'], ['target', 'list'], ['target', 'add', 'x'], ['pause'], ['resume'],
                    ['history', '1.1.1.1'], ['probes', '1.1.1.1'], ['events'], ['report'],
                    ['note', 'x'])
        with desktop.Session() as session:
            env = dict(session.env, DBUS_SYSTEM_BUS_ADDRESS='unix:path=/nonexistent')
            for arguments in commands:
                result = run(*arguments, env=env)
                assert (result.returncode, result.stdout, result.stderr) == (3, '', NOT_RUNNING), result

    def test_no_bus(self):
        for arguments, sentence in ((['status'], 'There is no session bus'),
                                    (['status', '--system'], 'There is no system bus')):
            result = run(*arguments)
            assert result.returncode == 3 and result.stderr.startswith(sentence), result

    def test_help_and_version(self):
        for arguments in (['--help'], ['--version'], ['ping', '--help'], ['target', '--help'], ['target', 'add', '--help']):
            result = run(*arguments)
            assert result.returncode == 0 and 'pingemctl' in result.stdout and result.stderr == '', result


def column(start_ms, **more):
    row = dict(start_ms=start_ms, span_ms=60000, reply=59, late=0, lost=1, unsent=0, held=0, error=0, in_flight=0,
               duplicates=0, burst=1, ttl=57, minimum=1, p50=2, p95=3, p99=4, maximum=5, gap='', **more)
    return tuple(row.values())


class MonitorTest(unittest.TestCase):
    """A monitor whose answers the test sets, and which notes what it is asked."""

    def setUp(self):
        self.session = desktop.Session().__enter__()
        self.addCleanup(self.session.close)
        self.monitor = desktop.FakeMonitor(self.session, desktop.make_status('ok', 'good', interface='wlan0'),
                                           [desktop.make_target('1.1.1.1', 'Cloudflare', 'internet', lost=3)])
        self.addCleanup(self.monitor.close)

    def run_ctl(self, *arguments, env=None):
        process = spawn(*arguments, env=env or self.session.env)
        self.addCleanup(desktop.stop, process)
        desktop.wait('pingemctl to end', lambda: process.poll() is not None, 30)
        output, errors = process.communicate()
        return process.returncode, output, errors

    def test_what_is_asked(self):
        for arguments, call in (
                (['pause', '--for', '60'], ('Pause', (60,))), (['pause'], ('Pause', (0,))), (['resume'], ('Resume', ())),
                (['target', 'add', 'example.org', '--leg', 'call', '--interval', '200'],
                 ('AddTarget', ({'address': 'example.org', 'leg': 'call', 'interval-ms': 200},))),
                (['target', 'set', '1.1.1.1', '--name', 'One', '--dscp', '46', '--probe', 'icmp'],
                 ('ChangeTarget', ('1.1.1.1', {'name': 'One', 'dscp': 46}))),
                (['target', 'remove', '1.1.1.1'], ('RemoveTarget', ('1.1.1.1',))),
                (['note', 'Moved the router'], ('AddNote', (0, 'Moved the router'))),
                (['note', 'Über Nacht', '--at', '2026-11-20T12:00:00Z'], ('AddNote', (1795176000000, 'Über Nacht')))):
            assert self.run_ctl(*arguments) == (0, '', ''), arguments
            assert self.monitor.calls.pop() == call, self.monitor.calls

    def test_status(self):
        status, output, _ = self.run_ctl('status', '--json')
        view = json.loads(output)
        assert status == 0 and list(view) == ['verdict', 'level', 'sentence', 'source', 'network', 'legs'], view
        assert view['network'] == {'interface': 'wlan0', 'gateway': None} and view['source'] == 'raw', view
        assert view['legs'] == [{'leg': 'internet', 'target': '1.1.1.1', 'address': '1.1.1.1', 'due': 30, 'reply': 27,
                                 'late': 0, 'lost': 3, 'unsent': 0, 'error': 0, 'loss': 0.1, 'rtt_us': 1200}], view
        status, output, _ = self.run_ctl('status')
        assert status == 0 and output.startswith('Good: Your connection is fine.\n') and 'Cloudflare' in output, output

    def test_in_german(self):
        """People read their own numbers, programs the same everywhere."""
        with tempfile.TemporaryDirectory() as folder:
            german = dict(self.session.env, **make_locale(folder, 'de_DE', PINGEMCTL))
            status, output, _ = self.run_ctl('status', env=german)
            assert status == 0 and output.startswith('Gut: Die Verbindung ist in Ordnung.\n'), output
            assert '1,2 ms' in output and '10 %' in output, output
            self.monitor.answers['Columns'] = lambda key, begin, end, n: \
                GLib.Variant('(a(xuuuuuuuuuuuiiiiis))', ([column(begin + 500)],))
            for arguments in (['status', '--json'], ['status', '--watch', '--for', '1'],
                              ['history', '1.1.1.1', '--from', '1795176000', '--to', '1795176060', '--json']):
                there, here = (self.run_ctl(*arguments, env=env)[1] for env in (german, self.session.env))
                assert re.findall(r'\d+[.,]\d+', there) == re.findall(r'\d+[.,]\d+', here) != [], (there, here)

    def test_history(self):
        self.monitor.answers['Columns'] = lambda key, begin, end, n: \
            GLib.Variant('(a(xuuuuuuuuuuuiiiiis))', ([column(begin), column(begin + 60000)],))
        status, output, _ = self.run_ctl('history', '1.1.1.1', '--from', '2026-11-20T12:00:00Z', '--to',
                                         '2026-11-20T12:02:00Z', '--columns', '2', '--json')
        assert self.monitor.calls == [('Columns', ('1.1.1.1', 1795176000000, 1795176120000, 2))], self.monitor.calls
        rows = json.loads(output)
        assert status == 0 and [list(row) for row in rows] == [COLUMN_KEYS] * 2, rows
        assert [row['start'] for row in rows] == [1795176000, 1795176060] and list(rows[0]['rtt_us']) == RTT_KEYS, rows
        assert rows[0]['due'] == 60 and rows[0]['lost'] == 1 and rows[0]['gap'] is None, rows

    def test_events(self):
        events = [{'kind': GLib.Variant('s', 'outage'), 'from-ms': GLib.Variant('x', 1795176000000),
                   'to-ms': GLib.Variant('x', 1795176012000), 'text': GLib.Variant('s', 'provider'),
                   'leg': GLib.Variant('s', 'provider'), 'key': GLib.Variant('s', '192.0.2.7'),
                   'due': GLib.Variant('u', 30), 'bad': GLib.Variant('u', 12)},
                  {'kind': GLib.Variant('s', 'gap'), 'from-ms': GLib.Variant('x', 1795176013000),
                   'text': GLib.Variant('s', 'paused')}]
        self.monitor.answers['Events'] = lambda begin, end, n: GLib.Variant('(aa{sv})', (events,))
        status, output, _ = self.run_ctl('events', '--from', '2026-11-20T12:00:00Z', '--to', '2026-11-20T12:02:00Z', '--json')
        assert self.monitor.calls == [('Events', (1795176000000, 1795176120000, 10000))], self.monitor.calls
        assert status == 0 and json.loads(output) == [
            {'kind': 'outage', 'start': 1795176000, 'seconds': 12, 'text': 'provider', 'leg': 'provider',
             'target': '192.0.2.7', 'due': 30, 'bad': 12},
            {'kind': 'gap', 'start': 1795176013, 'seconds': None, 'text': 'paused', 'leg': None, 'target': None,
             'due': None, 'bad': None}], output
        status, output, _ = self.run_ctl('events')
        assert status == 0 and '0:00:12  Outage  your provider: 12 of 30 lost\n' in output, output
        begin, end, _ = self.monitor.calls.pop()[1]
        assert end - begin == 86400000 and abs(end / 1000 - time.time()) < 60, (begin, end)

    def spawn_watch(self, *options, **streams):
        process = subprocess.Popen([PINGEMCTL, 'status', '--watch', *options], env=self.session.env, **streams)
        self.addCleanup(desktop.stop, process)
        return process

    def interrupt(self, process):
        process.send_signal(signal.SIGINT)
        desktop.wait('the end', lambda: process.poll() is not None)
        assert process.returncode == 0, process.returncode

    def test_watch_waits_for_a_monitor_that_returns(self):
        process = self.spawn_watch(stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        output, errors = Screen(process.stdout.fileno()), Screen(process.stderr.fileno())
        desktop.wait('a line', lambda: output.shows(' good Your connection is fine. 1.1.1.1 10.0% 1.2ms\n'))
        self.monitor.close()
        desktop.wait('that it has left', lambda: errors.shows('The monitor has left'))
        self.monitor = desktop.FakeMonitor(self.session, desktop.make_status('paused', 'paused'))
        self.addCleanup(self.monitor.close)
        desktop.wait('its return', lambda: output.shows(' paused Paused: nothing is measured.\n'))
        self.interrupt(process)

    def test_watch_on_a_terminal_gives_the_cursor_back(self):
        master, slave = os.openpty()
        self.addCleanup(os.close, master)
        screen = Screen(master)
        process = self.spawn_watch(stdin=slave, stdout=slave, stderr=slave)
        os.close(slave)
        desktop.wait('the page', lambda: screen.shows('Cloudflare'))
        assert '\033[?25l' in screen.text and '\033[?25h' not in screen.text, screen.text
        self.monitor.set(status=desktop.make_status('paused', 'paused'))
        desktop.wait('the change', lambda: screen.shows('Paused: nothing is measured.'))
        self.interrupt(process)
        desktop.wait('the cursor', lambda: screen.shows('\033[?25h'))

    def test_watch_keeps_its_head_on_a_small_terminal(self):
        master, slave = os.openpty()
        self.addCleanup(os.close, master)
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack('HHHH', 3, 80, 0, 0))
        screen = Screen(master)
        process = self.spawn_watch(stdin=slave, stdout=slave, stderr=slave)
        os.close(slave)
        desktop.wait('the page', lambda: screen.shows('\033[J\033[HGood: ') and screen.text.endswith('\033[J'))
        assert screen.text.count('\n') == 2 and 'Cloudflare' not in screen.text, screen.text
        self.interrupt(process)

    def watch_on_terminal(self, width, **env):
        """The screen, the terminal's descriptor, and the process."""
        master, slave = os.openpty()
        self.addCleanup(os.close, master)
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack('HHHH', 24, width, 0, 0))
        self.session.env.update(TERM='xterm', **env)
        process = self.spawn_watch(stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
                                   preexec_fn=lambda: fcntl.ioctl(slave, termios.TIOCSCTTY, 0))
        os.close(slave)
        return Screen(master), master, process

    def show_columns(self):
        self.monitor.answers['Columns'] = lambda key, begin, end, n: GLib.Variant(
            '(a(xuuuuuuuuuuuiiiiis))', ([column(begin + i * 10000) for i in range(n)],))

    def columns_asked(self):
        return [arguments[3] for method, arguments in self.monitor.calls if method == 'Columns']

    def test_watch_on_a_terminal_has_strips(self):
        self.show_columns()
        screen, master, process = self.watch_on_terminal(62, NO_COLOR='')
        desktop.wait('the strip', lambda: screen.shows('Cloudflare  \033[31m%s\033[0m' % ('▒' * 50)))
        desktop.wait('what it means', lambda: screen.shows('A character is 10 s. ▁ below 5 ms'))
        key, begin, end, n = self.monitor.calls[0][1]
        self.assertEqual((key, end - begin, n, end % 10000), ('1.1.1.1', 500000, 50, 0))
        fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 32, 0, 0))
        desktop.wait('the narrower strip', lambda: screen.shows('Cloudflare  \033[31m%s\033[0m' % ('▒' * 20)))
        self.assertEqual(self.columns_asked(), [50, 20])
        self.interrupt(process)
        desktop.wait('the cursor', lambda: screen.shows('\033[?7h\033[?25h'))

    def test_watch_follows_changes(self):
        self.show_columns()
        screen, _, process = self.watch_on_terminal(62)
        desktop.wait('the strip', lambda: screen.shows('▒' * 50))
        self.monitor.set(targets=[desktop.make_target('8.8.8.8', 'Google\a', 'internet')])
        desktop.wait('the other target', lambda: screen.shows('Google?'))
        desktop.wait('its strip', lambda: screen.shows('Google?  \033[31m' + '▒' * 53))
        self.interrupt(process)

    def test_watch_without_colours(self):
        self.show_columns()
        screen, _, process = self.watch_on_terminal(62, NO_COLOR='1')
        desktop.wait('the strip', lambda: screen.shows('Cloudflare  ' + '▒' * 50))
        self.assertNotIn('\033[31m', screen.text)
        self.interrupt(process)

    def test_watch_without_columns(self):
        """A monitor that refuses them leaves the page as it is."""
        def refuse(*_):
            raise GLib.Error('no history')
        self.monitor.answers['Columns'] = refuse
        screen, _, process = self.watch_on_terminal(62)
        desktop.wait('the page', lambda: screen.shows('Cloudflare'))
        desktop.wait('it asked', self.columns_asked)
        self.monitor.set(status=desktop.make_status('paused', 'paused'))
        desktop.wait('it asked again', lambda: len(self.columns_asked()) >= 2)
        self.assertNotIn('A character is', screen.text)
        self.interrupt(process)

    def test_watch_json_has_an_object_for_each_change(self):
        process = self.spawn_watch('--json', stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        output = Screen(process.stdout.fileno())
        desktop.wait('the first', lambda: output.shows('"verdict":"ok"'))
        begin = time.monotonic()
        desktop.wait('some quiet time', lambda: time.monotonic() > begin + 2.5)
        output.shows('')
        self.assertEqual(output.text.count('\n'), 1)
        self.monitor.set(status=desktop.make_status('paused', 'paused'))
        desktop.wait('the change', lambda: output.shows('"verdict":"paused"'))
        self.assertEqual([json.loads(line)['level'] for line in output.text.splitlines()], ['good', 'paused'])
        self.interrupt(process)

    def test_watch_ends_when_nobody_reads_any_more(self):
        process = self.spawn_watch(stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        output = Screen(process.stdout.fileno())
        desktop.wait('a line', lambda: output.shows('\n'))
        process.stdout.close()
        desktop.wait('the end', lambda: process.poll() is not None)
        self.assertEqual((process.returncode, process.stderr.read()), (3, b''))

    def test_names_that_are_no_text_are_refused(self):
        for arguments in (['target', 'add'], ['target', 'set', '--name', 'x'], ['target', 'remove'], ['history'], ['probes'],
                          ['note']):
            status, output, errors = self.run_ctl(*arguments, b'\xff\xfe')
            assert status == 2 and errors.endswith('is no name: it is not UTF-8\n') and output == '', (arguments, errors)
        assert not self.monitor.calls, self.monitor.calls

    def test_watch_ends_by_itself(self):
        status, output, errors = self.run_ctl('status', '--watch', '--json', '--for', '1')
        assert status == 0 and errors == '', errors
        assert all(json.loads(line)['level'] == 'good' for line in output.splitlines()) and output, output


if __name__ == '__main__':
    enter_network()
    tap.run_cases(sys.argv[2:])
