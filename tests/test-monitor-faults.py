#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real monitor is killed, finds its disk full, its bus gone, its network changed: it goes on, and keeps what it can.

Arguments: pingem-monitor. In a network and a mount namespace of its own. PINGEM_KILLS (200) and PINGEM_KILL_SEED make a
longer, or another, run of the kills.
"""

import glob
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import desktop, monitor as lab_monitor, network, tap  # noqa: E402

MONITOR = os.path.abspath(sys.argv[1])
KILLS = int(os.environ.get('PINGEM_KILLS', 200))
SEED = int(os.environ.get('PINGEM_KILL_SEED', 11))
N_LANES = 25
MAX_LIFE_S = 24
# Written every 10 s; timers of seconds may come one later, and a batch's results another.
MAX_MISSING_S = 12
SECOND_MS = 1000
LOSES = '10.99.0.1'
CONFIG = '[target {}]\nleg=internet\ninterval=200\ntimeout=300\n' + ''.join(
    '[target 127.0.0.%d]\nleg=other\ninterval=200\n' % number for number in range(1, 6))
DUE = slice(2, 9)
REPLY, LOST = 2, 4


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w', encoding='ascii') as stream:
        stream.write(text)


def now_ms():
    return int(time.time() * 1000)


def query(database, *statements):
    """On a copy of what a killed one left: nothing heals it before the next one comes."""
    with_wal = [database + suffix for suffix in ('', '-wal') if os.path.exists(database + suffix)]
    folder = os.path.join(os.path.dirname(database), 'copy')
    os.makedirs(folder)
    for path in with_wal:
        shutil.copy(path, folder)
    with sqlite3.connect(os.path.join(folder, os.path.basename(database))) as connection:
        answers = [connection.execute(statement).fetchall() for statement in statements]
    connection.close()
    shutil.rmtree(folder)
    return answers


class Kill:
    """What was known when one was killed."""

    def __init__(self, began_ms, database):
        self.began_ms, self.at_ms = began_ms, now_ms()
        [[check], alive, outages] = query(database, 'PRAGMA integrity_check', 'SELECT max(alive_ms) FROM run',
                                          'SELECT id, from_ms FROM event WHERE to_ms IS NULL')
        assert check == ('ok',), check
        self.alive_ms = alive[0][0]
        self.outages = outages


class Clock:
    """Waits, and tells for how long at most the machine let nobody run meanwhile."""

    def __init__(self):
        self.stalled_s = 0

    def wait_until(self, due_s):
        last_s = time.monotonic()

        def is_due():
            nonlocal last_s
            now_s = time.monotonic()
            self.stalled_s = max(self.stalled_s, now_s - last_s)
            last_s = now_s
            return now_s >= due_s
        desktop.wait('the time to kill', is_due, 60)


class Lane:
    """One monitor after the other on one history."""

    def __init__(self, host, clock):
        self.clock = clock
        self.session = desktop.Session()
        self.session.__enter__()
        self.config = os.path.join(self.session.folder, 'lane.conf')
        self.database = os.path.join(self.session.folder, 'history.sqlite')
        self.key = host
        write(self.config, CONFIG.format(host))
        self.kills = []
        self.due_s = 0
        self.longest_missing_s = 0
        self.n_outages = 0

    def start(self, life_s):
        self.began_ms = now_ms()
        self.process = self.session.spawn([MONITOR, '--source', 'raw', '--config', self.config, '--database', self.database],
                                          stderr=subprocess.DEVNULL)
        self.due_s = time.monotonic() + life_s

    def kill(self):
        if self.session.has_owner(desktop.MONITOR_NAME):
            self.check()
        assert self.process.poll() is None, 'it ended by itself: %s' % self.process.returncode
        self.process.kill()
        self.process.wait()
        # Each version of the schema is a transaction of its own: the file may be of one before events.
        if os.path.exists(self.database) and query(self.database, "SELECT 1 FROM sqlite_master WHERE name = 'event'") != [[]]:
            self.kills.append(Kill(self.began_ms, self.database))

    def end(self):
        self.start(0)
        desktop.wait('the monitor on the bus', lambda: self.session.has_owner(desktop.MONITOR_NAME))
        self.check()

    def ask(self, method, signature, *arguments):
        monitor = lab_monitor.Monitor.__new__(lab_monitor.Monitor)
        monitor.session = self.session
        return monitor.call(method, signature, *arguments)[0]

    def check(self):
        """What the next one makes of it."""
        events = self.ask('Events', '(xxu)', 0, now_ms() + 1, 10000)
        gaps = [event for event in events if (event['kind'], event['text']) == ('gap', 'not-running')]
        for kill in self.kills:
            self.check_kill(kill, gaps)
        self.check_outages([event for event in events if event['kind'] == 'outage'])
        assert not glob.glob(self.database + '.damaged*')
        self.kills = []

    def check_kill(self, kill, gaps):
        if kill.alive_ms is not None:
            assert any(gap['from-ms'] <= kill.alive_ms <= gap['to-ms'] for gap in gaps), (kill.alive_ms, gaps)
            assert any(gap['from-ms'] <= kill.at_ms < gap['to-ms'] for gap in gaps), (kill.at_ms, gaps)
        self.check_missing(kill)

    def check_missing(self, kill):
        n = (kill.at_ms - kill.began_ms) // SECOND_MS
        if n <= MAX_MISSING_S:
            return
        columns = self.ask('Columns', '(sxxu)', self.key, kill.at_ms - n * SECOND_MS, kill.at_ms, n)
        missing = next(i for i, column in enumerate(reversed(columns)) if sum(column[DUE]) > 0)
        self.longest_missing_s = max(self.longest_missing_s, missing)
        assert missing <= MAX_MISSING_S + self.clock.stalled_s, '%d of %d s are missing' % (missing, n)

    def check_outages(self, outages):
        ended = {outage['from-ms']: outage.get('to-ms') for outage in outages}
        for kill in self.kills:
            for _, from_ms in kill.outages:
                self.n_outages += 1
                assert ended[from_ms] == max(from_ms, kill.alive_ms), (ended[from_ms], from_ms, kill.alive_ms)


class KillTest(unittest.TestCase):
    def setUp(self):
        self.host = network.Host()
        self.host.run('ip address add %s/32 dev lo' % LOSES)
        self.addCleanup(self.host.run, 'ip address delete %s/32 dev lo' % LOSES)
        self.loses = False

    def set_loss(self, loses):
        if loses and not self.loses:
            self.host.run('nft -f -', input='table ip loss {\n chain loss {\n type filter hook input priority 0;\n'
                          'ip daddr %s icmp type echo-request drop\n }\n}' % LOSES)
        elif self.loses and not loses:
            self.host.run('nft delete table ip loss')
        self.loses = loses

    def test_killed_at_random_instants(self):
        print('# %d kills, seed %d' % (KILLS, SEED))
        chance = random.Random(SEED)
        clock = Clock()
        lanes = [Lane(LOSES if i % 2 else '127.0.0.9', clock) for i in range(N_LANES)]
        for lane in lanes:
            self.addCleanup(lane.session.close)
        self.addCleanup(self.set_loss, False)

        def choose_life():
            """Some die while they open the file."""
            return chance.uniform(0, 0.2) if chance.random() < 0.2 else chance.uniform(0, MAX_LIFE_S)
        for lane in lanes:
            lane.start(choose_life())
        for _ in range(KILLS):
            lane = min(lanes, key=lambda lane: lane.due_s)
            clock.wait_until(lane.due_s)
            self.set_loss(time.monotonic() % 8 < 4)
            lane.kill()
            lane.start(choose_life())
        for lane in lanes:
            lane.process.kill()
            lane.process.wait()
            lane.end()
        self.assertGreater(sum(lane.n_outages for lane in lanes), 0, 'no outage was open at any kill')
        print('# %d outages were open, at most %d s are missing' % (sum(lane.n_outages for lane in lanes),
                                                                   max(lane.longest_missing_s for lane in lanes)))


class DiskTest(unittest.TestCase):
    """A small disk of the test's own holds the history."""

    def setUp(self):
        network.Host().run('ip address replace 1.1.1.1/32 dev lo')
        self.session = desktop.Session()
        self.session.__enter__()
        self.addCleanup(self.session.close)
        self.disk = os.path.join(self.session.folder, 'disk')
        os.mkdir(self.disk)
        self.mount('-t', 'tmpfs', '-o', 'size=400k', 'tmpfs')
        self.addCleanup(subprocess.run, ['umount', '--lazy', self.disk], check=True)
        self.config = os.path.join(self.session.folder, 'disk.conf')
        write(self.config, '[target 1.1.1.1]\nleg=internet\ninterval=200\n')

    def mount(self, *options):
        subprocess.run(['mount', *options, self.disk], check=True)

    def start(self):
        self.monitor = lab_monitor.Monitor(MONITOR, self.session, '--config', self.config,
                                           '--database', os.path.join(self.disk, 'history.sqlite'))

    def problems(self):
        return ' '.join(self.monitor.get('Status').get('problems', []))

    def wait_for_problem(self, words):
        desktop.wait('a problem: ' + words, lambda: words in self.problems(), 60)

    def count_replies(self):
        return sum(column[REPLY] for column in self.monitor.columns('1.1.1.1', 600, 600))

    def measure(self, n):
        n += self.count_replies()
        desktop.wait('%d replies' % n, lambda: self.count_replies() >= n, 60)

    def check_that_all_is_kept(self):
        """Also by the next one: on disk, without a gap where there was none."""
        before = self.count_replies()
        self.monitor.stop()
        self.start()
        self.assertGreaterEqual(self.count_replies(), before)
        self.assertEqual(sum(column[LOST] for column in self.monitor.columns('1.1.1.1', 600, 600)), 0)
        return [gap for gap in self.monitor.events('gap') if gap['text'] != 'no-source']

    def test_disk_full(self):
        self.start()
        self.measure(5)
        with open(os.path.join(self.disk, 'filler'), 'wb', buffering=0) as stream, self.assertRaises(OSError):
            while True:
                stream.write(bytes(1024))
        self.wait_for_problem('disk is full')
        self.assertIn('results wait in memory', self.problems())
        self.measure(20)
        os.remove(os.path.join(self.disk, 'filler'))
        desktop.wait('all is written', lambda: not self.problems(), 60)
        self.assertEqual(len(self.check_that_all_is_kept()), 1, 'between the two runs')

    def test_disk_full_from_the_start(self):
        with open(os.path.join(self.disk, 'filler'), 'wb', buffering=0) as stream, self.assertRaises(OSError):
            while True:
                stream.write(bytes(1024))
        self.start()
        self.wait_for_problem('history.sqlite')
        self.measure(10)
        os.remove(os.path.join(self.disk, 'filler'))
        desktop.wait('all is written', lambda: not self.problems(), 60)
        self.assertEqual(len(self.check_that_all_is_kept()), 1, 'between the two runs')

    def test_read_only_disk(self):
        self.start()
        self.measure(5)
        self.monitor.call('AddNote', '(xs)', 0, 'before')
        self.monitor.stop()
        self.mount('-o', 'remount,ro')
        self.start()
        self.wait_for_problem('history.sqlite')
        self.assertIn('results wait in memory', self.problems())
        self.measure(10)
        self.monitor.call('AddNote', '(xs)', 0, 'meanwhile')
        self.mount('-o', 'remount,rw')
        desktop.wait('all is written', lambda: not self.problems(), 60)
        self.assertEqual([note['text'] for note in self.monitor.events('note')], ['before', 'meanwhile'])
        self.assertEqual(len(self.check_that_all_is_kept()), 2, 'after each run')
        self.assertEqual([note['text'] for note in self.monitor.events('note')], ['before', 'meanwhile'])


