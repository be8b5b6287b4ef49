#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""pingem-tray in a real panel; only the monitor, the window and the notifications are the test's own.

usage: test-tray.py PINGEM-TRAY [CASE[.TEST]]...
"""

import ctypes
import os
import re
import subprocess
import sys
import unittest

from gi.repository import GLib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import tap  # noqa: E402
from lab.desktop import (MONITOR_NAME, SOURCE, Desktop, FakeMonitor, Service, make_dictionary, make_status,  # noqa: E402
                         make_target, output_folder, stop, wait)
from lab.language import texts_of  # noqa: E402
from lab.panel import CROP, Panel  # noqa: E402

PROGRAM = os.path.abspath(sys.argv[1])
DATA = os.path.join(SOURCE, 'data')
APP_ID = 'io.github.pingem.Pingem'
TRAY_NAME = 'io.github.pingem.Pingem.Tray'
TRAY_PATH = '/io/github/pingem/Pingem/Tray'

LEVELS = {'good': 'ok', 'degraded': 'local', 'bad': 'provider', 'down': 'no-network', 'unknown': 'unknown',
          'paused': 'paused'}

WINDOW_XML = '''<node>
  <interface name="org.freedesktop.Application">
    <method name="Activate"><arg type="a{sv}" direction="in"/></method>
    <method name="ActivateAction">
      <arg type="s" direction="in"/><arg type="av" direction="in"/><arg type="a{sv}" direction="in"/>
    </method>
  </interface>
  <interface name="org.gtk.Actions">
    <method name="Activate">
      <arg type="s" direction="in"/><arg type="av" direction="in"/><arg type="a{sv}" direction="in"/>
    </method>
  </interface>
</node>'''

NOTIFICATIONS_XML = '''<node>
  <interface name="org.freedesktop.Notifications">
    <method name="Notify">
      <arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/>
      <arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="as" direction="in"/>
      <arg type="a{sv}" direction="in"/><arg type="i" direction="in"/><arg type="u" direction="out"/>
    </method>
    <method name="CloseNotification"><arg type="u" direction="in"/></method>
    <signal name="ActionInvoked"><arg type="u"/><arg type="s"/></signal>
    <signal name="NotificationClosed"><arg type="u"/><arg type="u"/></signal>
  </interface>
</node>'''


def colour_of(level):
    """The icon's one flat colour."""
    name = os.path.join(DATA, 'icons', 'hicolor', 'scalable', 'status', '%s-%s.svg' % (APP_ID, level))
    with open(name, encoding='utf-8') as stream:
        return re.search('#[0-9a-f]{6}', stream.read()).group()


def make_targets():
    return [make_target('router', '192.168.1.1', 'router'), make_target('1.1.1.1', '1.1.1.1', 'internet', lost=3)]


class TrayTest(unittest.TestCase):
    def setUp(self):
        self.desktop = Desktop('800x200x24')
        self.addCleanup(self.desktop.close)
        self.env = self.desktop.env
        self.env['XDG_DATA_DIRS'] = DATA + ':/usr/local/share:/usr/share'
        self.addCleanup(self.check_errors)
        self.prepare()
        self.desktop.__enter__()

    def prepare(self):
        """What must be there before the bus starts."""

    def start_monitor(self, **options):
        monitor = FakeMonitor(self.desktop, **options)
        self.addCleanup(monitor.close)
        return monitor

    def start_service(self, name, path, xml):
        service = Service(self.desktop, name, path, xml)
        self.addCleanup(service.close)
        return service

    def start_tray(self, **env):
        with open(self.errors_name(), 'w', encoding='utf-8') as errors:
            return self.desktop.spawn([PROGRAM], env=dict(self.env, **env), stderr=errors)

    def errors_name(self):
        return os.path.join(self.desktop.folder, 'errors')

    def read_errors(self):
        with open(self.errors_name(), encoding='utf-8') as stream:
            return stream.read()

    def check_errors(self):
        """GTK's own status icon, to which the library falls back, may complain when a panel comes; nobody else may."""
        if os.path.exists(self.errors_name()):
            complaints = [line for line in self.read_errors().splitlines() if re.search('CRITICAL|WARNING', line)]
            self.assertEqual([line for line in complaints if 'gdk_window_thaw_toplevel_updates' not in line], [])

    def run_tray(self, **env):
        """Runs it to its end."""
        return subprocess.run([PROGRAM], env=dict(self.env, **env), capture_output=True, text=True, timeout=20,
                              check=False)

    def record(self, item):
        """What the item and its menu tell from now on, as it comes."""
        seen = []
        self.desktop.bus.signal_subscribe(item.name, None, None, None, None, 0,
                                          lambda bus, sender, path, interface, signal, arguments: seen.append(signal))
        # The match is added asynchronously; an answered call says that it is there.
        self.desktop.has_owner(item.name)
        return seen


