#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Has the helper send as much as it can be made to: helper_flood.py SECONDS FLAGS FIRST_ADDRESS NUMBER_OF_ADDRESSES.

Eight sessions, as many targets as each may have, half of them endless at the shortest interval and half bursts; targets are
removed and added, sessions closed and opened, as fast as the helper answers. Prints the seconds from before the first call
to after the last one."""

import ipaddress
import itertools
import sys
import time

from gi.repository import Gio, GLib

HELPER, PATH = 'io.github.pingem.Helper', '/io/github/pingem/Helper'
SPEC = 'a(uayuuuuuuuuu)'
N_SESSIONS, PER_CALL = 8, 256


def connect():
    address = Gio.dbus_address_get_for_bus_sync(Gio.BusType.SYSTEM)
    flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
    return Gio.DBusConnection.new_for_address_sync(address, flags)


class Session:
    def __init__(self, flags, addresses):
        self.bus, self.flags, self.addresses = connect(), flags, addresses
        self.token, self.ids, self.fds = None, itertools.count(), None

    def call(self, method, *arguments):
        """None where the helper refuses."""
        try:
            reply, fds = self.bus.call_with_unix_fd_list_sync(HELPER, PATH, HELPER + '1', method, GLib.Variant(*arguments), None,
                                                              Gio.DBusCallFlags.NONE, 10000, None, None)
        except GLib.Error:
            return None
        self.fds = fds or self.fds
        return reply.unpack()

    def make_target(self):
        number = next(self.ids)
        shortest = 1 if self.flags else 100
        count, interval = (0, shortest) if number % 2 else (10, 1)
        address = list(self.addresses[number % len(self.addresses)])
        return (number, address, 0, count, interval, 1000, 0, 56, 0, 0, 0)

    def open(self):
        reply = self.call('OpenSession', '(uu)', (3, self.flags))
        self.token = reply[1] if reply else None

    def act(self, turn):
        if self.token is None:
            self.open()
        elif turn % 40 == 39:
            self.call('Close', '(ay)', (self.token,))
            self.token = None
        elif self.call('AddTargets', '(ay%s)' % SPEC, (self.token, [self.make_target() for _ in range(PER_CALL)])) is None:
            newest = next(self.ids)
            for number in range(max(0, newest - 2 * PER_CALL), newest, 8):
                self.call('RemoveTarget', '(ayu)', (self.token, number))
            self.call('AddTargets', '(ay%s)' % SPEC, (self.token, [self.make_target() for _ in range(PER_CALL // 8)]))


def main():
    seconds, flags, first, n_addresses = float(sys.argv[1]), int(sys.argv[2]), ipaddress.ip_address(sys.argv[3]), int(sys.argv[4])
    addresses = [(first + i).packed for i in range(n_addresses)]
    sessions = [Session(flags, addresses[i:] + addresses[:i]) for i in range(N_SESSIONS)]
    start = time.monotonic()
    for turn in itertools.count():
        for session in sessions:
            session.act(turn)
        if time.monotonic() > start + seconds:
            break
    for session in sessions:
        session.bus.close_sync()
    print(time.monotonic() - start)


main()
