#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The opener beside the helper: a helper without a capability and without a network serves with what it is passed."""

import array
import contextlib
import os
import pwd
import re
import signal
import socket
import subprocess
import sys

from gi.repository import Gio, GLib

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from lab import desktop, login, tap  # noqa: E402

HELPER = 'io.github.pingem.Helper'
PATH = '/run/pingem/rawsock'
CLIENT = [sys.executable, os.path.join(HERE, 'lab', 'helper_client.py')]
# Each as a service manager starts it: the helper in an empty network.
AS_PINGEM = ['setpriv', '--reuid', 'pingem', '--regid', 'pingem', '--clear-groups', '--pdeathsig', 'TERM']
OPENER = AS_PINGEM + ['--bounding-set=-all,+net_raw', '--inh-caps=-all,+net_raw', '--ambient-caps=+net_raw', '--', 'bash', '-c',
                      'LISTEN_PID=$$ LISTEN_FDS=1 exec "$0" 3<&"$1"']
WORKER = ['unshare', '--net'] + AS_PINGEM + ['--bounding-set=-all', '--inh-caps=-all', '--']
BUILD = ''


def find_program(name):
    return os.path.join(BUILD, 'src', 'helper', name)


@contextlib.contextmanager
def listening(mode=0o666):
    """What pingem-rawsock.socket makes; the mode lets a test in whom that refuses."""
    os.makedirs(os.path.dirname(PATH), exist_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(PATH)
        os.chmod(PATH, mode)
        listener.listen(4)
        try:
            yield listener
        finally:
            os.unlink(PATH)


def start_opener(listener):
    return subprocess.Popen(OPENER + [find_program('pingem-rawsock'), str(listener.fileno())], pass_fds=[listener.fileno()],
                            stderr=subprocess.PIPE, text=True)


def start_worker(**environment):
    return subprocess.Popen(WORKER + [find_program('pingem-helper')], stderr=subprocess.PIPE, text=True,
                            env=dict(os.environ, **environment))


def has_owner():
    return Gio.bus_get_sync(Gio.BusType.SYSTEM).call_sync(
        'org.freedesktop.DBus', '/', 'org.freedesktop.DBus', 'NameHasOwner', GLib.Variant('(s)', (HELPER,)), None, 0,
        5000).unpack()[0]


def read_status(path):
    with open(path + '/status', encoding='ascii') as stream:
        return dict(line.rstrip('\n').split(':\t', 1) for line in stream if ':\t' in line)


def end(process):
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 0, process.stderr.read()
    desktop.wait('the name to be free', lambda: not has_owner())


@contextlib.contextmanager
def serving(**environment):
    """The pair, as a service manager starts it."""
    with listening() as listener:
        opener, worker = start_opener(listener), start_worker(**environment)
        try:
            assert opener.wait(timeout=20) == 0, opener.stderr.read()
            desktop.wait('the helper on the bus', has_owner)
            yield worker
            end(worker)
        finally:
            for process in (opener, worker):
                if process.poll() is None:
                    process.kill()
                process.wait()


def R22_worker_without_capability_and_network_serves():
    with serving() as worker:
        status = read_status('/proc/%d' % worker.pid)
        assert [int(status[name], 16) for name in ('CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb')] == [0] * 5, status
        assert os.readlink('/proc/%d/ns/net' % worker.pid) != os.readlink('/proc/self/ns/net')
        with login.Login('alice') as session:
            result = session.run(CLIENT)
        assert (result.returncode, result.stdout) == (0, '7,0\n7,1\n7,2\n'), result


def R20_every_thread_is_in_the_sandbox():
    with serving() as worker:
        tasks = os.listdir('/proc/%d/task' % worker.pid)
        assert len(tasks) > 1, tasks
        for task in tasks:
            assert read_status('/proc/%d/task/%s' % (worker.pid, task))['Seccomp'] == '2', task


@contextlib.contextmanager
def service_manager():
    """What it listens on for sd_notify(3), and where."""
    path = '/run/notify'
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(path)
        os.chmod(path, 0o666)
        manager.settimeout(20)
        try:
            yield manager, path
        finally:
            os.unlink(path)


def R25_service_manager_is_told():
    with service_manager() as (manager, path), serving(NOTIFY_SOCKET=path, WATCHDOG_USEC='300000'):
        assert [manager.recv(100) for _ in range(3)] == [b'READY=1', b'WATCHDOG=1', b'WATCHDOG=1']


def R25_watchdog_of_another_process_is_not_ours():
    with service_manager() as (manager, path), serving(NOTIFY_SOCKET=path, WATCHDOG_USEC='100000', WATCHDOG_PID='1'):
        assert manager.recv(100) == b'READY=1'
        manager.settimeout(1)
        try:
            raise AssertionError(manager.recv(100))
        except TimeoutError:
            pass


def opener_serves_its_own_user_alone():
    with listening() as listener:
        opener = start_opener(listener)
        script = 'import socket; s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET); s.connect("%s"); ' \
            'print(s.recvmsg(10, 100))' % PATH
        result = subprocess.run(login.become('alice', [sys.executable, '-c', script]), capture_output=True, text=True,
                                check=False, timeout=20)
        assert opener.wait(timeout=20) == 1
        wanted = 'uid %d asks, and only uid %d may' % (pwd.getpwnam('alice').pw_uid, pwd.getpwnam('pingem').pw_uid)
        assert wanted in opener.stderr.read() and result.stdout == "(b'', [], 0, None)\n", result


def opener_is_not_started_by_hand():
    result = subprocess.run([find_program('pingem-rawsock')], capture_output=True, text=True, check=False, timeout=20)
    assert result.returncode == 1 and 'it is not started by hand' in result.stderr, result


def worker_fails(why):
    worker = start_worker()
    assert worker.wait(timeout=20) == 1
    text = worker.stderr.read()
    assert re.search(r'raw sockets cannot be opened \(%s\)' % why, text), text


def worker_without_opener_says_so():
    worker_fails('Operation not permitted')


def stale_socket_is_no_opener():
    with listening() as listener:
        listener.close()
        worker_fails('Operation not permitted')


def worker_takes_nothing_else():
    """A peer that passes what it should not, or nothing: the helper leaves, and says that it has no sockets."""
    icmp = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    icmp6 = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
    udp = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP)
    # identifier, IPv4 and IPv6 there; then the descriptors
    answers = [(b'', []), (b'ab\1\1', []), (b'ab\0\0', []), (b'ab\1\1', [icmp6, icmp]), (b'ab\1\1', [icmp]),
               (b'ab\1\0', [icmp, icmp6]), (b'ab\1\0', [udp]), (b'ab\2', [icmp]), (b'ab\1\1more', [icmp, icmp6]),
               (b'ab\1\1', [icmp, icmp6, udp])]
    with icmp, icmp6, udp, listening() as listener:
        for data, sockets in answers:
            worker = start_worker()
            peer, _ = listener.accept()
            with peer:
                peer.sendmsg([data], [(socket.SOL_SOCKET, socket.SCM_RIGHTS,
                                       array.array('i', [each.fileno() for each in sockets]))] if sockets else [])
                assert worker.wait(timeout=20) == 1, (data, sockets)
            text = worker.stderr.read()
            assert 'raw sockets cannot be opened (Protocol error)' in text, (data, sockets, text)


def silent_opener_is_given_up():
    with listening():
        worker_fails('Resource temporarily unavailable')


def main():
    global BUILD
    BUILD, inside, system_bus = sys.argv[1], sys.argv[2] == 'inside', sys.argv[2:]
    if os.geteuid() != 0:
        print('1..0 # SKIP needs root for a private system bus')
    elif not inside:
        os.execv(system_bus[0], system_bus + [os.path.abspath(__file__), BUILD, 'inside'])
    else:
        tap.run([R22_worker_without_capability_and_network_serves, R20_every_thread_is_in_the_sandbox,
                 R25_service_manager_is_told, R25_watchdog_of_another_process_is_not_ours, opener_serves_its_own_user_alone,
                 opener_is_not_started_by_hand, worker_without_opener_says_so, stale_socket_is_no_opener,
                 worker_takes_nothing_else, silent_opener_is_given_up])


main()
