#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real helper beside the real dbus-daemon and polkitd: who gets records, and what the process may still do."""

import os
import pwd
import re
import subprocess
import sys

from gi.repository import Gio, GLib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import desktop, login, tap  # noqa: E402

HELPER = 'io.github.pingem.Helper'
CLIENT = [sys.executable, os.path.join(os.path.dirname(os.path.abspath(__file__)), 'lab', 'helper_client.py')]
THREE_REPLIES = '7,0\n7,1\n7,2\n'


def run(command, **options):
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=30, **options)


def expect(result, code, text):
    output = result.stdout + result.stderr
    assert result.returncode == code and text in output, output


def ask_bus(method, *arguments):
    bus = Gio.bus_get_sync(Gio.BusType.SYSTEM)
    return bus.call_sync('org.freedesktop.DBus', '/', 'org.freedesktop.DBus', method,
                         GLib.Variant('(%s)' % ''.join('su'[isinstance(value, int)] for value in arguments), arguments),
                         None, 0, 5000, None).unpack()[0]


def start_helper():
    ask_bus('StartServiceByName', HELPER, 0)
    return ask_bus('GetConnectionUnixProcessID', HELPER)


def read_status(pid):
    with open('/proc/%d/status' % pid, encoding='ascii') as stream:
        return dict(line.rstrip('\n').split(':\t', 1) for line in stream if ':\t' in line)


def read_log():
    with open('/run/dbus/pingem/log/dbus-daemon', encoding='utf-8') as stream:
        return stream.read()


def active_user_gets_records():
    with login.Login('alice') as session:
        expect(session.run(CLIENT), 0, THREE_REPLIES)


def user_without_session_is_told_what_to_do():
    expect(run(login.become('alice', CLIENT)), 1,
           'io.github.pingem.Error.Denied: polkit does not allow this user to send probes: log in to a local desktop session')


def member_of_the_group_needs_no_session():
    with open('/etc/group', encoding='utf-8') as stream:
        text = stream.read()
    try:
        with open('/etc/group', 'w', encoding='utf-8') as stream:
            stream.write(re.sub(r'^(pingem:.*:)$', r'\1bob', text, flags=re.MULTILINE))
        expect(run(login.become('bob', CLIENT)), 0, THREE_REPLIES)
    finally:
        with open('/etc/group', 'w', encoding='utf-8') as stream:
            stream.write(text)


def more_than_ordinary_needs_an_administrator():
    with login.Login('alice') as session:
        expect(session.run(CLIENT + ['1']), 1, 'io.github.pingem.Error.AuthRequired')


def verdicts_are_logged_with_the_uid():
    uid = pwd.getpwnam('alice').pw_uid
    with login.Login('alice') as session:
        session.run(CLIENT)
    desktop.wait('the end of the session in the log',
                 lambda: re.search(r'uid %d, :[0-9.]+: session for io\.github\.pingem\.helper\.probe ended' % uid, read_log()))
    assert re.search(r'uid %d, :[0-9.]+: session for io\.github\.pingem\.helper\.probe allowed' % uid, read_log())


def R20_process_has_no_privilege():
    status = read_status(start_helper())
    user = pwd.getpwnam('pingem')
    assert set(status['Uid'].split()) == {str(user.pw_uid)}, status['Uid']
    assert set(status['Gid'].split()) == {str(user.pw_gid)}, status['Gid']
    assert not status['Groups'].strip(), status['Groups']
    for name in ('CapInh', 'CapPrm', 'CapEff', 'CapAmb'):
        assert int(status[name], 16) == 0, name + ' ' + status[name]
    assert status['NoNewPrivs'] == '1'


def R20_process_cannot_be_inspected_by_its_user():
    pid = start_helper()
    expect(run(login.become('pingem', ['readlink', '/proc/%d/fd/0' % pid])), 1, '')


def two_helpers_do_not_serve(program):
    start_helper()
    expect(run([program]), 1, 'cannot be owned: another helper runs')


def started_by_hand(program):
    expect(run(login.become('alice', [program])), 1, 'raw sockets cannot be opened')


def without_a_bus(program):
    expect(run([program], env=dict(os.environ, DBUS_SYSTEM_BUS_ADDRESS='unix:path=/nonexistent')), 1,
           'there is no system bus to serve')


def without_its_user(program):
    hide = 'grep -v ^pingem: /etc/passwd >/run/dbus/pingem/nobody && mount --bind /run/dbus/pingem/nobody /etc/passwd && exec "$0"'
    expect(run(['unshare', '--mount', 'sh', '-c', hide, program]), 1, 'There is no user pingem to run as')


def bind(test, program):
    def bound():
        test(program)
    bound.__name__ = test.__name__
    return bound


def main():
    program, inside, system_bus = sys.argv[1], sys.argv[2] == 'inside', sys.argv[2:]
    if os.geteuid() != 0:
        print('1..0 # SKIP needs root for a private system bus')
    elif not inside:
        os.execv(system_bus[0], system_bus + [os.path.abspath(__file__), program, 'inside'])
    else:
        tap.run([active_user_gets_records, user_without_session_is_told_what_to_do, member_of_the_group_needs_no_session,
                 more_than_ordinary_needs_an_administrator, verdicts_are_logged_with_the_uid, R20_process_has_no_privilege,
                 R20_process_cannot_be_inspected_by_its_user]
                + [bind(test, program) for test in (two_helpers_do_not_serve, started_by_hand, without_a_bus,
                                                    without_its_user)])


main()
