#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Callers and the helper itself die at any time: nothing of theirs stays, and nothing that was measured is lost.

Runs inside `build-aux/system-bus --lab`. Arguments: pingem-monitor; --long: a thousand deaths of each kind, fifty otherwise,
and as many of the helper, twenty otherwise."""

import os
import signal
import subprocess
import sys
import time

from gi.repository import Gio, GLib

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from lab import desktop, helper_die, monitor as lab_monitor, network, tap  # noqa: E402

MONITOR = os.path.abspath(sys.argv[1])
LONG = '--long' in sys.argv
DEATHS, KILLS = (1000, 1000) if LONG else (50, 20)
HELPER = 'io.github.pingem.Helper'
FIRST_UID = 5000
CONFIG = '[target 10.78.0.1]\nleg=internet\ninterval=200\n'


def ask_bus(method, *arguments):
    return Gio.bus_get_sync(Gio.BusType.SYSTEM).call_sync(
        'org.freedesktop.DBus', '/', 'org.freedesktop.DBus', method,
        GLib.Variant('(%s)' % ''.join('su'[isinstance(value, int)] for value in arguments), arguments), None, 0,
        10000).unpack()[0]


def find_helper():
    ask_bus('StartServiceByName', HELPER, 0)
    return ask_bus('GetConnectionUnixProcessID', HELPER)


def is_back(killed):
    """Whether another helper has somebody's session; one that is just ending does not answer."""
    try:
        return list_sessions() and ask_bus('GetConnectionUnixProcessID', HELPER) != killed
    except GLib.Error:
        return False


def list_sessions():
    return Gio.bus_get_sync(Gio.BusType.SYSTEM).call_sync(HELPER, '/io/github/pingem/Helper', HELPER + '1', 'ListSessions',
                                                          GLib.Variant('(b)', (True,)), None, 0, 10000).unpack()[0]


def count_files(pid):
    return len(os.listdir('/proc/%d/fd' % pid))


def measure_kib(pid):
    with open('/proc/%d/status' % pid, encoding='ascii') as stream:
        return next(int(line.split()[1]) for line in stream if line.startswith('VmRSS'))


def make_members(uids):
    with open('/etc/passwd', 'a', encoding='utf-8') as passwd, open('/etc/group', encoding='utf-8') as stream:
        passwd.writelines('life%d:x:%d:%d::/nonexistent:/bin/sh\n' % (uid, uid, uid) for uid in uids)
        lines = stream.read().splitlines()
    names = ','.join('life%d' % uid for uid in uids)
    with open('/etc/group', 'w', encoding='utf-8') as stream:
        stream.writelines('%s%s\n' % (line, (',' if not line.endswith(':') else '') + names if line.startswith('pingem:') else '')
                          for line in lines)


def kill_callers(rounds, points, first_uid=FIRST_UID):
    """Each point has a user of its own: one user's calls would be too many."""
    arguments = ['%d:%s' % (first_uid + i, point.__name__) for i, point in enumerate(points)]
    result = subprocess.run([sys.executable, helper_die.__file__, str(rounds), *arguments], check=False, capture_output=True,
                            text=True, timeout=1000)
    assert result.stdout == '%d\n' % (rounds * len(points)), result


def callers_die():
    pid = find_helper()
    kill_callers(5, helper_die.POINTS)
    desktop.wait('the first sessions to end', lambda: list_sessions() == [])
    n_files, kib = count_files(pid), measure_kib(pid)
    if LONG:
        for _ in range(DEATHS // 50):
            time.sleep(6)
            kill_callers(50, helper_die.POINTS)
    else:
        kill_callers(DEATHS, helper_die.POINTS)
    desktop.wait('all sessions to end', lambda: list_sessions() == [])
    desktop.wait('their channels to be closed', lambda: count_files(pid) == n_files)
    assert find_helper() == pid
    grown = measure_kib(pid) - kib
    print('# %d points, %d deaths at each: %d KiB more' % (len(helper_die.POINTS), DEATHS, grown), flush=True)
    assert grown < 1024, grown


def callers_die_while_polkit_is_asked():
    pid = find_helper()
    n_files = count_files(pid)
    polkitd = ask_bus('GetConnectionUnixProcessID', 'org.freedesktop.PolicyKit1')
    os.kill(polkitd, signal.SIGSTOP)
    try:
        kill_callers(50, [helper_die.opening], FIRST_UID + len(helper_die.POINTS))
    finally:
        os.kill(polkitd, signal.SIGCONT)
    desktop.wait('nobody to have a session', lambda: list_sessions() == [])
    desktop.wait('no channel', lambda: count_files(pid) == n_files)
    assert find_helper() == pid


class Watch:
    """A monitor, and what it says of one target."""

    def __init__(self, session):
        folder = os.path.join(session.env['XDG_CONFIG_HOME'], 'pingem')
        os.mkdir(folder)
        with open(os.path.join(folder, 'pingem.conf'), 'w', encoding='ascii') as stream:
            stream.write(CONFIG)
        self.start_ms = int(time.time() * 1000)
        self.monitor = lab_monitor.Monitor(MONITOR, session, '--source', 'helper')
        self.key = next(target['key'] for target in self.monitor.get('Targets') if target['leg'] == 'internet')

    def count(self, what, until_ms=None):
        return self.monitor.call('Summary', '(sxx)', self.key, self.start_ms, until_ms or int(time.time() * 1000))[0][what]

    def wait_for_replies(self):
        n = self.count('reply')
        desktop.wait('replies', lambda: self.count('reply') >= n + 3)


def helper_is_killed():
    with network.Pair(), desktop.Session() as session:
        watch = Watch(session)
        watch.wait_for_replies()
        longest_s, known = 0, []
        for _ in range(KILLS):
            at_ms = int(time.time() * 1000)
            known.append((at_ms, watch.count('reply', at_ms)))
            began_s, pid = time.monotonic(), ask_bus('GetConnectionUnixProcessID', HELPER)
            os.kill(pid, signal.SIGKILL)
            desktop.wait('the helper again', lambda pid=pid: is_back(pid))
            longest_s = max(longest_s, time.monotonic() - began_s)
            watch.wait_for_replies()
        print('# %d kills, back after %.1f s at most' % (KILLS, longest_s), flush=True)
        assert longest_s < 5, longest_s
        gaps = [event for event in watch.monitor.events('gap', 10000, watch.start_ms) if event['text'] == 'no-source']
        for at_ms, n in known:
            assert watch.count('reply', at_ms) >= n, 'a reply was forgotten'
            assert any(gap['from-ms'] <= at_ms + 1000 and gap['to-ms'] > at_ms for gap in gaps), (at_ms, len(gaps))
        assert watch.count('lost') == 0, 'what the helper cannot tell is no loss'
        watch.monitor.stop()


def name(test, text):
    test.__name__ = text
    return test


make_members(range(FIRST_UID, FIRST_UID + len(helper_die.POINTS) + 1))
tap.run([name(callers_die, 'R24 R28 callers die at any point of their life'),
         name(callers_die_while_polkit_is_asked, 'R5 R24 callers die while polkit is asked'),
         name(helper_is_killed, 'R25 R28 the helper is killed')])
