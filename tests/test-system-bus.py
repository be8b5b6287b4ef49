#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The private system bus: polkit and the bus policy as installed decide who may use the helper."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import desktop, login, tap  # noqa: E402

SOURCE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
HELPER = 'io.github.pingem.Helper'
PATH = '/io/github/pingem/Helper'
INTERFACE = HELPER + '1'
CALL = ['gdbus', 'call', '--system', '-d', HELPER, '-o', PATH, '-m']
OPEN = CALL + [INTERFACE + '.OpenSession', '3', '0']


def run(command):
    return subprocess.run(command, check=False, capture_output=True, text=True)


def expect(result, code, text):
    output = result.stdout + result.stderr
    assert result.returncode == code and text in output, output


def polkit_says(arguments):
    return run(['pkcheck', '--action-id', 'io.github.pingem.helper.probe'] + arguments).returncode


def everybody_may_read_properties():
    expect(run(login.become('bob', CALL + ['org.freedesktop.DBus.Properties.Get', INTERFACE, 'Version'])), 0, '0.')


def only_our_interfaces_pass():
    expect(run(login.become('bob', CALL + ['org.freedesktop.DBus.Properties.Set', INTERFACE, 'Version', '<"1">'])), 1,
           'AccessDenied')


def nobody_else_owns_the_name():
    request = ['gdbus', 'call', '--system', '-d', 'org.freedesktop.DBus', '-o', '/', '-m', 'org.freedesktop.DBus.RequestName',
               HELPER, '4']
    for command in (login.become('bob', request), request):
        expect(run(command), 1, 'AccessDenied')


def helper_is_not_root():
    expect(run(CALL + ['org.freedesktop.DBus.Peer.Ping']), 0, '()')
    expect(run(['gdbus', 'call', '--system', '-d', 'org.freedesktop.DBus', '-o', '/', '-m',
                'org.freedesktop.DBus.GetConnectionUnixUser', HELPER]), 0, '(uint32 %d,)' % pwd.getpwnam('pingem').pw_uid)


def user_without_a_session_is_refused():
    expect(run(login.become('alice', OPEN)), 1, 'io.github.pingem.Error.')


def user_with_an_active_session_is_allowed():
    with login.Login('alice') as session:
        expect(session.run(OPEN), 0, 'handle')


def user_who_switched_away_goes_on():
    with login.Login('alice', active=False) as session:
        expect(session.run(OPEN), 0, 'handle')


def remote_user_is_refused():
    with login.Login('alice', remote=True, seat='') as session:
        expect(session.run(OPEN), 1, 'io.github.pingem.Error.')


def network_is_the_lab():
    assert run(['ip', '-o', 'link']).stdout.count('\n') == 1
    assert not run(['ip', 'route']).stdout


def login_sessions_are_the_lab():
    assert os.listdir('/run/systemd/sessions') == []


INSIDE = [everybody_may_read_properties, only_our_interfaces_pass, nobody_else_owns_the_name, helper_is_not_root,
          user_without_a_session_is_refused, user_with_an_active_session_is_allowed, user_who_switched_away_goes_on,
          remote_user_is_refused, network_is_the_lab, login_sessions_are_the_lab]


def outside(system_bus):
    """What is to be seen from the machine: nothing, also when the script is killed."""

    def nothing_changes():
        before = [run(['cat', '/proc/mounts', '/etc/passwd']).stdout, sorted(os.listdir('/run'))]
        expect(run(system_bus + ['sh', '-c', 'test -S /run/dbus/system_bus_socket && id -u pingem && exit 7']), 7, '\n')
        assert before == [run(['cat', '/proc/mounts', '/etc/passwd']).stdout, sorted(os.listdir('/run'))]

    def all_ends_when_killed():
        for number in (signal.SIGTERM, signal.SIGKILL):
            listing = 'gdbus wait --system -a %s && for p in /proc/[0-9]*; do [ $p/ns/mnt -ef /proc/self/ns/mnt ] &&' \
                ' echo ${p#/proc/}; done; echo; exec sleep 1000' % HELPER
            process = subprocess.Popen(system_bus + ['sh', '-c', listing], stdout=subprocess.PIPE, text=True)
            ids = [int(line) for line in iter(process.stdout.readline, '\n')]
            assert len(ids) >= 5, ids
            process.send_signal(number)
            process.wait(10)
            desktop.wait('the end of all processes', lambda: not any(is_running(pid) for pid in ids))
            process.stdout.close()

    def needs_root():
        # Not root, but a tree in root's home can be read.
        nobody = ['setpriv', '--reuid', '65534', '--clear-groups', '--inh-caps', '+dac_read_search', '--ambient-caps',
                  '+dac_read_search', '--']
        plain = [argument for argument in system_bus if argument != '--lab']
        expect(run(nobody + plain + ['true']), 1, 'needs root: sudo')
        expect(run(nobody + system_bus + ['true']), 0, '1..0 # SKIP needs root')

    def a_member_needs_no_session():
        alice = ['setpriv', '--reuid', 'alice', '--regid', 'alice', '--clear-groups', '--']
        expect(run(system_bus + ['--member', 'alice', '--'] + alice + OPEN), 0, 'handle')
        expect(run(system_bus + ['--'] + alice + OPEN), 1, 'io.github.pingem.Error.')

    def needs_a_build():
        expect(run([system_bus[0], '--build', '/', 'true']), 1, 'build first')

    def a_closed_home_is_open_in_the_lab():
        with tempfile.TemporaryDirectory() as closed:
            assert os.stat(closed).st_mode & 0o077 == 0
            tree = os.path.join(closed, 'home', 'tree')
            shutil.copytree(os.path.dirname(system_bus[0]), os.path.join(tree, 'build-aux'))
            shutil.copytree(os.path.join(SOURCE, 'data'), os.path.join(tree, 'data'))
            command = [os.path.join(tree, 'build-aux', 'system-bus')] + system_bus[1:]
            expect(run(command + ['setpriv', '--reuid', '4001', '--clear-groups', '--', 'cat', tree + '/build-aux/packages']),
                   0, 'SPDX')
            assert os.stat(closed).st_mode & 0o077 == 0

    return [nothing_changes, a_closed_home_is_open_in_the_lab, all_ends_when_killed, needs_root, a_member_needs_no_session,
            needs_a_build]


def is_running(pid):
    try:
        with open('/proc/%d/stat' % pid, encoding='utf-8') as stream:
            return stream.read().rsplit(')', 1)[1].split()[0] != 'Z'
    except OSError:
        return False


def main():
    mode, system_bus = sys.argv[1], sys.argv[2:]
    if os.geteuid() != 0:
        print('1..0 # SKIP needs root for a private system bus')
    elif mode == 'outside':
        tap.run(outside(system_bus))
    elif mode == 'inside' and system_bus:
        os.execv(system_bus[0], system_bus + [os.path.abspath(__file__), 'inside'])
    else:
        tap.run(INSIDE)


main()