class BusTest(unittest.TestCase):
    def setUp(self):
        network.Host().run('ip address replace 1.1.1.1/32 dev lo')
        self.session = desktop.Session()
        self.session.__enter__()
        self.addCleanup(self.session.close)
        # A session's address has no GUID, which would be another with each bus.
        self.address = self.session.env['DBUS_SESSION_BUS_ADDRESS'].split(',guid=')[0]
        self.session.env['DBUS_SESSION_BUS_ADDRESS'] = self.address
        self.daemon = self.session.processes[0]

    def count_replies(self):
        return sum(column[REPLY] for column in self.monitor.columns('1.1.1.1', 600, 600))

    def end_bus(self):
        self.session.bus.set_exit_on_close(False)
        self.session.bus.close_sync(None)
        self.daemon.kill()
        self.daemon.wait()

    def start_bus(self):
        self.session._start_printing(lambda fd: ['dbus-daemon', '--config-file=' + self.session.folder + '/session-bus.conf',
                                                 '--address=' + self.address, '--nofork', '--nopidfile',
                                                 '--print-address=%d' % fd])
        self.daemon = self.session.processes[-1]
        self.session.bus = self.session.connect()

    def test_session_bus_restarts(self):
        self.monitor = lab_monitor.Monitor(MONITOR, self.session)
        for _ in range(2):
            before = self.count_replies()
            desktop.wait('some replies', lambda: self.count_replies() > before + 2)
            before = self.count_replies()
            self.end_bus()
            self.start_bus()
            desktop.wait('the monitor on the new bus', lambda: self.session.has_owner(desktop.MONITOR_NAME), 60)
            self.assertIsNone(self.monitor.process.poll(), 'the same one')
            self.assertGreaterEqual(self.count_replies(), before)
            desktop.wait('replies again', lambda: self.count_replies() > before + 2)
        self.assertFalse([gap for gap in self.monitor.events('gap') if gap['text'] != 'no-source'])
        self.monitor.call('Quit')
        self.assertEqual(self.monitor.process.wait(10), 0)

    def test_session_bus_is_taken_by_another(self):
        """What was measured is kept; two never write one history."""
        self.monitor = lab_monitor.Monitor(MONITOR, self.session)
        desktop.wait('some replies', lambda: self.count_replies() > 2)
        before = self.count_replies()
        first = self.monitor.process
        self.end_bus()
        first.send_signal(signal.SIGSTOP)
        self.start_bus()
        other = desktop.Service(self.session, desktop.MONITOR_NAME, '/', '<node/>')
        first.send_signal(signal.SIGCONT)
        self.assertEqual(first.wait(60), 1)
        other.close()
        self.monitor = lab_monitor.Monitor(MONITOR, self.session)
        self.assertGreaterEqual(self.count_replies(), before)