class Levels(TrayTest):
    def test_levels(self):
        monitor = self.start_monitor(targets=make_targets())
        panel = Panel(self.desktop)
        self.start_tray()
        item = panel.wait_for_item()
        pictures = []

        self.assertEqual(item.get('Category'), 'SystemServices')
        self.assertEqual(item.get('Id'), APP_ID)
        for level, verdict in LEVELS.items():
            monitor.set(make_status(verdict, level, bad_leg='router', bad_name='Router', bad_lost=3, bad_reply=27)
                        if level in ('degraded', 'bad') else make_status(verdict, level))
            wait('the icon of ' + level, lambda: item.get('IconName') == '%s-%s' % (APP_ID, level))
            wait('pixels of ' + level, lambda: self.desktop.count_pixels(colour_of(level), CROP) >= 30)
            for other in set(LEVELS) - {level}:
                self.assertEqual(self.desktop.count_pixels(colour_of(other), CROP), 0, other)
            self.assertEqual(item.get('IconAccessibleDesc'), '%s: %s' % (level.capitalize(), item.get('Title')))
            pictures.append(os.path.join(output_folder(), 'tray-%s.png' % level))
            self.desktop.screenshot(pictures[-1], CROP)

        self.assertEqual(item.get('Title'), 'Paused: nothing is measured.')
        subprocess.run(['montage', '-label', '%t'] + pictures + ['-tile', '3x', '-geometry', '+4+4', '-background', 'white',
                                                                 os.path.join(output_folder(), 'tray-levels.png')],
                       check=True)

    def test_colours_differ(self):
        self.assertEqual(len({colour_of(level) for level in LEVELS}), len(LEVELS))


class Hebrew(TrayTest):
    def test_menu(self):
        targets = make_targets() + [make_target('provider', 'Provider', 'provider', fixed=True)]
        self.start_monitor(status=make_status('provider', 'bad', bad_leg='provider', bad_name='Provider', bad_lost=9),
                           targets=targets)
        panel = Panel(self.desktop)
        self.start_tray(LANGUAGE='he', PINGEM_LOCALE_DIR=texts_of(PROGRAM))
        item = panel.wait_for_item()
        wait('the monitor is shown', lambda: 'השהיה לשעה' in item.labels())
        # What is Latin stands in isolates, and what begins with it behind a mark from right to left.
        name = '\u2068אינטרנט\u2069 (\u20681.1.1.1\u2069)'
        line = '\u200f\u2068%s\u2069 — \u2068%s\u2069 · \u20681.2 מ״ש\u2069'
        detail = '\u200f\u2068100%\u2069 אבדו אל \u2068ספק\u2069 ב־30 השניות האחרונות (9 מתוך 9).'
        self.assertEqual(item.labels(), ['פתיחה', 'הספק מאבד חבילות.', detail, line % ('נתב', '0%'),
                                         line % ('\u200f' + name, '10%'), line % ('ספק', '0%'), 'השהיה לשעה',
                                         'השהיה עד להמשך', 'העדפות', 'יציאה והפסקת המדידה'])


