#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The monitor without a desktop: its file, read anew without losing a probe; metrics, whoever asks; run in one command.

Arguments: the monitor, pingemctl. In a network namespace of its own.
"""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import desktop, instance, legs  # noqa: E402

PORT = 9870
METRICS = '127.0.0.1:%d' % PORT
OPEN_METRICS = 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1'


class Case(instance.Case):
    def reload(self, text):
        self.write(text)
        self.monitor.process.send_signal(signal.SIGHUP)

    def scrape(self, accept='', method='GET', path='/metrics', port=PORT):
        connection = http.client.HTTPConnection('127.0.0.1', port, timeout=10)
        try:
            connection.request(method, path, headers={'Accept': accept} if accept else {})
            answer = connection.getresponse()
            return answer.status, answer.getheader('Content-Type'), answer.read().decode()
        finally:
            connection.close()

    def is_served(self, port=PORT):
        try:
            return self.scrape(port=port)[0] == 200
        except OSError:
            return False

    def value(self, name, **labels):
        """Of the one sample that has them."""
        found = [line for line in self.scrape()[2].splitlines() if line.startswith(name)
                 and line[len(name)] in '{ ' and all('%s="%s"' % label in line for label in labels.items())]
        assert len(found) == 1, found
        return float(found[0].rsplit(' ', 1)[1])


class FileTest(Case):
    def test_slips_are_named_and_the_rest_runs(self):
        self.start('[metrics]\nlisten=%s\nport=1\n[target 127.0.0.1]\ninterval=5\nleg=internet\n[colours]\nred=1\n[echo]\n'
                   'listen=somewhere\n[throughput]\nevery=0\n' % METRICS)
        problems = self.monitor.get('Status')['problems']
        for line, words in ((3, '[metrics] “port” is no key'), (5, '[target 127.0.0.1] interval-ms must be 100'),
                            (7, '[colours] there is no such group'), (10, '[echo] “somewhere” is nothing to listen on'),
                            (12, '[throughput] every must be 60 to')):
            said = '%s:%d: %s' % (self.path, line, words)
            self.assertTrue(any(problem.startswith(said) for problem in problems), (said, problems))
        desktop.wait('replies', lambda: self.monitor.target('127.0.0.1')['reply'] >= 2)
        self.assertTrue(self.is_served())

    def test_file_that_is_missing_or_none(self):
        for text in (None, 'this is no keyfile\n'):
            if text is not None:
                self.write(text)
            result = self.session.run([os.path.abspath(sys.argv[1]), '--config', self.path])
            self.assertEqual(result.returncode, 2)
            self.assertIn(self.path, result.stderr)

    def read_sequences(self, key):
        lines = self.ctl('probes', key, '--json').stdout.splitlines()
        return [probe['seq'] for probe in map(json.loads, lines) if 'seq' in probe]

    def test_reload_loses_no_probe(self):
        """Ten times, with a target that comes and goes beside, and metrics on another port each time."""
        kept = '[target 127.0.0.1]\ninterval=100\nleg=internet\n[target tcp://127.0.0.1:1]\ninterval=100\n'
        self.start(kept)
        desktop.wait('replies', lambda: self.monitor.target('127.0.0.1')['reply'] >= 3)
        for n in range(10):
            self.reload(kept + ('[target 127.0.0.2]\n' if n % 2 == 0 else '') + '[metrics]\nlisten=%d\n' % (PORT + n))
            desktop.wait('the other one', lambda n=n: (self.monitor.target('127.0.0.2') is not None) == (n % 2 == 0))
            desktop.wait('metrics', lambda n=n: self.is_served(PORT + n))
            self.assertFalse(self.is_served(PORT + n - 1) if n > 0 else False)
        for key in ('127.0.0.1', 'tcp://127.0.0.1:1'):
            sequences = self.read_sequences(key)
            self.assertEqual(sequences, list(range(sequences[0], sequences[0] + len(sequences))), key)
            self.assertEqual(sequences[0], 0)
            self.assertGreater(len(sequences), 8)
        self.assertEqual(self.monitor.target('127.0.0.1')['lost'], 0)

    def test_change_keeps_the_grid(self):
        self.start('[target 127.0.0.1]\ninterval=200\n')
        desktop.wait('replies', lambda: self.monitor.target('127.0.0.1')['reply'] >= 3)
        self.reload('[target 127.0.0.1]\ninterval=100\nname=Mine\nleg=other\n')
        desktop.wait('it is changed', lambda: self.monitor.target('127.0.0.1')['interval-ms'] == 100)
        target = self.monitor.target('127.0.0.1')
        self.assertEqual((target['name'], target['leg']), ('Mine', 'other'))
        time.sleep(1)
        sequences = self.read_sequences('127.0.0.1')
        self.assertEqual(sequences, list(range(len(sequences))))

    def test_reload_of_what_cannot_be_read_changes_nothing(self):
        self.start('[target 127.0.0.1]\n[metrics]\nlisten=%s\n' % METRICS)
        self.reload('no keyfile')
        time.sleep(1)
        self.assertIsNotNone(self.monitor.target('127.0.0.1'))
        self.assertTrue(self.is_served())
        self.reload('[target 127.0.0.1]\ninterval=1\n')
        desktop.wait('a problem', lambda: any(':2:' in text for text in self.monitor.get('Status').get('problems', [])))
        self.reload('[target 127.0.0.1]\ninterval=1000\n')
        desktop.wait('none', lambda: not any(':2:' in text for text in self.monitor.get('Status').get('problems', [])))
        self.assertFalse(self.is_served())

    def test_file_is_never_rewritten(self):
        text = '# mine\n[target 127.0.0.1]\n'
        self.start(text)
        self.monitor.refuses('BadValue', 'AddTarget', '(a{sv})', desktop.make_dictionary({'address': '127.0.0.3'}))
        with open(self.path, encoding='utf-8') as stream:
            self.assertEqual(stream.read(), text)


class MetricsTest(Case):
    def start_metrics(self, targets='[target 127.0.0.1]\ninterval=100\nleg=internet\n'):
        self.start('[metrics]\nlisten=%s\n%s' % (METRICS, targets))
        desktop.wait('metrics', self.is_served)

    def test_off_by_default(self):
        self.start('[target 127.0.0.1]\n')
        time.sleep(1)
        with self.assertRaises(OSError):
            self.scrape(port=9862)

    def check_with_promtool(self, text):
        result = subprocess.run(['promtool', 'check', 'metrics'], input=text, capture_output=True, text=True, check=False)
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, '', ''))

    def test_both_formats(self):
        self.start_metrics()
        desktop.wait('replies', lambda: self.monitor.target('127.0.0.1')['reply'] >= 5)
        status, kind, text = self.scrape()
        self.assertEqual((status, kind), (200, 'text/plain; version=0.0.4; charset=utf-8'))
        self.check_with_promtool(text)
        status, kind, text = self.scrape(OPEN_METRICS)
        self.assertEqual((status, kind), (200, 'application/openmetrics-text; version=1.0.0; charset=utf-8'))
        self.assertTrue(text.endswith('# EOF\n'))
        self.assertEqual(self.scrape('text/plain')[1], 'text/plain; version=0.0.4; charset=utf-8')

    def test_counts_are_those_of_the_monitor(self):
        """After a pause nothing is under way: sent is answered and lost, and the histogram holds the answers."""
        self.start_metrics('[target 127.0.0.1]\ninterval=100\nleg=internet\n[target tcp://127.0.0.1:1]\ninterval=100\n'
                           'timeout=200\n')
        desktop.wait('replies', lambda: self.monitor.target('127.0.0.1')['reply'] >= 20)
        self.monitor.call('Pause', '(u)', 0)
        time.sleep(1.5)
        sent = self.value('pingem_probes_sent_total', target='127.0.0.1')
        self.assertGreaterEqual(sent, 20)
        self.assertLessEqual(sent - self.value('pingem_probes_replied_total', target='127.0.0.1'), 1)
        self.assertEqual(self.value('pingem_probe_rtt_seconds_count', target='127.0.0.1'),
                         self.value('pingem_probes_replied_total', target='127.0.0.1'))
        self.assertGreater(self.value('pingem_probes_lost_total', target='tcp://127.0.0.1:1', reason='refused'), 10)
        self.assertEqual(self.value('pingem_probes_lost_total', target='tcp://127.0.0.1:1', reason='timeout'), 0)
        self.assertEqual(self.value('pingem_verdict', verdict='paused'), 1)
        self.assertEqual(self.value('pingem_level', level='good'), 0)

    def test_names_are_escaped(self):
        self.start_metrics('[target 127.0.0.1]\nname=a "b" \\\\ c {é}\n')
        text = self.scrape()[2]
        self.assertIn('name="a \\"b\\" \\\\ c {é}"', text)
        self.check_with_promtool(text)

    def test_german_numbers(self):
        self.session.env.update(LC_ALL='de_DE.UTF-8', LC_NUMERIC='de_DE.UTF-8')
        self.start_metrics()
        self.check_with_promtool(self.scrape()[2])

    def test_other_requests(self):
        self.start_metrics()
        self.assertEqual(self.scrape(path='/')[0], 200)
        self.assertEqual(self.scrape(path='/metrics/x')[0], 404)
        self.assertEqual(self.scrape(path='/x')[0], 404)
        self.assertEqual(self.scrape(method='POST')[0], 405)
        self.assertEqual(self.scrape(method='HEAD')[2], '')
        self.assertEqual(self.scrape(accept='q=;;;,application/openmetrics-text;q=x')[0], 200)

    def talk(self, data):
        """What comes back until it hangs up."""
        with socket.create_connection(('127.0.0.1', PORT), timeout=10) as connection:
            try:
                connection.sendall(data)
                connection.shutdown(socket.SHUT_WR)
                return connection.recv(4096)
            except OSError:
                return b''

    def test_what_is_no_http(self):
        self.start_metrics()
        for data in (b'', b'\0' * 100, b'GET\r\n\r\n', b'GET /metrics HTTP/9.9\r\n\r\n', b'X' * 300000, b'\x16\x03\x01\x02\x00',
                     b'GET /metrics HTTP/1.1\r\n' + b'A: b\r\n' * 20000 + b'\r\n', b'GET /../../etc/passwd HTTP/1.1\r\n\r\n'):
            self.assertNotIn(b'root:', self.talk(data))
        self.assertTrue(self.is_served())

    def measure_kib(self):
        with open('/proc/%d/status' % self.monitor.process.pid, encoding='ascii') as stream:
            return next(int(line.split()[1]) for line in stream if line.startswith('VmRSS'))

    def test_a_thousand_connections_and_slow_readers(self):
        """Bounded memory; measuring goes on; and when they are gone, Prometheus is served."""
        self.start_metrics('[target 127.0.0.1]\ninterval=100\nleg=internet\n'
                           + ''.join('[target 127.0.1.%d]\nleg=other\n' % n for n in range(1, 200)))
        desktop.wait('replies', lambda: self.monitor.target('127.0.0.1')['reply'] >= 3)
        before = self.measure_kib()
        crowd = []
        for _ in range(1000):
            connection = socket.socket()
            connection.settimeout(2)
            try:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
                connection.connect(('127.0.0.1', PORT))
                connection.send(b'GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n')
            except OSError:
                pass
            crowd.append(connection)
        replies = self.value_of_replies()
        desktop.wait('more replies', lambda: self.value_of_replies() >= replies + 20)
        self.assertEqual(self.monitor.target('127.0.0.1')['lost'], 0)
        self.assertLess(self.measure_kib() - before, 30000)
        self.assertLess(len(os.listdir('/proc/%d/fd' % self.monitor.process.pid)), 150)
        for connection in crowd:
            connection.close()
        desktop.wait('it is served', self.is_served)

    def test_silent_connections_end(self):
        """64 of them are all there may be: after half a minute Prometheus has its turn."""
        self.start_metrics()
        silent = [socket.create_connection(('127.0.0.1', PORT)) for _ in range(80)]
        self.addCleanup(lambda: [connection.close() for connection in silent])
        time.sleep(1)
        self.assertFalse(self.is_served())
        desktop.wait('they have ended', self.is_served, 60)
        self.monitor.stop()
        self.assertEqual(sum('[metrics]' in line for line in self.monitor.process.stderr), 1)

    def value_of_replies(self):
        lines = self.ctl('probes', '127.0.0.1', '--json').stdout.splitlines()
        return sum('"state":"reply"' in line for line in lines)

    def test_port_in_use_is_said_and_the_rest_runs(self):
        other = socket.create_server(('127.0.0.1', PORT))
        self.addCleanup(other.close)
        self.start('[metrics]\nlisten=%s\n[target 127.0.0.1]\n' % METRICS)
        self.assertTrue(any('[metrics]' in text and METRICS in text for text in self.monitor.get('Status')['problems']))
        desktop.wait('replies', lambda: self.monitor.target('127.0.0.1')['reply'] >= 1)


class CommandTest(Case):
    def test_init(self):
        path = os.path.join(self.session.folder, 'new', 'instance.conf')
        result = self.ctl('instance', 'init', path)
        self.assertEqual((result.returncode, result.stderr), (0, ''))
        self.assertIn('systemctl enable --now pingem-instance', result.stdout)
        with open(path, encoding='utf-8') as stream:
            text = stream.read()
        again = self.ctl('instance', 'init', path)
        self.assertEqual(again.returncode, 2)
        self.assertIn('stays as it is', again.stderr)
        with open(path, encoding='utf-8') as stream:
            self.assertEqual(stream.read(), text)
        self.assertEqual(self.ctl('instance', 'init', '/proc/nowhere/x').returncode, 3)
        self.assertEqual(self.ctl('instance', 'init', 'a', 'b').returncode, 2)

    def test_init_for_networks(self):
        self.assertEqual(self.ctl('instance', 'init', self.path, '--networks', '127.0.0.0/8 10.0.0.0/8').returncode, 0)
        with open(self.path, encoding='utf-8') as stream:
            self.start(stream.read())
        self.assertFalse([problem for problem in self.monitor.get('Status').get('problems', []) if self.path in problem])
        self.assertTrue(self.is_served(9862))
        listening = subprocess.run(['ss', '-lntuH'], capture_output=True, text=True, check=True).stdout
        for port in (':862 ', ':8862 ', '*:9862 '):
            self.assertIn(port, listening)
        for networks in ('10.0.0.1/8', 'box', '1.2.3.4/129'):
            self.assertEqual(self.ctl('instance', 'init', self.path + '2', '--networks', networks).returncode, 2)
        self.assertFalse(os.path.exists(self.path + '2'))

    def test_example_is_right_also_with_all_of_it_switched_on(self):
        path = os.path.join(self.session.folder, 'example.conf')
        self.ctl('instance', 'init', path)
        with open(path, encoding='utf-8') as stream:
            text = stream.read()
        switched_on = '\n'.join(line[1:] if line.startswith('#') and not line.startswith('# ') else line
                                for line in text.splitlines())
        for number, example in enumerate((text, switched_on)):
            self.start(example)
            problems = [problem for problem in self.monitor.get('Status').get('problems', []) if 'instance.conf:' in problem]
            # The one thing that has to be made first.
            self.assertTrue(all('/etc/pingem/stamp.key' in problem for problem in problems), problems)
            self.assertEqual(len(problems), number)
            self.monitor.stop()

    def start_run(self, *arguments):
        environment = dict(self.session.env, PATH='%s:%s' % (os.path.dirname(os.path.abspath(sys.argv[1])),
                                                             self.session.env['PATH']))
        return self.session.spawn([os.path.abspath(sys.argv[2]), 'instance', 'run', *arguments], env=environment,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def test_run_alone(self):
        process = self.start_run('--peer', '127.0.0.1:8862', '--metrics', METRICS)
        desktop.wait('metrics', self.is_served)
        for key in ('127.0.0.1', 'udp://127.0.0.1:8862', 'echo://127.0.0.1'):
            desktop.wait(key, lambda key=key: 'target="%s"' % key in self.scrape()[2])
        self.assertFalse(os.path.exists(os.path.join(self.session.env['XDG_CONFIG_HOME'], 'pingem', 'pingem.conf')))
        process.terminate()
        self.assertEqual(process.wait(10), 0)
        self.assertIn('http://%s/metrics' % METRICS, process.stdout.read())

    def test_run_joins_the_monitor_that_is_there(self):
        self.start()
        process = self.start_run('--peer', '127.0.0.1')
        self.assertEqual(process.wait(10), 0)
        self.assertIn('which is running', process.stdout.read())
        for key in ('127.0.0.1', 'udp://127.0.0.1', 'echo://127.0.0.1'):
            self.assertEqual(self.monitor.target(key)['leg'], 'other')
        again = self.start_run('--peer', '127.0.0.1')
        self.assertEqual(again.wait(10), 0)

    def test_bad_input(self):
        for arguments in ((), ('--peer', '224.0.0.1'), ('--peer', 'a b'), ('x',), ('--peer', '127.0.0.1', 'x')):
            process = self.start_run(*arguments)
            self.assertEqual(process.wait(10), 2, arguments)
            self.assertEqual(process.stderr.read().count('\n'), 1, arguments)
        self.assertEqual(self.ctl('instance').returncode, 2)
        self.assertEqual(self.ctl('instance', '--help').returncode, 0)

    def test_bad_metrics_option(self):
        result = self.session.run([os.path.abspath(sys.argv[1]), '--peer', '127.0.0.1', '--metrics', 'nowhere'])
        self.assertEqual(result.returncode, 2)
        self.assertIn('nothing to listen on', result.stderr)


if __name__ == '__main__':
    legs.run(__file__, 2)
