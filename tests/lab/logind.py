# SPDX-License-Identifier: GPL-3.0-or-later
"""As much of logind as concerns sleep, on the private system bus: no test can put the machine to sleep."""

import os

from gi.repository import Gio, GLib

NAME = 'org.freedesktop.login1'
PATH = '/org/freedesktop/login1'
INTERFACE = NAME + '.Manager'
XML = '''<node><interface name="%s">
    <method name="Inhibit">
      <arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/>
      <arg type="h" direction="out"/>
    </method>
    <signal name="PrepareForSleep"><arg type="b"/></signal>
  </interface></node>''' % INTERFACE


class Logind:
    def __init__(self):
        flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
        self.pipes = []
        self.bus = Gio.DBusConnection.new_for_address_sync(os.environ['DBUS_SYSTEM_BUS_ADDRESS'], flags, None, None)
        self.bus.set_exit_on_close(False)
        self.bus.register_object(PATH, Gio.DBusNodeInfo.new_for_xml(XML).interfaces[0], self._on_call, None, None)
        reply = self.bus.call_sync('org.freedesktop.DBus', '/', 'org.freedesktop.DBus', 'RequestName',
                                   GLib.Variant('(su)', (NAME, 4)), None, Gio.DBusCallFlags.NONE, 5000, None).unpack()
        assert reply[0] == 1, NAME + ' is owned already'

    def _on_call(self, bus, sender, path, interface, method, arguments, invocation):
        assert arguments.unpack()[::3] == ('sleep', 'delay'), arguments
        ours, theirs = os.pipe()
        os.set_blocking(ours, False)
        self.pipes.append(ours)
        fds = Gio.UnixFDList.new()
        fds.append(theirs)
        os.close(theirs)
        invocation.return_value_with_unix_fd_list(GLib.Variant('(h)', (0,)), fds)

    def is_inhibited(self):
        return any(is_open(pipe) for pipe in self.pipes)

    def prepare(self, is_sleeping):
        self.bus.emit_signal(None, PATH, INTERFACE, 'PrepareForSleep', GLib.Variant('(b)', (is_sleeping,)))

    def close(self):
        self.bus.close_sync(None)
        for pipe in self.pipes:
            os.close(pipe)


def is_open(pipe):
    """Whether somebody holds the other end, who never writes."""
    try:
        return os.read(pipe, 1) != b''
    except BlockingIOError:
        return True