class Menu(TrayTest):
    def setUp(self):
        super().setUp()
        self.monitor = self.start_monitor(targets=make_targets())
        self.panel = Panel(self.desktop)
        self.tray = self.start_tray()
        self.item = self.panel.wait_for_item()
        wait('the monitor is shown', lambda: 'Pause until Resumed' in self.item.labels())

    def start_window(self):
        return self.start_service(APP_ID, '/io/github/pingem/Pingem', WINDOW_XML)

    def test_lines(self):
        entries = self.item.read_menu()

        self.assertEqual([label for _, label, _ in entries],
                         ['Open', 'Your connection is fine.', 'Router — 0 % · 1.2 ms',
                          'Internet (1.1.1.1) — 10 % · 1.2 ms', 'Pause for 1 Hour', 'Pause until Resumed', 'Preferences',
                          'Quit and Stop Measuring'])
        self.assertEqual([enabled for _, _, enabled in entries], [True, False, False, False, True, True, True, True])

    def test_labels_change_in_place(self):
        before = self.item.read_menu()
        targets = make_targets()
        targets[0] = make_target('router', '192.168.1.1', 'router', lost=30)

        self.monitor.set(targets=targets)
        wait('the new numbers', lambda: 'Router — 100 % · –' in self.item.labels())
        self.assertEqual([number for number, _, _ in self.item.read_menu()], [number for number, _, _ in before])

        self.monitor.set(targets=targets + [make_target('a_b', 'a_b', 'call')])
        # Hosts read a single underline as the mark of a mnemonic.
        wait('the new target', lambda: 'Call (a__b) — 0 % · 1.2 ms' in self.item.labels())
        self.assertEqual(len(self.item.read_menu()), len(before) + 1)

        self.monitor.set(targets=targets[:1])
        wait('the targets are gone', lambda: len(self.item.read_menu()) == len(before) - 1)

    def test_silent_while_nothing_changes(self):
        seen = self.record(self.item)

        self.monitor.set(status=make_status('ok', 'good'), targets=make_targets())
        self.monitor.set(status=make_status('call', 'down', bad_leg='call', bad_name='host'))
        wait('the icon changes', lambda: 'NewIcon' in seen)
        wait('the sentence changes', lambda: 'ItemsPropertiesUpdated' in seen)

        del seen[:]
        self.monitor.set(status=make_status('call', 'down', bad_leg='call', bad_name='host'), targets=make_targets())
        self.monitor.set(status=make_status('paused', 'paused'))
        wait('the icon changes again', lambda: 'NewIcon' in seen)
        self.assertEqual(seen.count('NewIcon'), 1)

    def test_pause_and_resume(self):
        self.item.click('Pause for 1 Hour')
        wait('Pause is called', lambda: ('Pause', (3600,)) in self.monitor.calls)
        self.item.click('Pause until Resumed')
        wait('Pause is called', lambda: ('Pause', (0,)) in self.monitor.calls)

        self.monitor.set(status=make_status('paused', 'paused'))
        wait('the menu offers Resume', lambda: 'Resume' in self.item.labels())
        self.assertFalse(any('Pause ' in label for label in self.item.labels()))
        self.item.click('Resume')
        wait('Resume is called', lambda: ('Resume', ()) in self.monitor.calls)

    def test_refused_pause_is_told(self):
        def refuse(seconds):
            raise GLib.Error('This monitor cannot pause.')

        self.monitor.answers['Pause'] = refuse
        self.item.click('Pause until Resumed')
        wait('the refusal in the menu',
             lambda: any('This monitor cannot pause.' in label for label in self.item.labels()))

    def test_open(self):
        window = self.start_window()

        self.item.click('Open')
        wait('the window is activated', lambda: window.calls == [('Activate', ({},))])
        self.item.call('XAyatanaSecondaryActivate', GLib.Variant('(u)', (0,)))
        wait('middle click activates it too', lambda: len(window.calls) == 2)

    def test_preferences(self):
        window = self.start_window()

        self.item.click('Preferences')
        wait('the window is asked', lambda: window.calls == [('ActivateAction', ('preferences', [], {}))])

    def test_monochrome_while_all_is_well(self):
        self.monitor.set(settings=make_dictionary({'tray-monochrome': True}))
        wait('grey', lambda: self.item.get('IconName') == APP_ID + '-good-symbolic')
        # The panel gives it the colour of its own text.
        wait('pixels of it', lambda: self.desktop.count_pixels('#2E3436', CROP) >= 30)
        self.assertEqual(self.desktop.count_pixels(colour_of('good'), CROP), 0)
        self.desktop.screenshot(os.path.join(output_folder(), 'tray-monochrome.png'), CROP)
        self.monitor.set(status=make_status('ok', 'degraded'))
        wait('a colour', lambda: self.item.get('IconName') == APP_ID + '-degraded')
        self.monitor.set(status=make_status('ok', 'good'), settings=make_dictionary({'tray-monochrome': False}))
        wait('the colour of good', lambda: self.item.get('IconName') == APP_ID + '-good')

    def test_loss_as_a_label(self):
        self.assertEqual(self.item.get('XAyatanaLabel'), '')
        self.monitor.set(settings=make_dictionary({'tray-label': True}))
        wait('the loss', lambda: self.item.get('XAyatanaLabel') == '10 %')
        self.assertEqual(self.item.get('XAyatanaLabelGuide'), '100 %')
        self.monitor.set(targets=make_targets() + [make_target('8.8.8.8', '8.8.8.8', 'internet')])
        wait('that of the best', lambda: self.item.get('XAyatanaLabel') == '0 %')
        self.monitor.set(status=make_status('paused', 'paused'))
        wait('none', lambda: self.item.get('XAyatanaLabel') == '')

    def test_open_action(self):
        window = self.start_window()

        self.desktop.call(TRAY_NAME, TRAY_PATH, 'org.gtk.Actions', 'Activate',
                          GLib.Variant('(sava{sv})', ('open', [], {})))
        wait('the window is activated', lambda: window.calls == [('Activate', ({},))])

    def test_quit(self):
        window = self.start_window()

        self.item.click('Quit and Stop Measuring')
        wait('the tray ends', lambda: self.tray.poll() is not None)
        self.assertEqual(self.tray.returncode, 0)
        self.assertIn(('Quit', ()), self.monitor.calls)
        self.assertEqual(window.calls, [('Activate', ('quit', [], {}))])

    def test_refused_quit_is_told(self):
        def refuse():
            raise GLib.Error('This monitor stays.')

        self.monitor.answers['Quit'] = refuse
        self.item.click('Quit and Stop Measuring')
        wait('the refusal in the menu', lambda: any('This monitor stays.' in label for label in self.item.labels()))
        self.assertIsNone(self.tray.poll())

    def test_quit_without_a_window(self):
        self.item.click('Quit and Stop Measuring')
        wait('the tray ends', lambda: self.tray.poll() is not None)
        self.assertEqual(self.tray.returncode, 0)
        self.assertIn(('Quit', ()), self.monitor.calls)

    def test_quit_action_ends_the_tray_alone(self):
        self.desktop.call(TRAY_NAME, TRAY_PATH, 'org.gtk.Actions', 'Activate',
                          GLib.Variant('(sava{sv})', ('quit', [], {})))
        wait('the tray ends', lambda: self.tray.poll() is not None)
        self.assertEqual(self.monitor.calls, [])

    def test_watcher_restarts(self):
        name = self.item.name

        self.panel.stop()
        self.panel.start()
        item = self.panel.wait_for_item()
        self.assertEqual(item.name, name)
        self.assertEqual(item.get('IconName'), APP_ID + '-good')
        wait('the icon in the new panel', lambda: self.desktop.count_pixels(colour_of('good'), CROP) >= 30)

    def test_second_start(self):
        result = self.run_tray()

        self.assertEqual((result.returncode, result.stderr), (0, ''))
        self.assertEqual(result.stdout, "Pingem's tray icon is there already.\n")
        self.assertEqual(len(self.panel.list_items()), 1)
        self.assertIsNone(self.tray.poll())


