#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What pingemctl shows of a real monitor, in a network namespace of its own.

usage: test-pingemctl-monitor.py PINGEMCTL PINGEM-MONITOR [CASE[.TEST]]...
"""

import fcntl
import json
import os
import subprocess
import sys
import time
import unittest

from gi.repository import Gio, GLib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import desktop, monitor as lab_monitor, tap  # noqa: E402
from lab.anchors import answer_echo, enter_network  # noqa: E402

CTL, MONITOR = sys.argv[1:3]
HEADER = 'seq,sent_ns,state,rtt_us,ttl,errno,icmp_type,icmp_code,from,duplicates'
MAX_STREAMS = 16


class Fixture(unittest.TestCase):
    def setUp(self):
        self.session = desktop.Session()
        self.session.__enter__()
        self.addCleanup(self.session.close)
        self.monitor = lab_monitor.Monitor(MONITOR, self.session)

    def ctl(self, *arguments, **options):
        result = self.session.run([CTL, *arguments], **options)
        self.assertEqual((result.returncode, result.stderr), (0, ''), result)
        return result.stdout

    def refuses(self, code, words, *arguments):
        result = self.session.run([CTL, *arguments])
        self.assertEqual((result.returncode, result.stdout, result.stderr.count('\n')), (code, '', 1), result)
        self.assertIn(words, result.stderr)

    def wait_for_replies(self, key, n):
        desktop.wait('replies', lambda: (self.monitor.target(key) or {}).get('reply', 0) >= n, 60)


class Probes(Fixture):
    def test_each_probe_in_each_format(self):
        self.wait_for_replies('1.1.1.1', 5)
        end = time.time() - 2
        span = ['probes', 'Cloudflare', '--from', '-1h', '--to', time.strftime('%FT%TZ', time.gmtime(end))]
        probes = [json.loads(line) for line in self.ctl(*span, '--json').splitlines()]
        self.assertGreaterEqual(len(probes), 2)
        for i, probe in enumerate(probes):
            self.assertEqual(list(probe), ['target', 'address', 'seq', 'state', 'sent_ns', 'rtt_us', 'ttl', 'errno', 'icmp',
                                           'duplicates'])
            self.assertEqual((probe['target'], probe['address'], probe['seq'], probe['state']), ('Cloudflare', None, i, 'reply'))
            self.assertLess(abs(probe['sent_ns'] / 1e9 - end), 60)
            self.assertGreater(probe['rtt_us'], 0)
        lines = self.ctl(*span, '--csv').splitlines()
        self.assertEqual(lines[0], HEADER)
        self.assertEqual([line.split(',')[:4] for line in lines[1:]],
                         [[str(probe[key]) for key in ('seq', 'sent_ns', 'state', 'rtt_us')] for probe in probes])
        text = self.ctl(*span).splitlines()
        self.assertEqual(len(text), len(probes))
        self.assertRegex(text[1], r'^20\d\d-\d\d-\d\d \d\d:\d\d:\d\d\.\d\d\d  1  \d.*, TTL 64$')
        self.assertEqual(self.ctl('probes', '1.1.1.1', '--from', '-2h', '--to', '-1h', '--csv'), HEADER + '\n')

    def test_what_is_refused(self):
        self.refuses(2, 'nobody', 'probes', 'nobody', '--csv')
        self.refuses(2, 'Name one target', 'probes')
        self.refuses(2, '--csv and --json', 'probes', '1.1.1.1', '--csv', '--json')
        self.refuses(2, '--from must be before', 'probes', '1.1.1.1', '--from', 'now')

    def call(self, pipe_end, results, key='127.0.0.1'):
        """A call of Probes with this pipe; its end is put into results."""
        now = int(time.time() * 1000)
        fds = Gio.UnixFDList.new()
        handle = fds.append(pipe_end) if pipe_end is not None else 0

        def on_done(bus, result):
            try:
                results.append(bus.call_with_unix_fd_list_finish(result)[0].unpack()[0])
            except GLib.Error as error:
                results.append(Gio.DBusError.get_remote_error(error))
        self.session.bus.call_with_unix_fd_list(
            desktop.MONITOR_NAME, desktop.MONITOR_PATH, lab_monitor.INTERFACE, 'Probes',
            GLib.Variant('(sxxh)', (key, now - 3600000, now, handle)), None, 0, 2 ** 31 - 1, fds, None, on_done)

    def test_readers_that_never_read_stop_nobody(self):
        self.monitor.call('AddTarget', '(a{sv})', desktop.make_dictionary(
            {'address': '127.0.0.1', 'leg': 'other', 'interval_ms': 100}))
        self.wait_for_replies('127.0.0.1', 150)
        results, readers = [], []
        for _ in range(MAX_STREAMS):
            reader, writer = os.pipe()
            fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
            self.call(writer, results)
            os.close(writer)
            readers.append(reader)
        refused = []
        self.call(os.open('/dev/null', os.O_WRONLY), refused)
        desktop.wait('the refusal', lambda: refused)
        self.assertEqual(refused, ['io.github.pingem.Error.TooMany'])
        self.wait_for_replies('127.0.0.1', 200)
        self.assertEqual(results, [])

        with os.fdopen(readers.pop(), 'rb') as stream:
            os.set_blocking(stream.fileno(), False)
            text = b''

            def read_on():
                nonlocal text
                text += stream.read() or b''
                return results
            desktop.wait('all is read', read_on)
        self.assertEqual(results, [text.count(b'\n')])
        self.assertGreater(len(text), 4096)

        del results[:]
        for reader in readers:
            os.close(reader)
        desktop.wait('they are given up', lambda: len(results) == MAX_STREAMS - 1)
        self.assertEqual(set(results), {'io.github.pingem.Error.Failed'})
        self.assertTrue(self.ctl('probes', '127.0.0.1', '--csv').startswith(HEADER + '\n'))

    def test_only_pipes_are_written_to(self):
        with open(os.path.join(self.session.folder, 'file'), 'wb') as file, open('/dev/null', 'wb') as null:
            reader, writer = os.pipe()
            for end in (file.fileno(), null.fileno(), reader, None):
                results = []
                self.call(end, results, '1.1.1.1')
                desktop.wait('the refusal', lambda results=results: results)
                self.assertEqual(results, ['io.github.pingem.Error.BadValue'], end)
            os.close(reader)
            os.close(writer)

    def test_a_monitor_that_ends_meanwhile_is_told(self):
        self.wait_for_replies('1.1.1.1', 1)
        results = []
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        while True:
            try:
                os.write(writer, b'x' * 65536)
            except BlockingIOError:
                break
        self.call(writer, results, '1.1.1.1')
        os.close(writer)
        desktop.wait('it measures on', lambda: self.monitor.target('1.1.1.1')['reply'] >= 3)
        self.assertEqual(results, [])
        self.monitor.stop()
        desktop.wait('the end of the call', lambda: results)
        self.assertIsInstance(results[0], str)
        os.close(reader)

    def test_a_reader_that_has_enough(self):
        self.wait_for_replies('1.1.1.1', 3)
        command = '%s probes 1.1.1.1 --csv | head -n 1' % CTL
        result = subprocess.run(['sh', '-c', command], env=self.session.env, capture_output=True, text=True, timeout=60,
                                check=False)
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, HEADER + '\n', ''))


class Report(Fixture):
    def test_a_page_for_the_provider(self):
        self.monitor.call('AddTarget', '(a{sv})', desktop.make_dictionary({'address': '127.0.0.1', 'leg': 'other'}))
        desktop.wait('a good connection', lambda: self.monitor.get('Status')['verdict'] == 'ok', 20)
        answer_echo(False)
        try:
            desktop.wait('an outage', lambda: self.monitor.events('outage'), 30)
            desktop.wait('what is counted', lambda: self.monitor.events('outage')[-1].get('bad', 0) >= 5, 30)
        finally:
            answer_echo(True)
        text = self.ctl('report', '--from', '-1h')
        for words in ('Report on an internet connection, by Pingem ', 'Cloudflare  1.1.1.1', 'Outages: ', '  Internet  ',
                      'A character is 50.0 s. ', 'How it was measured', 'RFC 3550'):
            self.assertIn(words, text)
        self.assertNotIn('127.0.0.1', text)
        self.assertIn('127.0.0.1', self.ctl('report', '--show-addresses'))

        report = json.loads(self.ctl('report', '--from', '-1h', '--json'))
        rows = {row['name']: row for row in report['targets']}
        row = rows['Cloudflare']
        self.assertGreaterEqual(row['lost'], 3)
        self.assertEqual(row['due'], row['reply'] + row['late'] + row['lost'] + row['unsent'] + row['error'])
        self.assertEqual((row['bursts'], row['about'], row['target']), (1, False, '1.1.1.1'))
        self.assertEqual(row['longest_burst'], row['lost'])
        self.assertEqual((rows[None]['leg'], rows[None]['target'], rows[None]['address']), ('other', None, None))
        self.assertEqual([event['kind'] for event in report['events']], ['outage'] * len(self.monitor.events('outage')))
        self.assertTrue(json.loads(self.ctl('report', '--from', '-30d', '--json'))['targets'][1]['about'])

    def test_into_a_file(self):
        path = os.path.join(self.session.folder, 'report.txt')
        self.assertEqual(self.ctl('report', '-o', path), '')
        with open(path, encoding='utf-8') as stream:
            self.assertTrue(stream.read().startswith('Report on an internet connection'))
        self.refuses(3, '/nonexistent/report cannot be written', 'report', '-o', '/nonexistent/report')
        self.refuses(3, '/dev/full cannot be written', 'report', '-o', '/dev/full')

    def read_pdf(self, path, program='pdftotext', *more):
        return subprocess.run([program, path, *more], capture_output=True, text=True, check=True).stdout

    def test_as_a_pdf(self):
        self.monitor.call('AddTarget', '(a{sv})', desktop.make_dictionary({'address': '127.0.0.1', 'leg': 'other'}))
        self.wait_for_replies('127.0.0.1', 2)
        path = os.path.join(self.session.folder, 'report.PDF')
        self.assertEqual(self.ctl('report', '-o', path), '')
        text = self.read_pdf(path, 'pdftotext', '-')
        for words in ('Report on an internet connection', 'Cloudflare', '1.1.1.1', '24 h 0 min', 'How it was measured',
                      'Loss to the internet by hour of the week'):
            self.assertIn(words, text)
        self.assertNotIn('127.0.0.1', text)
        self.assertIn('Pages:           1\n', self.read_pdf(path, 'pdfinfo'))
        self.ctl('report', '-o', path, '--show-addresses', '--from', '-1h')
        text = self.read_pdf(path, 'pdftotext', '-')
        self.assertIn('127.0.0.1', text)
        self.assertNotIn('hour of the week', text)
        self.assertEqual([name for name in os.listdir(self.session.folder) if name.startswith('report')], ['report.PDF'])
        self.refuses(2, 'A PDF is no JSON', 'report', '--json', '-o', path)
        self.refuses(3, '/nonexistent/x.pdf cannot be written', 'report', '-o', '/nonexistent/x.pdf')

    def test_what_is_refused(self):
        self.refuses(2, 'x is too much', 'report', 'x')
        self.refuses(2, '--from must be before', 'report', '--from', 'now')
        self.refuses(2, 'no longer than 366 days', 'report', '--from', '-400d')
        self.monitor.stop()
        self.refuses(3, 'The monitor is not running', 'report')


if __name__ == '__main__':
    enter_network()
    tap.run_cases(sys.argv[3:])
