#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""pingemctl ping with very many hosts, as fast as it can, and on a terminal; in a network of the test's own."""

import ctypes
import fcntl
import json
import os
import re
import resource
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import desktop, tap  # noqa: E402

PINGEMCTL = sys.argv[1]
CLONE_NEWNET = 0x40000000
ENV = dict(os.environ, LC_ALL='C.UTF-8', LANGUAGE='', XDG_RUNTIME_DIR='/nonexistent',
           DBUS_SYSTEM_BUS_ADDRESS='unix:path=/nonexistent')


def enter_network():
    if os.geteuid() != 0:
        print('1..0 # SKIP needs root for a network namespace')
        sys.exit(0)
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), 'unshare')
    subprocess.run(['ip', 'link', 'set', 'lo', 'up'], check=True)


def set_silence(is_silent):
    with open('/proc/sys/net/ipv4/icmp_echo_ignore_all', 'w', encoding='ascii') as stream:
        stream.write('1' if is_silent else '0')


def command(*arguments):
    return [PINGEMCTL, 'ping', '--source', 'raw', *arguments]


def ping(*arguments, **options):
    options.setdefault('stdin', subprocess.DEVNULL)
    return subprocess.run(command(*arguments), capture_output=True, text=True, timeout=120, check=False, env=ENV, **options)


def spawn(test, *arguments, **options):
    options.setdefault('stdin', subprocess.DEVNULL)
    options.setdefault('stdout', subprocess.PIPE)
    options.setdefault('stderr', subprocess.PIPE)
    process = subprocess.Popen(command(*arguments), env=ENV, **options)
    test.addCleanup(desktop.stop, process)
    return process