class Notices(TrayTest):
    ID = 7
    OUTAGE = make_status('provider', 'bad', bad_leg='provider', bad_name='Provider', bad_lost=9, bad_reply=21)

    def setUp(self):
        super().setUp()
        self.notifications = self.start_service('org.freedesktop.Notifications', '/org/freedesktop/Notifications',
                                                NOTIFICATIONS_XML)
        self.notifications.answers['Notify'] = lambda *arguments: GLib.Variant('(u)', (self.ID,))
        self.monitor = self.start_monitor(targets=make_targets())
        self.monitor.set(settings=make_dictionary({'notify-after-s': 1}))
        self.panel = Panel(self.desktop)
        self.start_tray()
        self.item = self.panel.wait_for_item()
        self.show(make_status('ok', 'good'), 'good')

    def show(self, status, level):
        self.monitor.set(status=status)
        wait('the tray knows', lambda: self.item.get('IconName') == '%s-%s' % (APP_ID, level))

    def told(self):
        """(replaced, summary, body, category) of each."""
        return [(arguments[1], arguments[3], arguments[4], arguments[6].get('category'))
                for method, arguments in self.notifications.calls if method == 'Notify']

    def closed(self):
        return [arguments for method, arguments in self.notifications.calls if method == 'CloseNotification']

    def wait_for_onset(self):
        self.show(self.OUTAGE, 'bad')
        wait('the onset', lambda: len(self.told()) == 1)
        self.assertEqual(self.told()[0], (0, 'Your provider is losing packets.',
                                          '30 % lost to Provider in the last 30 s (9 of 30).', 'network.error'))

    def test_an_outage_from_onset_to_recovery(self):
        self.wait_for_onset()
        # Its numbers alone are no news.
        self.show(make_status('provider', 'bad', bad_leg='provider', bad_name='Provider', bad_lost=12, bad_reply=18), 'bad')
        self.show(make_status('ok', 'good'), 'good')
        wait('the recovery, in its place', lambda: len(self.told()) == 2)
        replaced, summary, body, category = self.told()[1]
        self.assertEqual((replaced, summary, category), (self.ID, 'Your connection is fine.', 'network.connected'))
        self.assertRegex(body, r'^The outage lasted \d+ s\.$')
        self.assertEqual(self.closed(), [])

    def test_what_is_short_is_not_told(self):
        self.monitor.set(settings=make_dictionary({'notify-after-s': 3600}))
        self.show(self.OUTAGE, 'bad')
        self.show(make_status('ok', 'good'), 'good')
        self.monitor.set(settings=make_dictionary({'notify-after-s': 1}))
        self.wait_for_onset()

    def test_a_pause_withdraws_it(self):
        self.wait_for_onset()
        self.show(make_status('paused', 'paused'), 'paused')
        wait('it is withdrawn', lambda: self.closed() == [(self.ID,)])
        self.show(make_status('ok', 'good'), 'good')
        self.assertEqual(len(self.told()), 1)

    def test_it_can_be_switched_off(self):
        self.wait_for_onset()
        self.monitor.set(settings=make_dictionary({'notify': False, 'notify-after-s': 1}))
        wait('it is withdrawn', lambda: self.closed() == [(self.ID,)])

    def test_another_sentence_is_told_in_its_place_unless_it_was_dismissed(self):
        self.wait_for_onset()
        self.show(make_status('no-network', 'down'), 'down')
        wait('the other one', lambda: len(self.told()) == 2, 20)
        self.assertEqual(self.told()[1][0], self.ID)
        self.notifications.bus.emit_signal(None, self.notifications.path, 'org.freedesktop.Notifications',
                                           'NotificationClosed', GLib.Variant('(uu)', (self.ID, 2)))
        self.show(self.OUTAGE, 'bad')
        self.show(make_status('ok', 'good'), 'good')
        wait('the recovery', lambda: len(self.told()) == 3)
        self.assertEqual(self.told()[2][0], 0)

    def test_its_button_opens_the_window(self):
        window = self.start_service(APP_ID, '/io/github/pingem/Pingem', WINDOW_XML)
        self.wait_for_onset()
        self.notifications.bus.emit_signal(None, self.notifications.path, 'org.freedesktop.Notifications',
                                           'ActionInvoked', GLib.Variant('(us)', (self.ID, 'default')))
        wait('the window', lambda: window.calls == [('Activate', ({},))])

    def test_the_monitor_ends(self):
        self.wait_for_onset()
        self.monitor.close()
        wait('it is withdrawn', lambda: self.closed() == [(self.ID,)])


