# SPDX-License-Identifier: GPL-3.0-or-later
"""A window as a screen reader meets it, over AT-SPI's own bus. (libatspi keeps a cache, and dies of programs that end.)"""

import collections
import functools

from gi.repository import Gio, GLib

from .desktop import wait

ROOT = '/org/a11y/atspi/accessible/root'
PREFIX = 'org.a11y.atspi.'
BUTTONS = ('page tab', 'tab', 'push button', 'toggle button', 'button', 'menu item')
# Bits of GetState: at-spi2-core's atspi-constants.h.
FOCUSABLE = 11
FOCUSED = 12
SENSITIVE = 24
VISIBLE = 30

Box = collections.namedtuple('Box', 'x y width height')


class Node:
    """One accessible object; GLib.Error where it went while we looked."""

    def __init__(self, bus, owner, path):
        self.bus = bus
        self.owner = owner
        self.path = path

    def call(self, interface, method, arguments=None):
        return self.bus.call_sync(self.owner, self.path, interface, method, arguments, None,
                                  Gio.DBusCallFlags.NO_AUTO_START, 5000, None).unpack()

    def get(self, key):
        return self.call('org.freedesktop.DBus.Properties', 'Get', GLib.Variant('(ss)', (PREFIX + 'Accessible', key)))[0]

    def name(self):
        # GTK 4.8 names a button by its label with and without the mark of its mnemonic.
        name = self.get('Name')
        half = name[len(name) // 2 + 1:]
        return half if name.replace('_', '', 1) == half + ' ' + half else name

    def role(self):
        return self.call(PREFIX + 'Accessible', 'GetRoleName')[0]

    def has_state(self, bit):
        states = self.call(PREFIX + 'Accessible', 'GetState')[0]
        return bool(states[bit // 32] >> bit % 32 & 1)

    def box(self):
        """In its window."""
        return Box(*self.call(PREFIX + 'Component', 'GetExtents', GLib.Variant('(u)', (1,)))[0])

    def can_act(self):
        return self.call('org.freedesktop.DBus.Properties', 'Get',
                         GLib.Variant('(ss)', (PREFIX + 'Action', 'NActions')))[0] > 0

    def act(self):
        self.call(PREFIX + 'Action', 'DoAction', GLib.Variant('(i)', (0,)))

    def write(self, text):
        self.call(PREFIX + 'EditableText', 'SetTextContents', GLib.Variant('(s)', (text,)))

    def children(self):
        return [Node(self.bus, owner, path) for owner, path in self.call(PREFIX + 'Accessible', 'GetChildren')[0]]

    def walk(self):
        """All that is shown below it, itself first."""
        try:
            if self.path != ROOT and not self.has_state(VISIBLE):
                return
            children = self.children()
        except GLib.Error:
            return
        yield self
        for child in children:
            yield from child.walk()


class Screen:
    """The windows of one program."""

    def __init__(self, desktop, program):
        self.desktop = desktop
        self.program = program

    @functools.cached_property
    def bus(self):
        """Known once the desktop has started."""
        address = self.desktop.bus.call_sync('org.a11y.Bus', '/org/a11y/bus', 'org.a11y.Bus', 'GetAddress', None, None,
                                             Gio.DBusCallFlags.NONE, 5000, None).unpack()[0]
        flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
        bus = Gio.DBusConnection.new_for_address_sync(address, flags, None, None)
        bus.set_exit_on_close(False)
        return bus

    def close(self):
        self.bus.close_sync(None)

    def windows(self):
        return [window for program in self.programs() for window in program.children()]

    def nodes(self):
        for program in self.programs():
            yield from program.walk()

    def programs(self):
        registry = Node(self.bus, PREFIX + 'Registry', ROOT)
        registry.bus.call_sync('org.freedesktop.DBus', '/', 'org.freedesktop.DBus', 'StartServiceByName',
                               GLib.Variant('(su)', (PREFIX + 'Registry', 0)), None, Gio.DBusCallFlags.NONE, 5000, None)
        for program in registry.children():
            try:
                if program.get('Name') != self.program:
                    continue
            except GLib.Error:
                continue
            yield program

    def names(self):
        return [name for name in map(self.name_of, self.nodes()) if name]

    @staticmethod
    def name_of(node):
        try:
            return node.name()
        except GLib.Error:
            return ''

    def find(self, name, roles=None):
        """The first that is called so and has a place on the screen; None where there is none."""
        for node in self.nodes():
            try:
                if node.name() == name and (roles is None or node.role() in roles) and node.box().width > 0:
                    return node
            except GLib.Error:
                continue
        return None

    def is_sensitive(self, name):
        node = self.find(name, BUTTONS)
        return node is not None and node.has_state(SENSITIVE)

    def click(self, name):
        assert self.find(name, BUTTONS) is not None, '%s is not there: %s' % (name, self.names())
        wait(name + ' is sensitive', lambda: self.is_sensitive(name))
        self.find(name, BUTTONS).act()
