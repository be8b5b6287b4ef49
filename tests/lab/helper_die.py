#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Callers of Helper1 that are killed at a point of their life: helper_die.py ROUNDS UID:POINT...

In each round a process of each user, beside each other. Prints how many came to their point; see POINTS."""

import os
import signal
import sys
import time

from gi.repository import Gio, GLib

HELPER, PATH = 'io.github.pingem.Helper', '/io/github/pingem/Helper'
SPEC = '(uayuuuuuuuuu)'
TARGET = (7, [127, 0, 0, 1], 0, 0, 100, 2000, 0, 56, 0, 0, 0)
SILENT = (7, [192, 0, 2, 1], 0, 0, 100, 2000, 0, 56, 0, 0, 0)


class Caller:
    def __init__(self):
        address = Gio.dbus_address_get_for_bus_sync(Gio.BusType.SYSTEM)
        flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
        self.bus = Gio.DBusConnection.new_for_address_sync(address, flags)

    def call(self, method, *arguments):
        reply, fds = self.bus.call_with_unix_fd_list_sync(HELPER, PATH, HELPER + '1', method, GLib.Variant(*arguments), None, 0,
                                                          20000, None, None)
        return reply.unpack(), fds

    def send(self, method, *arguments):
        """Without waiting for the answer."""
        self.bus.call(HELPER, PATH, HELPER + '1', method, GLib.Variant(*arguments), None, 0, 20000, None, None)
        self.bus.flush_sync()

    def open(self):
        (handle, self.token), fds = self.call('OpenSession', '(uu)', (3, 0))
        self.channel = fds.get(handle)

    def add(self, target):
        self.open()
        self.call('AddTargets', '(aya%s)' % SPEC, (self.token, [target]))


def connected(_):
    pass


def asking_who(caller):
    caller.send('ListSessions', '(b)', (False,))


def opening(caller):
    caller.send('OpenSession', '(uu)', (3, 0))


def refused(caller):
    try:
        caller.call('OpenSession', '(uu)', (99, 0))
    except GLib.Error:
        pass


def opened(caller):
    caller.open()


def adding(caller):
    caller.open()
    caller.send('AddTargets', '(aya%s)' % SPEC, (caller.token, [TARGET]))


def added(caller):
    caller.add(TARGET)


def unanswered(caller):
    caller.add(SILENT)
    time.sleep(0.02)


def unread(caller):
    caller.add(TARGET)
    time.sleep(0.15)


def changing(caller):
    caller.add(TARGET)
    caller.send('ChangeTarget', '(ay%s)' % SPEC, (caller.token, SILENT))


def removing(caller):
    caller.add(TARGET)
    caller.send('RemoveTarget', '(ayu)', (caller.token, 7))


def closing(caller):
    caller.add(TARGET)
    caller.send('Close', '(ay)', (caller.token,))


def hung_up(caller):
    """The channel goes, and a moment later the caller."""
    caller.add(TARGET)
    os.close(caller.channel)


POINTS = (connected, asking_who, opening, refused, opened, adding, added, unanswered, unread, changing, removing, closing, hung_up)


def live(uid, point):
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    try:
        next(each for each in POINTS if each.__name__ == point)(Caller())
    except GLib.Error as error:
        print(point, error.message, file=sys.stderr, flush=True)
        os._exit(1)
    os.kill(os.getpid(), signal.SIGKILL)


def main():
    n = 0
    for _ in range(int(sys.argv[1])):
        children = []
        for argument in sys.argv[2:]:
            uid, point = argument.split(':')
            child = os.fork()
            if child == 0:
                live(int(uid), point)
            children.append(child)
        n += sum(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL for child in children)
    print(n)


if __name__ == '__main__':
    main()
