#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be chosen: the preferences and the target's dialog beside a real monitor, in a network namespace.

usage: test-preferences.py PINGEM PINGEM-MONITOR [CASE[.TEST]]...
"""

import configparser
import os
import sys
import time

from gi.repository import GLib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import tap  # noqa: E402
from lab.anchors import enter_network  # noqa: E402
from lab.desktop import Service, make_dictionary, wait  # noqa: E402
from lab.monitor import Monitor  # noqa: E402
from lab.window import APP_ID, DESKTOP, SEEN, WindowTest, start_desktop  # noqa: E402

MONITOR = os.path.abspath(sys.argv[2])
APP_PATH = '/io/github/pingem/Pingem'

PORTAL_XML = '''<node>
  <interface name="org.freedesktop.portal.Background">
    <method name="RequestBackground">
      <arg type="s" direction="in"/><arg type="a{sv}" direction="in"/><arg type="o" direction="out"/>
    </method>
  </interface>
</node>'''

setUpModule = start_desktop


class PreferencesTest(WindowTest):
    OPTIONS = ()
    ENV = {}

    def setUp(self):
        super().setUp()
        self.config = os.path.join(DESKTOP.env['XDG_CONFIG_HOME'], 'pingem', 'pingem.conf')
        self.own_entry = os.path.join(DESKTOP.env['XDG_CONFIG_HOME'], 'autostart', APP_ID + '.Tray.desktop')
        self.addCleanup(self.remove, self.config)
        self.addCleanup(self.remove, self.own_entry)
        self.monitor = Monitor(MONITOR, DESKTOP, *self.OPTIONS)
        self.addCleanup(self.monitor.stop)
        self.start_window(**self.ENV)
        self.wait_for('History of Cloudflare')

    @staticmethod
    def remove(path):
        if os.path.exists(path):
            os.remove(path)

    def open_preferences(self):
        self.xdotool('key', 'ctrl+comma')
        wait('the preferences', lambda: self.xdotool('search', '--onlyvisible', '--name', '^Preferences$').split())
        self.wait_for('Degraded from')

    def control(self, name):
        return wait(name, lambda: SEEN.find(name, ('spin button', 'switch', 'toggle button', 'check box')))

    def spin(self, name, value):
        self.control(name).call('org.freedesktop.DBus.Properties', 'Set', GLib.Variant(
            '(ssv)', ('org.a11y.atspi.Value', 'CurrentValue', GLib.Variant('d', value))))

    def value_of(self, name):
        return self.control(name).call('org.freedesktop.DBus.Properties', 'Get', GLib.Variant(
            '(ss)', ('org.a11y.atspi.Value', 'CurrentValue')))[0]

    def flip(self, name):
        self.click_at('Preferences', self.control(name))

    @staticmethod
    def rest(node):
        """Where it is once nothing scrolls any more: who gets the focus is scrolled to."""
        boxes = []

        def is_still():
            boxes.append(node.box())
            time.sleep(0.2)
            return boxes[-3:].count(boxes[-1]) == 3

        wait('it stands still', is_still)
        return boxes[-1]

    def click_at(self, title, node, share=0.5):
        """At that share of its width."""
        window = self.xdotool('search', '--onlyvisible', '--name', '^%s$' % title).split()[0]
        place = dict(line.split('=') for line in self.xdotool('getwindowgeometry', '--shell', window).split())
        box = self.rest(node)
        self.xdotool('mousemove', str(int(place['X']) + box.x + int(box.width * share)), str(int(place['Y']) + box.y + box.height // 2),
                     'click', '1')

    def settings(self, word):
        return self.monitor.get('Settings')[word]

    def read_config(self):
        parser = configparser.ConfigParser()
        parser.read(self.config)
        return parser


class Settings(PreferencesTest):
    def test_numbers_and_switches(self):
        self.open_preferences()
        self.take_picture('preferences')
        for name, word, value in (('Degraded from', 'degraded-percent', 5.0), ('Bad from', 'bad-percent', 25.0),
                                  ('After', 'notify-after-s', 9), ('Days to Keep', 'keep-days', 90)):
            self.spin(name, value)
            wait(word, lambda word=word, value=value: self.settings(word) == value)
        self.assertEqual(self.read_config()['thresholds']['bad-percent'], '25')
        for name, word, value in (('Tell of Outages', 'notify', False), ('Grey While All Is Well', 'tray-monochrome', True)):
            self.flip(name)
            wait(word, lambda word=word, value=value: self.settings(word) == value)
        self.assertEqual(self.read_config()['tray']['tray-monochrome'], 'true')

    def test_degraded_is_never_above_bad(self):
        self.open_preferences()
        self.spin('Degraded from', 50)
        wait('as high as it may be', lambda: self.settings('degraded-percent') == 10)
        self.spin('Bad from', 1)
        wait('as low as it may be', lambda: self.value_of('Bad from') == 10)
        self.assertEqual(self.settings('bad-percent'), 10)

    def test_what_is_typed_stays_while_probes_go_on(self):
        self.open_preferences()
        self.click_at('Preferences', self.control('Bad from'), 0.2)
        self.xdotool('key', 'ctrl+a')
        self.xdotool('type', '33')
        due = self.monitor.target('1.1.1.1')['due']
        wait('three probes more', lambda: self.monitor.target('1.1.1.1')['due'] >= due + 3)
        self.assertEqual(self.settings('bad-percent'), 10)
        self.xdotool('key', 'Tab')
        wait('what was typed', lambda: self.settings('bad-percent') == 33)

    def test_what_is_changed_elsewhere_is_followed(self):
        self.open_preferences()
        self.monitor.call('Set', '(a{sv})', make_dictionary({'keep-days': 77}))
        wait('it is shown', lambda: self.value_of('Days to Keep') == 77)
        self.monitor.stop()
        wait('it cannot be changed', lambda: not SEEN.is_sensitive('Days to Keep'))

    def test_start_at_login(self):
        self.open_preferences()
        self.flip('Start at Login')
        wait('an entry of its own', lambda: os.path.exists(self.own_entry))
        with open(self.own_entry, encoding='utf-8') as stream:
            text = stream.read()
        self.assertIn('Hidden=false\n', text)
        self.assertIn('pingem-tray\n', text)
        self.flip('Start at Login')
        wait('it is hidden', lambda: 'Hidden=true' in open(self.own_entry, encoding='utf-8').read())

    def test_the_tray_asks_for_them(self):
        for _ in range(2):
            DESKTOP.call(APP_ID, APP_PATH, 'org.freedesktop.Application', 'ActivateAction',
                         GLib.Variant('(sava{sv})', ('preferences', [], {})))
        self.wait_for('Degraded from')
        self.assertEqual(len(self.xdotool('search', '--onlyvisible', '--name', '^Preferences$').split()), 1)

    def test_source_is_told(self):
        self.open_preferences()
        self.wait_for('By a socket of its own')


class Portal(PreferencesTest):
    """Where the desktop's Background portal decides, as inside Flatpak."""

    ENV = {'GTK_USE_PORTAL': '1'}

    def setUp(self):
        self.portal = Service(DESKTOP, 'org.freedesktop.portal.Desktop', '/org/freedesktop/portal/desktop', PORTAL_XML)
        self.addCleanup(self.portal.close)
        self.allows = True
        self.portal.answers['RequestBackground'] = self.answer
        super().setUp()

    def answer(self, parent, options):
        path = '/org/freedesktop/portal/desktop/request/%s/%s' % (self.sender(), options['handle_token'])
        self.portal.bus.emit_signal(None, path, 'org.freedesktop.portal.Request', 'Response', GLib.Variant(
            '(ua{sv})', (0, {'autostart': GLib.Variant('b', options['autostart'] and self.allows)})))
        return GLib.Variant('(o)', (path,))

    def sender(self):
        owner = DESKTOP.call('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', 'GetNameOwner',
                             GLib.Variant('(s)', (APP_ID,)))[0]
        return owner[1:].replace('.', '_')

    def entry(self):
        return os.path.exists(self.own_entry) and open(self.own_entry, encoding='utf-8').read()

    def test_it_allows(self):
        self.open_preferences()
        self.flip('Start at Login')
        wait('it is remembered', lambda: self.entry() and 'Hidden=false' in self.entry())
        options = self.portal.calls[0][1][1]
        self.assertEqual((options['autostart'], os.path.basename(options['commandline'][0])), (True, 'pingem-tray'))
        self.flip('Start at Login')
        wait('no more', lambda: 'Hidden=true' in self.entry())

    def test_it_refuses(self):
        self.allows = False
        self.open_preferences()
        self.flip('Start at Login')
        wait('why', lambda: any('settings do not allow it' in name for name in SEEN.names()))
        self.assertFalse(self.entry())


