# SPDX-License-Identifier: GPL-3.0-or-later
"""A real panel with a tray, xfce4-panel, on a Desktop; and what a tray item says over D-Bus."""

import os
import subprocess

from gi.repository import GLib

from lab.desktop import stop, wait

WATCHER = 'org.kde.StatusNotifierWatcher'
ITEM = 'org.kde.StatusNotifierItem'
MENU = 'com.canonical.dbusmenu'
# Where the panel shows its icons.
CROP = '200x48+0+0'


class Panel:
    def __init__(self, desktop):
        self.desktop = desktop
        folder = os.path.join(desktop.env['XDG_CONFIG_HOME'], 'xfce4', 'xfconf', 'xfce-perchannel-xml')
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(os.path.dirname(__file__), 'panel.xml'), encoding='utf-8') as source:
            with open(os.path.join(folder, 'xfce4-panel.xml'), 'w', encoding='utf-8') as copy:
                copy.write(source.read())
        self.start()

    def start(self):
        self.process = self.desktop.spawn(['xfce4-panel', '--disable-wm-check'], stdout=subprocess.DEVNULL,
                                          stderr=subprocess.DEVNULL)
        wait('the panel watches for tray items', lambda: self.desktop.has_owner(WATCHER))

    def stop(self):
        stop(self.process)
        wait('the panel is gone', lambda: not self.desktop.has_owner(WATCHER))

    def list_items(self):
        return self.desktop.get_property(WATCHER, '/StatusNotifierWatcher', WATCHER, 'RegisteredStatusNotifierItems')

    def wait_for_item(self):
        return Item(self.desktop, *wait('a tray item', self.list_items)[0].split('/', 1))


class Item:
    def __init__(self, desktop, name, path):
        self.desktop = desktop
        self.name = name
        self.path = '/' + path
        self.menu_path = self.get('Menu')

    def get(self, key):
        return self.desktop.get_property(self.name, self.path, ITEM, key)

    def call(self, method, arguments):
        return self.desktop.call(self.name, self.path, ITEM, method, arguments)

    def call_menu(self, method, arguments):
        return self.desktop.call(self.name, self.menu_path, MENU, method, arguments)

    def read_menu(self):
        """The visible items but separators: [(id, label, enabled)]."""
        entries = self.call_menu('GetLayout', GLib.Variant('(iias)', (0, -1, [])))[1][2]
        return [(number, values.get('label', ''), values.get('enabled', True)) for number, values, _ in entries
                if values.get('visible', True) and values.get('type') != 'separator']

    def labels(self):
        return [label for _, label, _ in self.read_menu()]

    def click(self, label):
        number = {text: number for number, text, _ in self.read_menu()}[label]
        self.call_menu('Event', GLib.Variant('(isvu)', (number, 'clicked', GLib.Variant('i', 0), 0)))
