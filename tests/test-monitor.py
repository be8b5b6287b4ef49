#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real monitor on a session bus of its own, in a network namespace of its own, as a client sees it."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
import unittest

from gi.repository import Gio, GLib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import desktop, monitor as lab_monitor, tap  # noqa: E402
from lab.anchors import add_anchors, answer_echo, enter_network, run_ip  # noqa: E402

MONITOR = sys.argv[1]


def Monitor(session, *options):
    return lab_monitor.Monitor(MONITOR, session, *options)


def count(columns, index):
    return sum(column[index] for column in columns)


REPLY, LOST, GAP = 2, 4, 17


def add_words(**words):
    return desktop.make_dictionary(words)


def run_monitor(session, *options, **more):
    return subprocess.run([MONITOR, *options], env=dict(session.env, **more), capture_output=True, text=True, timeout=20,
                          check=False)


class MonitorTest(unittest.TestCase):
    def test_measures_judges_and_remembers(self):
        with desktop.Session() as session:
            monitor = Monitor(session)
            desktop.wait('a good connection', lambda: monitor.get('Status')['verdict'] == 'ok', 20)
            assert monitor.get('Status')['level'] == 'good'
            assert monitor.get('Source')[0] == 'raw'
            anchor = monitor.target('1.1.1.1')
            assert anchor['leg'] == 'internet' and anchor['reply'] >= 5 and anchor['rtt-us'] >= 0, anchor
            assert anchor['due'] == anchor['reply'], anchor
            router = monitor.target('router')
            assert router['fixed'] and 'no default route' in router['problem'], router
            desktop.wait('as many replies in the history',
                         lambda: count(monitor.columns('1.1.1.1'), REPLY) >= anchor['reply'])

            answer_echo(False)
            try:
                desktop.wait('loss', lambda: monitor.get('Status')['level'] == 'down', 20)
            finally:
                answer_echo(True)
            assert monitor.get('Status')['verdict'] == 'internet', monitor.get('Status')
            columns = monitor.columns('1.1.1.1')
            lost, replies = count(columns, LOST), count(columns, REPLY)
            assert lost >= 3, columns
            desktop.wait('good again', lambda: monitor.get('Status')['level'] != 'down', 20)

            monitor.stop()
            time_stopped = time.time()
            desktop.wait('a moment to be away', lambda: time.time() > time_stopped + 2)
            monitor = Monitor(session)
            columns = monitor.columns('1.1.1.1', 90, 90)
            assert count(columns, LOST) >= lost and count(columns, REPLY) >= replies, columns
            assert 'not-running' in [column[GAP] for column in columns], columns

    def test_loses_nothing_that_was_written_when_killed(self):
        with desktop.Session() as session:
            database = os.path.join(session.folder, 'history.sqlite')
            monitor = Monitor(session, '--database', database)

            def count_blocks():
                try:
                    with sqlite3.connect('file:%s?mode=ro' % database, uri=True) as connection:
                        return connection.execute('SELECT count(*) FROM block').fetchone()[0]
                except sqlite3.OperationalError:
                    return 0
            desktop.wait('the first transaction', lambda: len(monitor.columns('1.1.1.1')) and count_blocks() > 0, 30)
            monitor.stop(signal.SIGKILL)
            monitor = Monitor(session, '--database', database)
            assert count(monitor.columns('1.1.1.1'), REPLY) >= 5

    def test_targets_are_added_changed_and_removed(self):
        with desktop.Session() as session:
            monitor = Monitor(session)
            monitor.call('AddTarget', '(a{sv})', add_words(address='127.0.0.1', name='Me', leg='other', interval_ms=200))
            desktop.wait('it is measured', lambda: (monitor.target('127.0.0.1') or {}).get('reply', 0) >= 5)
            monitor.call('ChangeTarget', '(sa{sv})', 'Me', add_words(name='Myself', leg='call'))
            desktop.wait('its new name', lambda: monitor.target('127.0.0.1')['name'] == 'Myself')
            for error, words in (('Exists', add_words(address='127.0.0.1')),
                                 ('BadAddress', add_words(address='224.0.0.1')),
                                 ('BadAddress', add_words(address='255.255.255.255')),
                                 ('BadAddress', add_words(name='no address')),
                                 ('BadValue', add_words(address='127.0.0.2', interval_ms=1)),
                                 ('BadValue', add_words(address='127.0.0.2', colour='red'))):
                monitor.refuses(error, 'AddTarget', '(a{sv})', words)
            monitor.refuses('NotFound', 'ChangeTarget', '(sa{sv})', 'nobody', {})
            monitor.refuses('BadValue', 'RemoveTarget', '(s)', 'router')
            monitor.refuses('NotFound', 'RemoveTarget', '(s)', 'nobody')
            monitor.call('AddTarget', '(a{sv})', add_words(address='no-such-host.invalid'))
            desktop.wait('the unknown host is told', lambda: 'not found' in
                         (monitor.target('no-such-host.invalid') or {}).get('problem', ''))
            monitor.stop()

            monitor = Monitor(session)
            desktop.wait('the new target outlives a restart', lambda: monitor.target('127.0.0.1'))
            monitor.call('RemoveTarget', '(s)', '127.0.0.1')
            desktop.wait('it is gone', lambda: monitor.target('127.0.0.1') is None)
            assert count(monitor.columns('127.0.0.1'), REPLY) >= 5, 'its history stays'

    def test_pause_is_no_loss(self):
        with desktop.Session() as session:
            monitor = Monitor(session)
            desktop.wait('a reply', lambda: monitor.target('1.1.1.1').get('reply', 0) >= 1)
            monitor.call('Pause', '(u)', 3)
            desktop.wait('paused', lambda: monitor.get('Status')['level'] == 'paused')
            assert monitor.get('Status')['paused-until'] > time.time() - 1
            assert 'rtt-us' not in monitor.target('1.1.1.1') and monitor.target('1.1.1.1')['due'] == 0, 'no last value'
            desktop.wait('resumed by itself', lambda: monitor.get('Status')['level'] != 'paused')
            desktop.wait('replies again', lambda: monitor.target('1.1.1.1').get('reply', 0) >= 1)
            monitor.call('Pause', '(u)', 0)
            assert monitor.get('Status')['verdict'] == 'paused', 'what a method changes is there when it returns'
            assert monitor.get('Status')['paused-until'] == 0
            columns = monitor.columns('1.1.1.1')
            assert count(columns, LOST) == 0 and 'paused' in [column[GAP] for column in columns], columns
            monitor.stop(signal.SIGKILL)
            monitor = Monitor(session)
            assert 'paused' in [column[GAP] for column in monitor.columns('1.1.1.1')], 'the pause is on disk at once'
            monitor.call('Pause', '(u)', 0)
            monitor.call('Resume')
            desktop.wait('measuring again', lambda: monitor.get('Status')['verdict'] != 'paused')

    def test_columns_are_checked(self):
        with desktop.Session() as session:
            monitor = Monitor(session)
            now = int(time.time() * 1000)
            monitor.refuses('NotFound', 'Columns', '(sxxu)', 'nobody', now - 1000, now, 10)
            for begin, end, n in ((now, now, 1), (now, now - 1, 1), (-1, now, 1), (now - 1000, now, 0),
                                  (now - 10000, now, 4001), (now - 5, now, 10)):
                monitor.refuses('BadValue', 'Columns', '(sxxu)', '1.1.1.1', begin, end, n)

    def test_summary(self):
        with desktop.Session() as session:
            monitor = Monitor(session)
            desktop.wait('replies', lambda: monitor.target('1.1.1.1').get('reply', 0) >= 7)
            now = int(time.time() * 1000) - 2000
            summary = monitor.call('Summary', '(sxx)', '1.1.1.1', now - 60000, now)[0]
            columns = monitor.call('Columns', '(sxxu)', '1.1.1.1', now - 60000, now, 1)[0]
            assert summary['due'] == summary['reply'] == columns[0][REPLY] >= 4, (summary, columns)
            assert summary['loss'] == 0 and summary['bursts'] == 0 and not summary['about'], summary
            assert 0 < summary['min-us'] <= summary['p50-us'] <= summary['p95-us'] <= summary['max-us'], summary
            assert summary['min-us'] <= summary['mean-us'] <= summary['max-us'] and summary['jitter-us'] >= 0, summary
            assert 4.3 < summary['mos'] <= 4.5, summary
            assert monitor.call('Summary', '(sxx)', 'Cloudflare', now - 60000, now)[0] == summary, 'by its name'
            month = monitor.call('Summary', '(sxx)', '1.1.1.1', now - 30 * 86400000, now)[0]
            assert month['due'] == summary['due'] and month['about'] and 'mean-us' not in month, month
            router = monitor.call('Summary', '(sxx)', 'router', now - 60000, now)[0]
            assert router['due'] == 0 and 'loss' not in router and 'p50-us' not in router and 'mos' not in router, router
            monitor.refuses('NotFound', 'Summary', '(sxx)', 'nobody', now - 1000, now)
            for begin, end in ((now, now), (now, now - 1), (-1, now), (0, now), (now, 2 ** 63 - 1), (-2 ** 63, 2 ** 63 - 1)):
                monitor.refuses('BadValue', 'Summary', '(sxx)', '1.1.1.1', begin, end)

    def test_events_and_notes_are_checked(self):
        with desktop.Session() as session:
            monitor = Monitor(session)
            now = int(time.time() * 1000)
            for begin, end, n in ((now, now, 1), (now, now - 1, 1), (-1, now, 1), (now - 1000, now, 0), (0, now, 10001)):
                monitor.refuses('BadValue', 'Events', '(xxu)', begin, end, n)
            for at, text in ((0, ''), (0, 'x' * 501), (0, 'two\nlines'), (0, 'bell\a'), (0, 'C1 \x85'), (-1, 'x'),
                             (now + 3600000, 'x')):
                monitor.refuses('BadValue', 'AddNote', '(xs)', at, text)
            assert monitor.events() == []
            monitor.call('AddNote', '(xs)', 0, 'ü' * 500)
            monitor.call('AddNote', '(xs)', now - 60000, 'Moved the router')
            notes = monitor.events()
            assert [note['text'] for note in notes] == ['Moved the router', 'ü' * 500], notes
            assert notes[0] == {'kind': 'note', 'from-ms': now - 60000, 'to-ms': now - 60000, 'text': 'Moved the router'}, notes
            assert monitor.events(n=1) == notes[1:], 'the newest'
            monitor.stop(signal.SIGKILL)
            monitor = Monitor(session)
            assert monitor.events('note') == notes, 'a note is on disk at once'

    def test_outage_is_an_event(self):
        with desktop.Session() as session:
            monitor = Monitor(session)
            desktop.wait('a good connection', lambda: monitor.get('Status')['verdict'] == 'ok', 20)
            answer_echo(False)
            try:
                desktop.wait('an outage', lambda: monitor.events('outage'), 20)
                outage = monitor.events('outage')[0]
                assert 'to-ms' not in outage and abs(outage['from-ms'] / 1000 - time.time()) < 5, outage
                desktop.wait('what is counted', lambda: monitor.events('outage')[-1].get('bad', 0) >= 8, 30)
                outages = monitor.events('outage')
                monitor.stop(signal.SIGKILL)
            finally:
                answer_echo(True)
            killed = time.time()
            monitor = Monitor(session)
            closed = monitor.events('outage')
            assert len(closed) == len(outages), closed
            assert outages[-1]['from-ms'] < closed[-1]['to-ms'] <= killed * 1000, 'closed at the last beat'
            assert killed * 1000 - closed[-1]['to-ms'] < 15000, closed
            assert closed[-1]['text'] == 'internet' and closed[-1]['leg'] == 'internet', closed
            assert closed[-1]['key'] in ('1.1.1.1', '8.8.8.8') and closed[-1]['due'] >= closed[-1]['bad'] >= 8, closed
            gap = monitor.events('gap')[-1]
            assert gap['text'] == 'not-running' and gap['from-ms'] == closed[-1]['to-ms'], gap

    def test_pause_ends_an_outage(self):
        with desktop.Session() as session:
            monitor = Monitor(session)
            desktop.wait('a good connection', lambda: monitor.get('Status')['verdict'] == 'ok', 20)
            answer_echo(False)
            try:
                desktop.wait('an outage', lambda: monitor.events('outage'), 20)
                monitor.call('Pause', '(u)', 0)
                outages, gaps = monitor.events('outage'), monitor.events('gap')
                assert all('to-ms' in outage for outage in outages) and outages[-1]['bad'] >= 1, outages
                assert gaps[-1]['text'] == 'paused' and 'to-ms' not in gaps[-1], gaps
            finally:
                answer_echo(True)

    def test_another_network_is_an_event(self):
        with desktop.Session() as session:
            monitor = Monitor(session)
            assert monitor.events('network') == [], 'no route is no news where none was known'
            run_ip('link add pm0 type veth peer name pm1')
            try:
                run_ip('address add 192.0.2.2/24 dev pm0')
                run_ip('link set pm0 up')
                run_ip('link set pm1 up')
                for command, text in (('route add default via 192.0.2.1 dev pm0', 'pm0 192.0.2.1'),
                                      ('route replace default via 192.0.2.9 dev pm0', 'pm0 192.0.2.9')):
                    run_ip(command)
                    desktop.wait(text, lambda: [event['text'] for event in monitor.events('network')][-1:] == [text])
                monitor.stop()
                monitor = Monitor(session)
                assert len(monitor.events('network')) == 2, 'the same network is no news for the next run'
            finally:
                run_ip('link delete pm0')
            desktop.wait('no route', lambda: 'text' not in monitor.events('network')[-1])

    def test_tells_changes_once_a_second_at_most(self):
        with desktop.Session() as session:
            monitor = Monitor(session)
            desktop.wait('a reply', lambda: monitor.target('1.1.1.1').get('reply', 0) >= 1)
            told = []
            session.bus.signal_subscribe(desktop.MONITOR_NAME, 'org.freedesktop.DBus.Properties', 'PropertiesChanged', None,
                                         None, 0, lambda *_: told.append(time.monotonic()))
            desktop.wait('a few changes', lambda: len(told) >= 4)
            assert told[-1] - told[0] >= 0.9 * (len(told) - 1), told
            monitor.call('Pause', '(u)', 0)
            n, begin = len(told), time.monotonic()
            desktop.wait('some quiet time', lambda: time.monotonic() > begin + 3)
            assert len(told) <= n + 1, 'told of changes while paused'

    def test_no_network_is_red_and_says_why(self):
        with desktop.Session() as session:
            run_ip('address flush dev lo')
            try:
                monitor = Monitor(session)
                desktop.wait('no network', lambda: monitor.get('Status')['verdict'] == 'no-network', 20)
                status = monitor.get('Status')
                assert status['level'] == 'down' and status['errno'] == 101, status
                assert monitor.target('1.1.1.1')['unsent'] >= 3 and monitor.target('1.1.1.1')['lost'] == 0
            finally:
                add_anchors()
            desktop.wait('the network is back', lambda: monitor.target('1.1.1.1').get('reply', 0) >= 3, 20)

    def test_damaged_files_are_set_aside(self):
        with desktop.Session() as session:
            database = os.path.join(session.folder, 'history.sqlite')
            config = os.path.join(session.env['XDG_CONFIG_HOME'], 'pingem', 'pingem.conf')
            os.mkdir(os.path.dirname(config))
            for path in (database, config):
                with open(path, 'w', encoding='ascii') as stream:
                    stream.write('neither a database nor a keyfile' * 99)
            monitor = Monitor(session, '--database', database)
            problems = ' '.join(monitor.get('Status')['problems'])
            assert database in problems and config in problems, problems
            aside = [name for name in os.listdir(session.folder) if re.match(r'history\.sqlite\.damaged-\d', name)]
            with open(os.path.join(session.folder, aside[0]), encoding='ascii') as stream:
                assert stream.read().startswith('neither')
            assert monitor.target('1.1.1.1') is not None
            with open(config, encoding='ascii') as stream:
                assert stream.read().startswith('neither'), 'a damaged configuration stays until something is written'

    def test_goes_on_in_memory_where_the_history_cannot_be_written(self):
        with desktop.Session() as session:
            monitor = Monitor(session, '--database', '/proc/pingem/history.sqlite')
            assert '/proc/pingem' in ' '.join(monitor.get('Status')['problems'])
            desktop.wait('columns all the same', lambda: monitor.target('1.1.1.1').get('reply', 0) >= 2
                         and count(monitor.columns('1.1.1.1'), REPLY) >= 2)

    def test_config_option(self):
        with desktop.Session() as session:
            path = os.path.join(session.folder, 'my.conf')
            with open(path, 'w', encoding='ascii') as stream:
                stream.write('[target 127.0.0.1]\nname=Only\ninterval=5\n')
            monitor = Monitor(session, '--config', path)
            assert [target['key'] for target in monitor.get('Targets')] == ['router', '127.0.0.1']
            assert 'interval-ms must be' in ' '.join(monitor.get('Status')['problems'])
            monitor.refuses('BadValue', 'AddTarget', '(a{sv})', add_words(address='127.0.0.2'))
            assert monitor.target('127.0.0.2') is None
            monitor.refuses('BadValue', 'RemoveTarget', '(s)', '127.0.0.1')
            assert monitor.target('127.0.0.1') is not None

    def test_settings_are_set(self):
        with desktop.Session() as session:
            config = os.path.join(session.env['XDG_CONFIG_HOME'], 'pingem', 'pingem.conf')
            os.mkdir(os.path.dirname(config))
            with open(config, 'w', encoding='ascii') as stream:
                stream.write('# mine\n[target 127.0.0.1]\nname=Me\n')
            monitor = Monitor(session)
            assert monitor.get('Settings')['keep-days'] == 30
            monitor.call('Set', '(a{sv})', add_words(keep_days=7, degraded_percent=3.0, tray_label=True))
            settings = monitor.get('Settings')
            assert settings['degraded-percent'] == 3 and settings['tray-label'] and settings['notify']
            assert settings['keep-days'] == 7, 'what a method changes is there when it returns'
            for words in (add_words(keep_days=0), add_words(keep_days=366), add_words(keep_days='7'), add_words(colour='red'),
                          add_words(keep_days=9, window_s=60)):
                monitor.refuses('BadValue', 'Set', '(a{sv})', words)
            monitor.stop()
            with open(config, encoding='ascii') as stream:
                text = stream.read()
            assert text.startswith('# mine\n') and 'name=Me\n' in text and 'degraded-percent=3\n' in text and '[history]\nkeep-days=7\n' in text, text
            monitor = Monitor(session)
            assert monitor.get('Settings')['keep-days'] == 7
            monitor.stop()
            monitor = Monitor(session, '--config', config)
            monitor.refuses('BadValue', 'Set', '(a{sv})', add_words(keep_days=9))
            assert monitor.get('Settings')['keep-days'] == 7

    def test_refusals_are_one_sentence(self):
        with desktop.Session() as session:
            for code, options, more, words in (
                    (1, (), {'DBUS_SESSION_BUS_ADDRESS': 'unix:path=/nonexistent'}, 'no session bus'),
                    (2, ('--config', '/nonexistent/pingem.conf'), {}, '/nonexistent/pingem.conf'),
                    (2, ('--source', 'magic'), {}, 'auto, helper, raw or datagram'),
                    (2, ('surplus',), {}, 'surplus'),
                    (2, ('--nonsense',), {}, 'nonsense')):
                result = run_monitor(session, *options, **more)
                assert result.returncode == code, result
                assert words in result.stderr and result.stderr.count('\n') == 1, result.stderr
            Monitor(session)
            result = run_monitor(session, '--source', 'raw')
            assert result.returncode == 1 and 'another monitor' in result.stderr, result

    def test_quit_ends_it(self):
        with desktop.Session() as session:
            monitor = Monitor(session)
            monitor.call('Quit')
            assert monitor.process.wait(10) == 0


if __name__ == '__main__':
    enter_network()
    tap.run_cases(sys.argv[2:])