class Starting(TrayTest):
    """The bus can start a monitor: a script that notes it and fails; and `pingem` is such a script too."""

    def prepare(self):
        folder = self.desktop.folder
        self.env['PATH'] = folder + ':' + self.env['PATH']
        self.write_script('pingem', 'echo >>%s/opened\n' % folder)
        self.write_script('monitor', 'echo >>%s/started\nexit 1\n' % folder)
        self.desktop.add_service(MONITOR_NAME, folder + '/monitor')

    def write_script(self, name, body):
        file_name = os.path.join(self.desktop.folder, name)
        with open(file_name, 'w', encoding='utf-8') as stream:
            stream.write('#!/bin/sh\n' + body)
        os.chmod(file_name, 0o755)

    def count(self, name):
        try:
            with open(os.path.join(self.desktop.folder, name), encoding='utf-8') as stream:
                return len(stream.readlines())
        except FileNotFoundError:
            return 0

    def test_monitor_cannot_be_started(self):
        panel = Panel(self.desktop)
        self.start_tray()
        item = panel.wait_for_item()

        wait('the bus was asked for the monitor', lambda: self.count('started') == 1)
        wait('the reason', lambda: any('cannot be started' in label for label in item.labels()))
        self.assertEqual(item.get('IconName'), APP_ID + '-unknown')
        self.assertIn('The monitor is not running.', item.labels())
        self.assertNotIn('Pause until Resumed', item.labels())
        self.assertIn('cannot be started', self.read_errors())

        item.click('Start Measuring')
        wait('the bus was asked again', lambda: self.count('started') == 2)

        self.start_monitor()
        wait('the reason is gone', lambda: item.labels() == [
            'Open', 'Your connection is fine.', 'Pause for 1 Hour', 'Pause until Resumed', 'Preferences',
            'Quit and Stop Measuring'])

    def test_monitor_vanishes_and_returns(self):
        monitor = self.start_monitor(targets=make_targets())
        panel = Panel(self.desktop)
        self.start_tray()
        item = panel.wait_for_item()
        wait('the icon is green', lambda: item.get('IconName') == APP_ID + '-good')

        monitor.close()
        wait('the icon is unknown', lambda: item.get('IconName') == APP_ID + '-unknown')
        self.assertEqual(item.labels(), ['Open', 'The monitor is not running.', 'Start Measuring', 'Preferences',
                                         'Quit and Stop Measuring'])

        self.start_monitor(status=make_status('no-network', 'down'))
        wait('the icon is back', lambda: item.get('IconName') == APP_ID + '-down')
        wait('so is the menu', lambda: 'Pause until Resumed' in item.labels())
        self.assertEqual(self.count('started'), 0)

    def test_open_starts_the_program(self):
        self.start_monitor()
        panel = Panel(self.desktop)
        self.start_tray()
        panel.wait_for_item().click('Open')
        wait('pingem is started', lambda: self.count('opened') == 1)

    def test_window_cannot_be_opened(self):
        self.start_monitor()
        with open(os.path.join(self.desktop.folder, 'pingem'), 'w', encoding='utf-8') as stream:
            stream.write('#!/nonexistent/interpreter\n')
        panel = Panel(self.desktop)
        self.start_tray()
        item = panel.wait_for_item()

        item.click('Open')
        wait('the reason', lambda: any('The Pingem window cannot be opened' in label for label in item.labels()))

        window = self.start_service(APP_ID, '/io/github/pingem/Pingem', WINDOW_XML)
        item.click('Open')
        wait('the reason is gone', lambda: not any('cannot be opened' in label for label in item.labels()))
        self.assertEqual(window.calls, [('Activate', ({},))])

    def test_quit_without_a_monitor(self):
        panel = Panel(self.desktop)
        tray = self.start_tray()
        item = panel.wait_for_item()
        wait('the bus was asked for the monitor', lambda: self.count('started') == 1)

        item.click('Quit and Stop Measuring')
        wait('the tray ends', lambda: tray.poll() is not None)
        self.assertEqual(tray.returncode, 0)
        self.assertEqual(self.count('started'), 1)