def address(i):
    return '127.%d.%d.%d' % (1 + i // 62500, i // 250 % 250, 1 + i % 250)


class Reader:
    """What a descriptor has shown so far."""

    def __init__(self, descriptor):
        self.descriptor = descriptor
        self.text = ''
        os.set_blocking(descriptor, False)

    def shows(self, text):
        try:
            self.text += os.read(self.descriptor, 65536).decode(errors='replace')
        except OSError:  # nothing yet, or nobody writes any more
            pass
        return text in self.text


def wait_for_interim(process, text):
    """Until the summary so far, on standard error, has this text. The process was given -v."""
    errors = Reader(process.stderr.fileno())
    desktop.wait('the beginning', lambda: errors.shows('Probes are sent by'), 30)

    def is_told():
        process.send_signal(signal.SIGQUIT)
        return errors.shows(text)

    desktop.wait(text, is_told, 60)


class Case(unittest.TestCase):
    def write_targets(self, lines):
        file = tempfile.NamedTemporaryFile('w', prefix='pingem-hosts-', suffix='.txt')
        self.addCleanup(file.close)
        file.write('\n'.join(lines))
        file.flush()
        return file.name

    def silence(self):
        set_silence(True)
        self.addCleanup(set_silence, False)


class ManyTest(Case):
    def test_a_hundred_thousand_lines(self):
        lines = [address(i) for i in range(100000)]
        lines[777] = '224.0.0.1'
        lines[50000] = '%s # a comment' % lines[50000]
        lines[70000] = '# nothing else'
        lines[99998] = '  no such host  '
        name = self.write_targets(lines)
        result = ping('-c', '1', '--json', '--targets', name)
        *probes, summary = [json.loads(line) for line in result.stdout.splitlines()]
        assert {probe['target'] for probe in probes} == set(map(address, range(100000))) - {
            address(i) for i in (777, 70000, 99998)}
        assert all(probe['state'] == 'reply' for probe in probes) and len(probes) == 99997
        assert [row['target'] for row in summary['summary']] == \
            [address(i) for i in range(100000) if i not in (777, 70000, 99998)], 'not in the order of the lines'
        errors = result.stderr.splitlines()
        assert len(errors) == 2 and result.returncode == 2, (result.returncode, errors)
        assert errors[0] == '%s, line 778: 224.0.0.1: this cannot be probed, as it is a multicast address' % name, errors
        assert errors[1].startswith('%s, line 99999: no such host: ' % name), errors

    def test_memory_for_silent_hosts_is_small(self):
        self.silence()
        process = spawn(self, '-v', '-c', '1', '-q', '-W', '10000', '--targets',
                        self.write_targets([address(i) for i in range(60000)]))
        wait_for_interim(process, ', 60000 still under way')
        with open('/proc/%d/smaps_rollup' % process.pid, encoding='ascii') as rollup:
            anonymous = [int(line.split()[1]) for line in rollup if line.startswith('Anonymous:')]
        assert anonymous[0] <= 16384, '%d kB' % anonymous[0]

    def test_names_are_looked_up_a_few_at_once(self):
        names = ['host%d.invalid' % i for i in range(500)]
        name = self.write_targets(names[:250] + ['localhost'] + names[250:])
        result = ping('-4', '-c', '1', '-q', '--targets', name,
                      preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100)))
        assert '--- localhost (127.0.0.1)\n1 due, loss 0 %' in result.stdout, result.stdout
        told = sorted(line.split(': ')[1] for line in result.stderr.splitlines())
        assert told == sorted(names) and result.returncode == 2, (told, result.returncode)

    def test_hosts_are_probed_as_they_come(self):
        process = spawn(self, '-c', '1', '--targets', '-', stdin=subprocess.PIPE)
        for host in (b'127.0.0.1', b'127.0.0.2'):
            process.stdin.write(host + b'\n')
            process.stdin.flush()
            assert process.stdout.readline().startswith(host + b'  0  ')  # while standard input is still open
        output, errors = process.communicate(timeout=30)
        assert (process.returncode, errors) == (0, b'') and b'--- 127.0.0.2\n' in output, (output, errors)

    def test_files_that_name_no_host_or_cannot_be_read(self):
        name = self.write_targets(['# nobody', ''])
        for path, sentence in ((name, '%s: it names no host: write one per line\n' % name), ('/', '/: Is a directory\n'),
                               ('/nonexistent', '/nonexistent cannot be opened: No such file or directory\n')):
            result = ping('-c', '1', '--targets', path)
            assert result.returncode == 2 and result.stderr == sentence, result

    def test_of_many_hosts_those_with_trouble_are_named(self):
        hosts = [address(i) for i in range(30)]
        result = ping('-q', '-c', '2', '-i', '10', '192.0.2.1', *hosts)
        assert result.stdout.startswith(
            '192.0.2.1: 2 due, loss 100 %: 0 answered, 0 late, 0 lost, 2 not sent, 0 with an error\n'
            '--- Hosts: 31, of which not all was answered in time: 1\n'
            '62 due, loss 3.2 %: 60 answered, 0 late, 0 lost, 2 not sent, 0 with an error\n'
            'Bursts of loss: 1, the longest of 2 in a row\n'
            'RTT: min '), result.stdout
        assert result.returncode == 1, result.returncode
        verbose = ping('-v', '-q', '-c', '1', *hosts)
        assert all('--- %s\n1 due' % host in verbose.stdout for host in hosts), verbose.stdout
        assert '--- Hosts: 30, of which not all was answered in time: 0\n30 due' in verbose.stdout, verbose.stdout


class FloodTest(Case):
    def get_row(self, *arguments):
        result = ping('-q', '--json', *arguments)
        return json.loads(result.stdout)['summary'][0], result.returncode

    def test_as_fast_as_possible(self):
        row, status = self.get_row('-c', '60000', '-i', '0', '127.0.0.1')
        assert status == 0 and row['reply'] == row['due'] == 60000, row

    def test_silence_holds_nothing_back(self):
        self.silence()
        row, status = self.get_row('-c', '400', '-i', '0', '-W', '100', '127.0.0.1')
        assert status == 1 and row['lost'] == row['due'] == 400, row

    def test_json_of_a_flood_is_complete(self):
        result = ping('--json', '-c', '20000', '-i', '0', '127.0.0.1', '127.0.0.2')
        *probes, _ = [json.loads(line) for line in result.stdout.splitlines()]
        assert sorted((probe['target'], probe['seq']) for probe in probes) == \
            [(host, seq) for host in ('127.0.0.1', '127.0.0.2') for seq in range(20000)]


class Terminal(Reader):
    """A terminal's other end: what was written to it, and keys."""

    def __init__(self, test, columns=100):
        self.master, self.slave = os.openpty()
        super().__init__(self.master)
        test.addCleanup(os.close, self.master)
        self.resize(columns)

    def resize(self, columns):
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack('HHHH', 24, columns, 0, 0))

    def press(self, key):
        os.write(self.master, key)


