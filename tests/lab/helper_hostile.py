#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sends Helper1 so many inputs that it must refuse, half of them for want of a right, and prints how many it did:
helper_hostile.py NUMBER."""

import sys

from gi.repository import Gio, GLib

HELPER = 'io.github.pingem.Helper'
WORD = b'HOSTILE\n\xff\x1b[31m%s%n'
SPEC = 'a(uayuuuuuuuuu)'


def make_input(i):
    token = WORD + bytes([i])
    target = (i, WORD[:4 + i % 13], 0, 1, 1, 1, 1, 1, 1, 1, 1)
    kinds = [
        (HELPER + '1', 'OpenSession', GLib.Variant('(uu)', (i + 1000, i))),
        (HELPER + '1', 'AddTargets', GLib.Variant('(ay%s)' % SPEC, (token, [target] * (i + 1)))),
        (HELPER + '1', 'RemoveTarget', GLib.Variant('(ayu)', (token, 2 ** 32 - 1 - i))),
        (HELPER + '1', 'Close', GLib.Variant('(ay)', (token * 50,))),
        (HELPER + '1', 'Close', GLib.Variant('(s)', ('HOSTILE' * i,))),
        (HELPER + '1', 'HOSTILE%d' % i, GLib.Variant('(s)', ('HOSTILE' * i,))),
        (HELPER + '1', 'OpenSession', GLib.Variant('(a{sv})', ({'HOSTILE': GLib.Variant('s', 'HOSTILE\n' * i)},))),
        ('org.freedesktop.DBus.Properties', 'Get', GLib.Variant('(ss)', (HELPER + '1', 'HOSTILE%d' % i))),
    ]
    if i % 2:
        return HELPER + '1', 'OpenSession', GLib.Variant('(uu)', (3, i // 2 % 4))
    return kinds[i // 2 % len(kinds)]


def main():
    bus, n = Gio.bus_get_sync(Gio.BusType.SYSTEM), 0
    for i in range(int(sys.argv[1])):
        interface, method, arguments = make_input(i)
        try:
            bus.call_sync(HELPER, '/io/github/pingem/Helper', interface, method, arguments, None, Gio.DBusCallFlags.NONE, 10000)
        except GLib.Error:
            n += 1
    print('%d refused' % n)


main()