class Alone(TrayTest):
    def test_no_host(self):
        notifications = self.start_service('org.freedesktop.Notifications', '/org/freedesktop/Notifications',
                                           NOTIFICATIONS_XML)
        window = self.start_service(APP_ID, '/io/github/pingem/Pingem', WINDOW_XML)
        notifications.answers['Notify'] = lambda *arguments: GLib.Variant('(u)', (7,))
        self.start_monitor()
        tray = self.start_tray()

        wait('it says so', lambda: 'No tray on this desktop (XFCE)' in self.read_errors())
        self.assertEqual(len(self.read_errors().splitlines()), 1)
        wait('a notification', lambda: notifications.calls)
        method, arguments = notifications.calls[0]
        self.assertEqual((method, arguments[0]), ('Notify', 'Pingem'))
        self.assertIn('open', arguments[5])

        for number in (6, 7):
            notifications.bus.emit_signal(None, notifications.path, 'org.freedesktop.Notifications', 'ActionInvoked',
                                          GLib.Variant('(us)', (number, 'open')))
        wait('its button opens the window', lambda: window.calls == [('Activate', ({},))])

        self.assertIn('Status Tray Plugin', arguments[4])

        # A host that comes later is found, and nothing is said twice.
        item = Panel(self.desktop).wait_for_item()
        self.assertEqual(item.get('IconName'), APP_ID + '-good')
        self.assertEqual(len(notifications.calls), 1)
        self.assertEqual(len(self.read_errors().splitlines()), 1)
        self.assertIsNone(tray.poll())

    def test_no_host_is_told_once(self):
        notifications = self.start_service('org.freedesktop.Notifications', '/org/freedesktop/Notifications',
                                           NOTIFICATIONS_XML)
        notifications.answers['Notify'] = lambda *arguments: GLib.Variant('(u)', (7,))
        self.start_monitor()
        for n, desktop in enumerate(('ubuntu:GNOME', 'ubuntu:GNOME', 'MATE')):
            tray = self.start_tray(XDG_CURRENT_DESKTOP=desktop)
            wait('it says so', lambda: 'No tray on this desktop' in self.read_errors())
            wait('a notification, if it is new', lambda: len(notifications.calls) == (1, 1, 2)[n])
            stop(tray)
        self.assertIn('AppIndicator and KStatusNotifierItem Support', notifications.calls[0][1][4])

    def own_xembed_tray(self):
        """What an XEmbed tray, such as trayer, does first."""
        x11 = ctypes.CDLL('libX11.so.6')
        x11.XOpenDisplay.restype = ctypes.c_void_p
        x11.XDefaultRootWindow.restype = x11.XInternAtom.restype = x11.XCreateSimpleWindow.restype = ctypes.c_ulong
        display = ctypes.c_void_p(x11.XOpenDisplay(self.env['DISPLAY'].encode()))
        self.addCleanup(x11.XCloseDisplay, display)
        root = ctypes.c_ulong(x11.XDefaultRootWindow(display))
        window = ctypes.c_ulong(x11.XCreateSimpleWindow(display, root, 0, 0, 1, 1, 0, ctypes.c_ulong(0),
                                                        ctypes.c_ulong(0)))
        atom = ctypes.c_ulong(x11.XInternAtom(display, b'_NET_SYSTEM_TRAY_S0', 0))
        x11.XSetSelectionOwner(display, atom, window, ctypes.c_ulong(0))
        x11.XSync(display, 0)

    def test_xembed_tray_is_a_host(self):
        self.own_xembed_tray()
        self.start_monitor()
        asked_name = os.path.join(self.desktop.folder, 'asked')
        with open(asked_name, 'w', encoding='utf-8') as asked:
            monitor = self.desktop.spawn(['dbus-monitor', '--session', "member='NameHasOwner'"], stdout=asked)
        self.addCleanup(stop, monitor)
        self.start_tray()

        def has_asked():
            with open(asked_name, encoding='utf-8') as stream:
                return 'org.kde.StatusNotifierWatcher' in stream.read()

        wait('the tray looks for a host', has_asked)
        # The bus has answered it before it passes this on, so the tray knows by now.
        self.desktop.call(TRAY_NAME, TRAY_PATH, 'org.gtk.Actions', 'List')
        self.assertEqual(self.read_errors(), '')

    def test_no_display(self):
        result = self.run_tray(DISPLAY='')

        self.assertEqual((result.returncode, result.stdout), (1, ''))
        self.assertEqual(len(result.stderr.splitlines()), 1)
        self.assertIn('There is no display', result.stderr)

    def test_no_session_bus(self):
        result = self.run_tray(DBUS_SESSION_BUS_ADDRESS='unix:path=/nonexistent/bus')

        self.assertEqual((result.returncode, result.stdout), (1, ''))
        self.assertEqual(len(result.stderr.splitlines()), 1)
        self.assertIn('There is no session bus', result.stderr)


if __name__ == '__main__':
    tap.run_cases(sys.argv[2:])
