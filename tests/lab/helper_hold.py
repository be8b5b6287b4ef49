#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Has a session of Helper1 until its channel is closed: prints 'open', then 'closed'."""

import select

from gi.repository import Gio, GLib

HELPER = 'io.github.pingem.Helper'


def main():
    bus = Gio.bus_get_sync(Gio.BusType.SYSTEM)
    reply, fds = bus.call_with_unix_fd_list_sync(HELPER, '/io/github/pingem/Helper', HELPER + '1', 'OpenSession',
                                                 GLib.Variant('(uu)', (3, 0)), None, Gio.DBusCallFlags.NONE, 10000, None, None)
    channel = fds.get(reply.unpack()[0])
    print('open', flush=True)
    poll = select.poll()
    poll.register(channel, select.POLLHUP)
    poll.poll(60000)
    print('closed', flush=True)


main()
