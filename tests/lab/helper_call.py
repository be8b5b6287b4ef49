#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls every member of Helper1 and prints how each ended, as JSON: helper_call.py [dismiss] [at-once].

Each call has a connection of its own. dismiss: an agent of polkit is here, which takes every question for a password
back. at-once: no call waits for another."""

import json
import os
import sys

from gi.repository import Gio, GLib

HELPER, PATH = 'io.github.pingem.Helper', '/io/github/pingem/Helper'
PROPERTIES = 'org.freedesktop.DBus.Properties'
TOKEN = bytes(16)
TARGET = (7, [127, 0, 0, 1], 0, 3, 10, 2000, 0, 56, 0, 0, 0)
SPEC = '(uayuuuuuuuuu)'
CALLS = {
    'OpenSession': (HELPER + '1', 'OpenSession', GLib.Variant('(uu)', (3, 0))),
    'OpenSession intensive': (HELPER + '1', 'OpenSession', GLib.Variant('(uu)', (3, 1))),
    'AddTargets': (HELPER + '1', 'AddTargets', GLib.Variant('(aya%s)' % SPEC, (TOKEN, [TARGET]))),
    'ChangeTarget': (HELPER + '1', 'ChangeTarget', GLib.Variant('(ay%s)' % SPEC, (TOKEN, TARGET))),
    'RemoveTarget': (HELPER + '1', 'RemoveTarget', GLib.Variant('(ayu)', (TOKEN, 7))),
    'Close': (HELPER + '1', 'Close', GLib.Variant('(ay)', (TOKEN,))),
    'ListSessions': (HELPER + '1', 'ListSessions', GLib.Variant('(b)', (False,))),
    'ListSessions others': (HELPER + '1', 'ListSessions', GLib.Variant('(b)', (True,))),
    'Get Version': (PROPERTIES, 'Get', GLib.Variant('(ss)', (HELPER + '1', 'Version'))),
    'Get Limits': (PROPERTIES, 'Get', GLib.Variant('(ss)', (HELPER + '1', 'Limits'))),
    'GetAll': (PROPERTIES, 'GetAll', GLib.Variant('(s)', (HELPER + '1',))),
    'Set': (PROPERTIES, 'Set', GLib.Variant('(ssv)', (HELPER + '1', 'Version', GLib.Variant('s', 'x')))),
    'Unknown': (HELPER + '1', 'Unknown', None),
}
AGENT = Gio.DBusNodeInfo.new_for_xml('''<node><interface name="org.freedesktop.PolicyKit1.AuthenticationAgent">
<method name="BeginAuthentication"><arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/>
<arg type="a{ss}" direction="in"/><arg type="s" direction="in"/><arg type="a(sa{sv})" direction="in"/></method>
<method name="CancelAuthentication"><arg type="s" direction="in"/></method></interface></node>''')


def connect():
    address = Gio.dbus_address_get_for_bus_sync(Gio.BusType.SYSTEM)
    flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
    return Gio.DBusConnection.new_for_address_sync(address, flags)


def register_agent(bus):
    bus.register_object('/agent', AGENT.interfaces[0], lambda *call: call[-1].return_dbus_error(
        'org.freedesktop.PolicyKit1.Error.Cancelled', 'Dismissed'))
    with open('/proc/self/stat', encoding='ascii') as stream:
        start = int(stream.read().rsplit(')', 1)[1].split()[19])
    subject = ('unix-process', {'pid': GLib.Variant('u', os.getpid()), 'start-time': GLib.Variant('t', start),
                                'uid': GLib.Variant('i', os.getuid())})
    bus.call_sync('org.freedesktop.PolicyKit1', '/org/freedesktop/PolicyKit1/Authority',
                  'org.freedesktop.PolicyKit1.Authority', 'RegisterAuthenticationAgent',
                  GLib.Variant('((sa{sv})ss)', (subject, 'C', '/agent')), None, 0, 10000)


def main():
    results, loop = {}, GLib.MainLoop()
    dismiss, at_once = 'dismiss' in sys.argv, 'at-once' in sys.argv
    agent_bus = connect()
    waiting = list(CALLS)
    if dismiss:
        register_agent(agent_bus)

    def on_answer(bus, result, name):
        try:
            _, fds = bus.call_with_unix_fd_list_finish(result)
            results[name] = 'channel' if fds is not None and fds.get_length() else 'yes'
        except GLib.Error as error:
            results[name] = Gio.DBusError.get_remote_error(error).rsplit('.', 1)[1]
        bus.close_sync()
        if len(results) == len(CALLS):
            loop.quit()
        elif not at_once:
            begin()

    def begin():
        name = waiting.pop(0)
        interface, method, arguments = CALLS[name]
        flags = Gio.DBusCallFlags.ALLOW_INTERACTIVE_AUTHORIZATION if dismiss else Gio.DBusCallFlags.NONE
        connect().call_with_unix_fd_list(HELPER, PATH, interface, method, arguments, None, flags, 60000, None, None, on_answer,
                                         name)

    for _ in range(len(CALLS) if at_once else 1):
        begin()
    loop.run()
    print(json.dumps(results))


main()