class TerminalTest(Case):
    def start(self, terminal, *arguments, **options):
        def take_terminal():
            os.setsid()
            fcntl.ioctl(terminal.slave, termios.TIOCSCTTY, 0)

        return spawn(self, *arguments, **dict({'stdin': terminal.slave, 'stdout': terminal.slave, 'stderr': terminal.slave,
                                               'preexec_fn': take_terminal}, **options))

    def test_progress_gives_way_to_the_summary(self):
        terminal = Terminal(self)
        process = self.start(terminal, '-q', '-c', '100', '-i', '100', '127.0.0.1')
        desktop.wait('the progress', lambda: terminal.shows(' of 100, answered: '), 30)
        assert re.search(r', lost: 0; \d s so far, about \d s to go\033\[K', terminal.text), terminal.text
        terminal.press(b'\x03')
        desktop.wait('the end', lambda: process.poll() is not None, 30)
        assert terminal.shows('\r\033[K--- 127.0.0.1\r\n'), terminal.text
        assert 'so far' not in terminal.text.split('---')[1] and process.returncode == 0, terminal.text

    def test_progress_fits_the_terminal(self):
        terminal = Terminal(self, columns=20)
        self.start(terminal, '-q', '-i', '100', '127.0.0.1')
        desktop.wait('the progress', lambda: terminal.shows('\rSent: '), 30)
        terminal.resize(12)
        terminal.text = ''
        desktop.wait('a shorter line', lambda: terminal.shows('\033[K\rSent: '), 30)
        desktop.wait('its end', lambda: terminal.text.count('\033[K') > 1 or terminal.shows('\033[K'), 30)
        assert all(len(line) <= 11 for line in terminal.text.replace('\033[K', '').split('\r')[2:]), terminal.text

    def test_messages_stand_on_lines_of_their_own(self):
        terminal = Terminal(self)
        process = self.start(terminal, '-q', '-i', '100', '--targets', '-', stdin=subprocess.PIPE)
        process.stdin.write(b'127.0.0.1\n')
        process.stdin.flush()
        desktop.wait('the progress', lambda: terminal.shows('\rSent: '), 30)
        process.stdin.write(b'224.0.0.1\n')
        process.stdin.flush()
        desktop.wait('the message', lambda: terminal.shows('\r\033[Kstandard input, line 2: 224.0.0.1: '), 30)

    def test_without_a_terminal_there_is_no_progress(self):
        process = spawn(self, '-q', '-c', '16', '-i', '100', '127.0.0.1')
        output, errors = process.communicate(timeout=30)
        assert errors == b'' and output.startswith(b'--- 127.0.0.1\n'), (output, errors)
        terminal = Terminal(self)
        process = self.start(terminal, '--json', '-c', '16', '-i', '100', '127.0.0.1', stdout=subprocess.PIPE)
        process.communicate(timeout=30)
        assert not terminal.shows('Sent'), 'a pipe: its reader may write to the same terminal'

    def test_ctrl_backslash_tells_the_summary_so_far(self):
        terminal = Terminal(self)
        process = self.start(terminal, '-i', '100', '127.0.0.1')
        desktop.wait('a reply', lambda: terminal.shows('127.0.0.1  0  '), 30)
        terminal.press(b'\x1c')
        desktop.wait('a summary', lambda: terminal.shows('--- 127.0.0.1\r\n'), 30)
        terminal.text = ''
        desktop.wait('another reply', lambda: terminal.shows('127.0.0.1  '), 30)
        terminal.press(b'\x03')
        desktop.wait('the end', lambda: process.poll() is not None, 30)
        assert terminal.shows('--- 127.0.0.1\r\n') and process.returncode == 0, terminal.text

    def test_a_second_ctrl_c_ends_it_at_once(self):
        name = self.write_targets([address(i) for i in range(3000)])
        process = spawn(self, '-v', '-q', '--json', '--targets', name)
        wait_for_interim(process, '--- Hosts: 3000,')
        process.send_signal(signal.SIGINT)
        desktop.wait('the summary', lambda: process.stdout.peek(1), 30)  # which nobody reads, so that it never ends
        process.send_signal(signal.SIGINT)
        desktop.wait('the end', lambda: process.poll() is not None, 30)
        assert process.returncode == -signal.SIGINT, process.returncode

    def test_verbose_says_whose_time_it_is(self):
        result = ping('-v', '-c', '1', '127.0.0.1')
        assert ", TTL 64, received: kernel's time\n" in result.stdout or \
            ", TTL 64, sent and received: kernel's time\n" in result.stdout, result.stdout


if __name__ == '__main__':
    enter_network()
    tap.run_cases(sys.argv[2:])