class FlipsTest(unittest.TestCase):
    """As fast as the kernel takes them."""

    FLIPS = ('route replace default via {}', 'route del default', 'route add default via {}', 'address del {}/24 dev wlan0',
             'address add {}/24 dev wlan0', 'link set wlan0 down', 'link set wlan0 up', 'route replace default via {}')

    def setUp(self):
        self.chain = network.Chain()
        self.addCleanup(self.chain.close)
        self.session = desktop.Session()
        self.session.__enter__()
        self.addCleanup(self.session.close)

    def flip(self, n):
        chance = random.Random(SEED)
        lines = []
        for i in range(n):
            line = self.FLIPS[i % len(self.FLIPS)]
            lines.append(line.format('192.168.77.2' if line.startswith('address') else '192.168.77.%d' % chance.randrange(3, 200)))
        subprocess.run(['ip', '-force', '-batch', '-'], input='\n'.join(lines), text=True, check=False, stderr=subprocess.DEVNULL)
        self.chain.client.run('ip route replace default via ' + network.ROUTER)

    def anonymous_kb(self):
        with open('/proc/%d/smaps_rollup' % self.monitor.process.pid, encoding='ascii') as stream:
            return next(int(line.split()[1]) for line in stream if line.startswith('Anonymous:'))

    def is_well(self):
        status, router = self.monitor.get('Status'), self.monitor.target('router')
        return (status.get('gateway'), router.get('numeric')) == (network.ROUTER,) * 2 and status['verdict'] == 'ok' and \
            router['reply'] >= 5

    def test_a_thousand_network_flips(self):
        self.monitor = lab_monitor.Monitor(MONITOR, self.session)
        desktop.wait('all is well', self.is_well, 60)
        self.flip(1000)
        desktop.wait('all is well again', self.is_well, 120)
        memory_kb = self.anonymous_kb()
        n_events = len(self.monitor.events(n=10000))
        print('# 1,000 flips are %d events' % n_events)
        self.assertLessEqual(n_events, 1100)
        self.flip(1000)
        desktop.wait('all is well again', self.is_well, 120)
        self.assertLessEqual(self.anonymous_kb(), memory_kb + 2048)
        self.assertEqual(self.monitor.events('network', n=10000)[-1]['text'], 'wlan0 ' + network.ROUTER)


if __name__ == '__main__':
    if os.geteuid() != 0:
        print('1..0 # SKIP needs root for namespaces')
    elif sys.argv[2:3] != ['inside']:
        os.execvp('unshare', ['unshare', '--net', '--mount', '--propagation', 'private', '--', os.path.abspath(__file__),
                              MONITOR, 'inside'] + sys.argv[2:])
    else:
        network.check_is_own()
        tap.run_cases(sys.argv[3:])
