#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Throughput between two machines by iperf3: any of Debian's as a peer, in both directions, one test at a time.

Arguments: the monitor, pingemctl. In a network namespace of its own.
"""

import json
import os
import re
import subprocess
import sys
import time
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import desktop, instance, legs, network  # noqa: E402

PORT = 5301
FAR = '%s:%d' % (network.Pair.FAR, PORT)
CONFIG = ('[metrics]\nlisten=9871\n[target %s]\ninterval=100\nleg=internet\n[throughput]\nseconds=1\n' % network.Pair.FAR)


class Case(instance.Case):
    has_pair = True

    def start(self, more='max-mbits=20\n'):
        super().start(CONFIG + more)

    def iperf(self, host, *arguments, **options):
        return self.session.spawn(host.command(['iperf3', *arguments]), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  text=True, **options)

    def serve_far(self):
        server = self.iperf(self.pair.far, '--server', '--port', str(PORT), '--forceflush')
        while 'listening' not in server.stdout.readline():
            pass
        return server

    def metrics(self):
        with urllib.request.urlopen('http://127.0.0.1:9871/metrics', timeout=10) as answer:
            return answer.read().decode()


class ClientTest(Case):
    def test_both_ways_within_the_cap(self):
        self.serve_far()
        self.start()
        result = self.ctl('throughput', FAR, '--json')
        self.assertEqual((result.returncode, result.stderr), (0, ''))
        measured = json.loads(result.stdout)
        self.assertEqual(measured['peer'], FAR)
        for way in ('up_bps', 'down_bps'):
            self.assertGreater(measured[way], 10e6)
            self.assertLess(measured[way], 30e6)
        self.assertGreater(measured['bytes'], 2e6)
        text = self.metrics()
        self.assertIn('pingem_throughput_bits_per_second{peer="%s",direction="up"}' % FAR, text)
        self.assertIn('pingem_throughput_today_bytes %d\n' % measured['bytes'], text)
        self.assertRegex(self.ctl('throughput', FAR).stdout, r'^[0-9.:]+: \d+\.\d Mbit/s up, \d+\.\d Mbit/s down, ')

    def test_probes_meanwhile_are_apart(self):
        """Under load counts for itself, and is no part of the verdict."""
        self.serve_far()
        self.start()
        desktop.wait('replies', lambda: self.monitor.target(network.Pair.FAR)['reply'] >= 5)
        self.ctl('throughput', FAR)
        name = r'pingem_probes_sent_total\{target="%s",.*load="%s"\} (\d+)'
        sent = {load: int(re.search(name % (re.escape(network.Pair.FAR), load), self.metrics())[1]) for load in ('none', 'test')}
        self.assertGreaterEqual(sent['test'], 15)
        self.assertLessEqual(sent['test'], 40)
        lines = [json.loads(line) for line in self.ctl('probes', network.Pair.FAR, '--json').stdout.splitlines()]
        kept = [probe for probe in lines if probe.get('state') == 'reply']
        due = self.monitor.target(network.Pair.FAR)['due']
        self.assertGreaterEqual(len(kept), due + 10, 'the history has them, the window has not')

    def test_nobody_there(self):
        self.start()
        result = self.ctl('throughput', FAR)
        self.assertEqual(result.returncode, 3)
        self.assertEqual(result.stderr.count('\n'), 1)
        self.assertIn(FAR, result.stderr)
        self.assertIn('pingem_throughput_tests_failed_total{peer="%s"} 1' % FAR, self.metrics())

    def test_no_peer(self):
        self.start()
        for peer in ('224.0.0.1', 'http://x', 'a b', '', '127.0.0.1:0'):
            result = self.ctl('throughput', peer)
            self.assertEqual((result.returncode, result.stderr.count('\n')), (2, 1), peer)
        self.assertEqual(self.ctl('throughput').returncode, 2)

    def test_iperf3_is_missing(self):
        self.session.env['PATH'] = '/nonexistent'
        program = os.path.abspath(sys.argv[1])
        self.write(CONFIG)
        process = subprocess.Popen([program, '--source', 'raw', '--config', self.path], env=self.session.env)
        self.addCleanup(lambda: (process.terminate(), process.wait()))
        desktop.wait('the monitor', lambda: self.session.has_owner(desktop.MONITOR_NAME))
        self.session.env['PATH'] = os.environ['PATH']
        self.assertIn('is it installed?', self.ctl('throughput', FAR).stderr)

    def test_budget(self):
        """20 Mbit/s for a second each way are 5 MB at most: of 12 MB a day the third test gets nothing, after a restart too."""
        self.serve_far()
        self.start('max-mbits=20\ndaily-mbytes=12\n')
        self.assertEqual(self.ctl('throughput', FAR).returncode, 0)
        self.monitor.stop()
        self.start('max-mbits=20\ndaily-mbytes=12\n')
        self.assertEqual(self.ctl('throughput', FAR).returncode, 0)
        third = self.ctl('throughput', FAR)
        self.assertEqual(third.returncode, 2)
        self.assertIn('not left of today\'s 12 MB', third.stderr)

    def test_one_at_a_time(self):
        """Another instance on this machine measures: neither waits, nor overlaps."""
        self.serve_far()
        self.start()
        first = self.session.spawn([os.path.abspath(sys.argv[2]), 'throughput', FAR], stdout=subprocess.PIPE, text=True)
        desktop.wait('it has begun', lambda: subprocess.run(['pgrep', '-f', '^iperf3 --client'], check=False,
                                                            capture_output=True).returncode == 0)
        second = self.ctl('throughput', FAR)
        self.assertEqual(second.returncode, 2)
        self.assertIn('Another test of throughput runs', second.stderr)
        self.assertEqual(first.wait(20), 0)
        self.assertEqual(self.ctl('throughput', FAR).returncode, 0)

    def test_killed_while_it_measures(self):
        """Nothing stays behind: neither iperf3 nor the lease."""
        self.serve_far()
        self.start()
        caller = self.session.spawn([os.path.abspath(sys.argv[2]), 'throughput', FAR], stdout=subprocess.DEVNULL,
                                    stderr=subprocess.DEVNULL)
        running = lambda: subprocess.run(['pgrep', '-f', '^iperf3 --client'], check=False, capture_output=True).stdout
        desktop.wait('it has begun', running)
        self.monitor.process.kill()
        self.monitor.process.wait()
        desktop.wait('iperf3 has ended', lambda: not running())
        self.assertNotEqual(caller.wait(10), 0)
        desktop.wait('the name is free', lambda: not self.session.has_owner(desktop.MONITOR_NAME))
        self.start()
        desktop.wait('the next one is measured', lambda: self.ctl('throughput', FAR).returncode == 0)

    def test_by_schedule(self):
        self.serve_far()
        self.start('max-mbits=20\nevery=60\npeers=%s\n' % FAR)
        desktop.wait('a result', lambda: 'pingem_throughput_bits_per_second{peer="%s",direction="down"}' % FAR in self.metrics(),
                     90)


class ServerTest(Case):
    def serve(self):
        self.start('max-mbits=20\nlisten=%s:%d\n' % (network.Pair.NEAR, PORT))
        desktop.wait('the server', lambda: ':%d ' % PORT in subprocess.run(['ss', '-tlnH'], capture_output=True, text=True,
                                                                           check=True).stdout)

    def ask(self, *arguments, seconds=1):
        client = self.iperf(self.pair.far, '--client', network.Pair.NEAR, '--port', str(PORT), '--json', '--time', str(seconds),
                            '--bitrate', '20M', *arguments)
        return client

    def test_any_iperf3_both_ways(self):
        self.serve()
        for arguments in ((), ('--reverse',)):
            result = json.loads(self.ask(*arguments).communicate(timeout=30)[0])
            self.assertGreater(result['end']['sum_received']['bits_per_second'], 10e6)
            time.sleep(0.5)
        self.assertTrue(re.search(r'pingem_probes_sent_total\{.*load="test"\} \d\d', self.metrics()))

    def test_not_while_this_machine_measures(self):
        self.serve()
        far = self.serve_far()
        mine = self.session.spawn([os.path.abspath(sys.argv[2]), 'throughput', FAR], stdout=subprocess.PIPE, text=True)
        desktop.wait('it has begun', lambda: subprocess.run(['pgrep', '-f', '^iperf3 --client %s' % network.Pair.FAR],
                                                            check=False, capture_output=True).returncode == 0)
        result = json.loads(self.ask().communicate(timeout=30)[0])
        self.assertIn('error', result)
        self.assertEqual(mine.wait(20), 0)
        # And served again when that is over.
        desktop.wait('it is served again',
                     lambda: 'error' not in json.loads(self.ask().communicate(timeout=30)[0]))
        far.terminate()

    def test_server_ends_with_the_monitor(self):
        self.serve()
        self.monitor.process.kill()
        desktop.wait('it has ended', lambda: ':%d ' % PORT not in subprocess.run(['ss', '-tlnH'], capture_output=True,
                                                                                 text=True, check=True).stdout)


if __name__ == '__main__':
    legs.run(__file__, 2)