class Given(PreferencesTest):
    def setUp(self):
        path = os.path.join(DESKTOP.folder, 'given.conf')
        with open(path, 'w', encoding='ascii') as stream:
            stream.write('[target 1.1.1.1]\nname=Cloudflare\nleg=internet\n')
        self.OPTIONS = ('--config', path)
        super().setUp()

    def test_a_refusal_is_told_and_nothing_changes(self):
        self.open_preferences()
        self.spin('Days to Keep', 90)
        wait('why', lambda: any('which is never rewritten' in name for name in SEEN.names()))
        wait('what holds', lambda: self.value_of('Days to Keep') == 30)
        self.take_picture('preferences-refused')


class Targets(PreferencesTest):
    def open_targets(self):
        self.open_preferences()
        SEEN.click('Targets')
        self.wait_for('Edit Google')

    def fill(self, label, text):
        wait(label, lambda: SEEN.find(label, ('text', 'text box', 'entry'))).write(text)

    def test_one_is_added_and_seen(self):
        self.open_targets()
        self.take_picture('preferences-targets')
        buttons = [node for node in SEEN.nodes() if node.name() == 'Add a target' and node.can_act()]
        buttons[-1].act()
        self.fill('Address or host name', '300.1.1.1')
        self.wait_for('“300.1.1.1” cannot be probed: it is neither an IP address nor a host name')
        self.assertFalse(SEEN.is_sensitive('Add'))
        self.fill('Address or host name', '127.0.0.9')
        self.fill('Name', 'Mine')
        self.click_at('Add Target', self.wait_for('More'))
        self.spin('Seconds between probes', 0.5)
        self.spin('Seconds to wait', 1.5)
        self.spin('Bytes', 172)
        self.spin('DSCP', 46)
        self.take_picture('preferences-add')
        wait('it can be added', lambda: SEEN.is_sensitive('Add'))
        SEEN.click('Add')
        target = wait('the target', lambda: self.monitor.target('127.0.0.9'))
        self.assertEqual([target[word] for word in ('name', 'interval-ms', 'timeout-ms', 'size', 'dscp', 'leg')],
                         ['Mine', 500, 1500, 172, 46, 'call'])
        self.wait_for('Edit Mine')
        self.wait_for('History of Mine')


if __name__ == '__main__':
    enter_network()
    tap.run_cases(sys.argv[3:])
