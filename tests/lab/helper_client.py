#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A caller of Helper1 without our C code: three probes to loopback; prints 'ID,SEQ' at each reply. Takes the flags."""

import os
import select
import struct
import sys

from gi.repository import Gio, GLib

HELPER = 'io.github.pingem.Helper'
# PingemMessage: version, kind, number; seq, due_ns, sent_ns, rtt_ns, target, duplicates, error, state, flags
MESSAGE = struct.Struct('=IIQQqqqIIiBB')
VERSION, LENGTH, MAX_BATCH = 3, 96, 64
PROBE, REPLY = 0, 1
FINAL = 4


def call(bus, method, arguments):
    reply, fds = bus.call_with_unix_fd_list_sync(HELPER, '/io/github/pingem/Helper', HELPER + '1', method, arguments, None,
                                                 Gio.DBusCallFlags.NONE, 10000, None, None)
    return reply, fds


def main():
    flags = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    bus = Gio.bus_get_sync(Gio.BusType.SYSTEM)
    reply, fds = call(bus, 'OpenSession', GLib.Variant('(uu)', (VERSION, flags)))
    handle, token = reply.unpack()
    channel = fds.get(handle)
    target = (7, [127, 0, 0, 1], 0, 3, 10, 2000, 0, 56, 0, 0, 0)
    call(bus, 'AddTargets', GLib.Variant('(aya(uayuuuuuuuuu))', (token, [target])))
    replies = 0
    while replies < 3:
        assert select.select([channel], [], [], 10)[0], 'no record came'
        data = os.read(channel, MAX_BATCH * LENGTH + 1)
        assert data and len(data) % LENGTH == 0, len(data)
        for at in range(0, len(data), LENGTH):
            _, kind, _, seq, _, _, _, number, _, _, state, record_flags = MESSAGE.unpack_from(data, at)
            if kind == PROBE and state == REPLY and not record_flags & FINAL:
                print('%d,%d' % (number, seq))
                replies += 1


try:
    main()
except GLib.Error as error:
    print(error.message, file=sys.stderr)
    sys.exit(1)
