#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""pingem, met by AT-SPI, keys and pixels; only the monitor is the test's own.

usage: test-window.py PINGEM [CASE[.TEST]]...
"""

import os
import subprocess
import sys
import time

from gi.repository import GLib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import tap  # noqa: E402
from lab.atspi import FOCUSED, SENSITIVE  # noqa: E402
from lab.desktop import Service, make_event, make_status, make_target, wait  # noqa: E402
from lab.faked_window import FakedTest, History, make_column, make_targets  # noqa: E402
from lab.window import APP_ID, GRIP, LOST, P50, PROGRAM, SEEN, start_desktop  # noqa: E402

APP_PATH = '/io/github/pingem/Pingem'
TRAY_XML = '''<node>
  <interface name="org.gtk.Actions">
    <method name="Activate">
      <arg type="s" direction="in"/><arg type="av" direction="in"/><arg type="a{sv}" direction="in"/>
    </method>
  </interface>
</node>'''

setUpModule = start_desktop


class Content(FakedTest):
    def test_rows(self):
        self.start_monitor(make_status('local', 'degraded', bad_leg='router', bad_name='Router', bad_lost=2,
                                       bad_reply=28, cleared=True))
        self.start_window()

        for text in ('Your local network is losing packets.', 'Router', '192.168.1.1', '6.7 % lost', '1.2 ms',
                     '1.1.1.1', 'Internet', '12.3 ms', '0 % lost', 'My calls', 'Call · call.example · 203.0.113.7',
                     '31.0 ms', 'jitter 2.4 ms · MOS 4.4', 'The name call.example cannot be looked up.', 'full height: 50.0 ms'):
            self.wait_for(text)
        names = SEEN.names()
        self.assertTrue(names.index('Router') < names.index('1.1.1.1') < names.index('My calls'))

    def test_rows_follow_the_monitor(self):
        monitor = self.start_monitor()
        self.start_window()
        self.wait_for('My calls')

        monitor.set(status=make_status('call', 'down', bad_leg='call', bad_name='My calls', bad_lost=30),
                    targets=[make_target('call.example', 'My calls', 'call', lost=30, level='down'),
                             make_target('9.9.9.9', 'Quad', 'internet')])
        self.wait_for('My calls does not answer.')
        self.wait_for('100 % lost')
        self.wait_for('Quad')
        self.assertIsNone(SEEN.find('Router'))
        names = SEEN.names()
        self.assertLess(names.index('My calls'), names.index('Quad'))

    def test_what_goes_wrong_beside(self):
        monitor = self.start_monitor(make_status('ok', 'good', problems=['The history was damaged: it is set aside.']))
        self.start_window()
        self.wait_for('The history was damaged: it is set aside.')
        monitor.set(status=make_status('ok', 'good'))
        wait('it is over', lambda: SEEN.find('The history was damaged: it is set aside.') is None)

    def test_all_is_reached_by_tab(self):
        self.start_monitor(make_status('local', 'degraded', bad_leg='router', bad_name='Router', bad_lost=2,
                                       bad_reply=28, cleared=True))
        self.start_window()
        self.wait_for('My calls')
        focused = []
        for _ in range(20):
            self.xdotool('key', 'Tab')
            focused.append(self.wait_for_focus(focused[-1:]))
        names = [name for name, _ in focused]
        for name in ('Add a target', 'Pause', 'Main menu', '5 min', '1 h', '6 h', '1 day', '7 days', '30 days', 'Log RTT',
                     'History of Router', 'History of 1.1.1.1', 'History of My calls'):
            self.assertIn(name, names)
        self.assertEqual(len({path for name, path in focused if name == 'Change or remove this target'}), 3, names)

    def wait_for_focus(self, but):
        """The name and path of what has it now."""
        def find():
            for node in SEEN.nodes():
                try:
                    if node.has_state(FOCUSED) and node.name() and [(node.name(), node.path)] != but:
                        return node.name(), node.path
                except GLib.Error:
                    continue
            return None
        return wait('the focus moves on from %s' % but, find)

    def test_strip_is_told_to_screen_readers(self):
        self.start_monitor(history=History(has_burst=False))
        self.start_window()
        strip = self.wait_for('History of Router')

        self.assertIn(strip.role(), ('image', 'canvas'))
        wait('what it shows', lambda: SEEN.find('History of Router').get('Description').startswith('0 % missing (0 of '))


class Strips(FakedTest):
    def look(self, look, **env):
        self.start_monitor(make_status('local', 'degraded', bad_leg='router', bad_name='Router', bad_lost=2,
                                       bad_reply=28, cleared=True))
        self.start_window(**env)
        self.wait_for_pixels(P50[look])
        self.wait_for_pixels(LOST[look])
        self.take_picture(look)

    def test_light(self):
        self.look('light')

    def test_dark(self):
        self.look('dark', ADW_DEBUG_COLOR_SCHEME='prefer-dark')

    def test_high_contrast(self):
        self.look('contrast', ADW_DEBUG_HIGH_CONTRAST='1')

    def test_good_is_quiet(self):
        self.start_monitor(history=History(has_burst=False), targets=make_targets()[1:2])
        self.start_window()
        self.wait_for_pixels(P50['light'])
        self.take_picture('good')
        self.assertEqual(self.count_on_strip(LOST['light'], '1.1.1.1'), 0)

    def test_a_new_loss_appears(self):
        history = History(has_burst=False)
        monitor = self.start_monitor(history=history, targets=make_targets()[1:2])
        self.start_window()
        self.wait_for_pixels(P50['light'])
        self.assertEqual(self.count_on_strip(LOST['light'], '1.1.1.1'), 0)

        SEEN.click('5 min')
        # One that already passed is corrected, too.
        history.make = lambda key, start, span: make_column(
            start, span, 12000, lost=1 if 20000 < history.now_ms - start < 24000 else 0)
        self.wait_for_pixels(LOST['light'], 4)
        full, tail = max(self.asked(monitor, 'Columns'), key=lambda a: a[3]), self.asked(monitor, 'Columns')[-1]
        self.assertLess(tail[3], full[3])

    def test_ranges(self):
        monitor = self.start_monitor()
        self.start_window()
        self.wait_for_pixels(LOST['light'])

        for name, seconds in (('5 min', 300), ('6 h', 21600), ('1 day', 86400), ('7 days', 604800),
                              ('30 days', 2592000), ('1 h', 3600)):
            SEEN.click(name)

            def covers(arguments):
                key, from_ms, to_ms, n = arguments
                span_ms = (to_ms - from_ms) // n
                return seconds * 1000 <= to_ms - from_ms < seconds * 1000 + span_ms and from_ms % span_ms == 0

            wait('columns of ' + name, lambda: any(map(covers, self.asked(monitor, 'Columns'))))
            monitor.calls.clear()

    def shown(self, monitor):
        """From when to when, in seconds before now, the newest question's columns are."""
        _, from_ms, to_ms, _ = self.asked(monitor, 'Columns')[-1]
        now_ms = time.time() * 1000
        return (now_ms - from_ms) / 1000, (now_ms - to_ms) / 1000

    def focus_strip(self, name='1.1.1.1'):
        box = SEEN.find('History of ' + name).box()
        self.xdotool('mousemove', str(box.x + box.width // 2), str(box.y + GRIP))
        self.xdotool('click', '1')
        wait('the focus', lambda: SEEN.find('History of ' + name).has_state(FOCUSED))
        return box

    def test_wheel_zooms_at_the_pointer_and_drag_pans(self):
        monitor = self.start_monitor()
        self.start_window()
        self.wait_for_pixels(LOST['light'])
        box = self.focus_strip()
        monitor.calls.clear()
        self.xdotool('click', '--repeat', '4', '4')
        wait('half an hour, in the middle of the hour', lambda: self.asked(monitor, 'Columns') and
             3600 / 2 + 900 > self.shown(monitor)[0] > self.shown(monitor)[1] > 600)
        self.take_picture('zoomed')
        begin, end = self.shown(monitor)

        self.xdotool('mousemove', str(box.x + 100), str(box.y + GRIP), 'mousedown', '1')
        for x in (150, 200, 300):
            self.xdotool('mousemove', str(box.x + x), str(box.y + GRIP))
        self.xdotool('mouseup', '1')
        wait('earlier', lambda: self.shown(monitor)[0] > begin + 200 and self.shown(monitor)[1] > end + 200)
        SEEN.click('Now')
        wait('now', lambda: abs(self.shown(monitor)[1]) < 60)

    def test_keys_walk_zoom_and_pan(self):
        monitor = self.start_monitor()
        self.start_window()
        self.wait_for_pixels(LOST['light'])
        self.focus_strip()
        self.xdotool('mousemove', '3', '3')
        wait('no cursor', lambda: not self.told())
        self.xdotool('key', 'Left')
        first = wait('the newest column', self.told)
        self.xdotool('key', 'Left')
        wait('the one before', lambda: self.told() not in (None, first))
        self.xdotool('key', 'Right')
        wait('the newest again', lambda: self.told() == first)
        monitor.calls.clear()
        self.xdotool('key', 'minus')
        wait('two hours', lambda: self.asked(monitor, 'Columns') and self.shown(monitor)[0] > 7000)
        self.xdotool('key', 'plus', 'plus')
        wait('half an hour', lambda: 1700 < self.shown(monitor)[0] < 1900)
        self.xdotool('key', 'Page_Up')
        wait('a quarter of an hour earlier', lambda: self.shown(monitor)[0] > 2600)
        self.xdotool('key', 'End')
        wait('now', lambda: abs(self.shown(monitor)[1]) < 60)
        self.assertIsNone(self.told())
        # As near and as far as it goes, and no further.
        self.xdotool('key', '--repeat', '12', 'plus')
        wait('a minute', lambda: 55 < self.shown(monitor)[0] < 130)
        self.xdotool('key', '--repeat', '25', 'minus')
        wait('90 days', lambda: 89 * 86400 < self.shown(monitor)[0] < 92 * 86400)
        self.wait_for_pixels(P50['light'])

    def told(self):
        return next((name for name in SEEN.names() if ' due, ' in name), None)

    def test_logarithm(self):
        self.start_monitor()
        self.start_window()
        self.wait_for('full height: 50.0 ms')
        SEEN.click('Log RTT')
        self.wait_for('full height: 100 ms')
        self.wait_for_pixels(P50['light'])
        self.take_picture('log')

    def test_strips_are_as_high_beside_a_long_problem(self):
        targets = make_targets()
        targets[2]['problem'] = GLib.Variant('s', 'A sentence that takes a lot of lines. ' * 5)
        self.start_monitor(targets=targets)
        self.start_window()
        self.wait_for('My calls')
        self.assertEqual(SEEN.find('History of My calls').box().height, SEEN.find('History of Router').box().height)

    def test_narrow(self):
        monitor = self.start_monitor(make_status('local', 'degraded', bad_leg='router', bad_name='Router', bad_lost=2,
                                                 bad_reply=28, cleared=True))
        self.start_window(size=(370, 720))
        self.wait_for('My calls')

        strip = wait('the strip is below its numbers', lambda: self.find_below('History of Router', 'jitter 100 µs · MOS 4.4'))
        wait('columns for this width', lambda: any(a[3] < 100 for a in self.asked(monitor, 'Columns')))
        self.assertGreaterEqual(strip.x, 0)
        self.assertLessEqual(strip.x + strip.width, 370)
        self.take_picture('narrow')

    def find_below(self, lower, upper):
        boxes = [self.wait_for(name).box() for name in (lower, upper)]
        return boxes[0] if boxes[0].y >= boxes[1].y + boxes[1].height else None

    def test_pointer_tells_a_column(self):
        self.start_monitor()
        self.start_window()
        self.wait_for_pixels(LOST['light'])
        box = SEEN.find('History of 1.1.1.1').box()
        for x in (200, 202):
            self.xdotool('mousemove', str(box.x + x), str(box.y + GRIP))
        wait('the tooltip', lambda: any('due, ' in name for name in SEEN.names()))
        self.take_picture('tooltip')

    def test_nothing_is_asked_while_hidden(self):
        monitor = self.start_monitor()
        self.start_window()
        self.wait_for_pixels(LOST['light'])
        self.xdotool('windowminimize', self.window)
        wait('it is minimised', lambda: '_NET_WM_STATE_HIDDEN' in self.read_state())
        # That nothing comes can be told only by waiting: three times as long as between two questions.
        self.wait_seconds(1)
        monitor.calls.clear()
        self.wait_seconds(3 * (3600 / 160 / 8))
        self.assertEqual(self.asked(monitor, 'Columns'), [])

        self.xdotool('windowactivate', self.window)
        wait('columns again', lambda: self.asked(monitor, 'Columns'))

    def test_nothing_is_drawn_while_nothing_changes(self):
        self.start_monitor(history=History(has_burst=False))
        self.start_window()
        self.wait_for_pixels(P50['light'])
        self.wait_seconds(2)
        before = self.count_wake_ups()
        self.wait_seconds(5)
        # One that draws each frame wakes up 300 times and more; one that asks for columns now and then, some dozen.
        self.assertLess(self.count_wake_ups() - before, 150)

    def read_state(self):
        return subprocess.run(['xprop', '-id', self.window, '_NET_WM_STATE'], env=self.desktop.env, capture_output=True,
                              text=True, check=True).stdout

    def wait_seconds(self, seconds):
        end = time.monotonic() + seconds
        wait('%d s' % seconds, lambda: time.monotonic() > end)


class Events(FakedTest):
    def setUp(self):
        super().setUp()
        self.now_ms = int(time.time() * 1000)
        self.monitor = self.start_monitor(history=History(has_burst=False))
        self.monitor.answers['Events'] = self.answer

    def answer(self, from_ms, to_ms, n):
        events = [make_event('network', self.now_ms - 1500000, text='wlan0 192.168.1.1'),
                  make_event('outage', self.now_ms - 900000, self.now_ms - 780000, text='provider', leg='provider',
                             key='1.1.1.1', due=120, bad=60),
                  make_event('note', self.now_ms - 600000, text='in the <kitchen>')]
        return GLib.Variant('(aa{sv})', ([event for event in events if from_ms <= event['from-ms'].unpack() < to_ms],))

    def test_marks_on_the_strips(self):
        self.start_window()
        self.wait_for_pixels(P50['light'])
        self.wait_for_pixels(LOST['light'], 30)
        self.assertEqual(self.count_on_strip(LOST['light'], 'Router'), 0)
        box = SEEN.find('History of 1.1.1.1').box()
        for share in (0.76, 0.765):
            self.xdotool('mousemove', str(int(box.x + box.width * share)), str(box.y + GRIP))
        wait('it is told', lambda: any('Outage: ' in name for name in SEEN.names()))
        self.take_picture('marks')

    def test_the_list_leads_to_the_strips(self):
        self.start_window()
        self.wait_for_pixels(P50['light'])
        SEEN.click('Events')
        self.wait_for('Note: in the <kitchen>')
        titles = [name.split(':')[0] for name in SEEN.names() if name.startswith(('Note: ', 'Outage: ', 'Network: '))]
        self.assertEqual(list(dict.fromkeys(titles)), ['Note', 'Outage', 'Network'])
        self.assertTrue(any(name.endswith(', 2 min 0 s') for name in SEEN.names()))
        self.take_picture('events')
        SEEN.click('Outages Only')
        wait('outages only', lambda: SEEN.find('Note: in the <kitchen>') is None)
        self.monitor.calls.clear()
        box = SEEN.find(next(name for name in SEEN.names() if name.startswith('Outage: '))).box()
        self.xdotool('mousemove', str(box.x + 20), str(box.y + 10), 'click', '1')
        wait('its place on the strips', lambda: any(
            abs(to_ms - (self.now_ms - 780000 + 300000)) < 60000 for _, _, to_ms, _ in self.asked(self.monitor, 'Columns')))
        wait('the strips are seen', lambda: SEEN.find('History of 1.1.1.1').box().width > 0)
        self.take_picture('chosen')

    def test_a_note_is_added(self):
        self.start_window()
        self.wait_for_pixels(P50['light'])
        SEEN.click('Events')
        self.wait_for('Note')
        self.assertFalse(SEEN.is_sensitive('Add Note'))
        SEEN.find('Note', ('text', 'text box', 'entry')).write('  rain  ')
        wait('it can be added', lambda: SEEN.is_sensitive('Add Note'))
        SEEN.click('Add Note')
        wait('AddNote', lambda: self.asked(self.monitor, 'AddNote') == [(0, 'rain')])
        wait('the entry is empty', lambda: not SEEN.is_sensitive('Add Note'))

        def refuse(at_ms, text):
            raise GLib.Error('The history cannot be written.')

        self.monitor.answers['AddNote'] = refuse
        SEEN.find('Note', ('text', 'text box', 'entry')).write('hail')
        wait('it can be added', lambda: SEEN.is_sensitive('Add Note'))
        SEEN.click('Add Note')
        self.wait_for('The history cannot be written.')
        self.assertTrue(SEEN.is_sensitive('Add Note'))


class Dialogs(FakedTest):
    def setUp(self):
        super().setUp()
        self.monitor = self.start_monitor()
        self.start_window()
        self.wait_for('My calls')

    def open_add(self):
        self.xdotool('key', 'ctrl+n')
        self.wait_for('Address or host name')

    def wait_closed(self, title):
        wait('the dialog is closed', lambda: not self.xdotool('search', '--onlyvisible', '--name', title).split())

    def fill(self, label, text):
        node = wait(label, lambda: SEEN.find(label, ('text', 'text box', 'entry')))
        node.write(text)

    def test_add(self):
        self.open_add()
        self.assertFalse(SEEN.is_sensitive('Add'))
        self.fill('Address or host name', ' call2.example ')
        self.fill('Name', 'Second')
        wait('it can be added', lambda: SEEN.is_sensitive('Add'))
        self.take_picture('add')
        SEEN.click('Add')
        wait('AddTarget', lambda: self.asked(self.monitor, 'AddTarget'))
        self.assertEqual(self.asked(self.monitor, 'AddTarget'),
                         [({'address': 'call2.example', 'name': 'Second', 'leg': 'call', 'interval-ms': 1000},)])
        self.wait_closed('Add Target')

    def test_refusal_is_told_and_nothing_is_lost(self):
        def refuse(target):
            raise GLib.Error('9.9.9.9 is watched already')

        self.monitor.answers['AddTarget'] = refuse
        self.open_add()
        self.fill('Address or host name', '9.9.9.9')
        wait('it can be added', lambda: SEEN.is_sensitive('Add'))
        SEEN.click('Add')
        self.wait_for('9.9.9.9 is watched already')
        self.take_picture('refused')

        self.monitor.answers.pop('AddTarget')
        wait('it can be tried again', lambda: SEEN.is_sensitive('Add'))
        SEEN.click('Add')
        wait('AddTarget again', lambda: len(self.asked(self.monitor, 'AddTarget')) == 2)
        self.assertEqual(self.asked(self.monitor, 'AddTarget')[1][0]['address'], '9.9.9.9')

    def test_the_monitor_ends_meanwhile(self):
        self.open_add()
        self.fill('Address or host name', '9.9.9.9')
        wait('it can be added', lambda: SEEN.is_sensitive('Add'))
        self.monitor.close()
        SEEN.click('Add')
        self.wait_for('The monitor does not answer: it may have ended.')

    def test_too_long(self):
        self.open_add()
        self.fill('Address or host name', 'x' * 300)
        self.wait_for('That is too long: shorten the address or the name.')
        self.assertFalse(SEEN.is_sensitive('Add'))

    def test_edit(self):
        self.open_menu(2)
        SEEN.click('Edit…')
        wait('the dialog', lambda: self.xdotool('search', '--onlyvisible', '--name', 'Edit Target').split())
        self.fill('Name', 'Work')
        self.take_picture('edit')
        SEEN.click('Save')
        wait('ChangeTarget', lambda: self.asked(self.monitor, 'ChangeTarget'))
        self.assertEqual(self.asked(self.monitor, 'ChangeTarget'), [('call.example', {'name': 'Work'})])

    def test_remove(self):
        self.open_menu(2)
        SEEN.click('Remove…')
        self.wait_for('Remove My calls?')
        self.take_picture('remove')
        self.assertEqual(self.asked(self.monitor, 'RemoveTarget'), [])
        SEEN.click('Remove')
        wait('RemoveTarget', lambda: self.asked(self.monitor, 'RemoveTarget') == [('call.example',)])

    def test_remove_is_refused(self):
        def refuse(key):
            raise GLib.Error('The file of settings cannot be written: <disk full>.')

        self.monitor.answers['RemoveTarget'] = refuse
        self.open_menu(1)
        SEEN.click('Remove…')
        self.wait_for('Remove 1.1.1.1?')
        SEEN.click('Remove')
        self.wait_for('The file of settings cannot be written: <disk full>.')

    def test_the_router_cannot_be_removed(self):
        self.open_menu(0)
        self.assertFalse(SEEN.find('Remove…').has_state(SENSITIVE))


class Control(FakedTest):
    def test_pause_and_resume(self):
        monitor = self.start_monitor()
        self.start_window()
        self.wait_for('Pause')
        SEEN.click('Pause')
        wait('Pause is called', lambda: self.asked(monitor, 'Pause') == [(0,)])

        monitor.set(status=make_status('paused', 'paused'))
        self.wait_for('Paused: nothing is measured.')
        self.wait_for('Resume')
        SEEN.click('Resume')
        wait('Resume is called', lambda: self.asked(monitor, 'Resume') == [()])

    def test_shortcuts(self):
        self.start_monitor()
        self.start_window()
        self.wait_for('Pause')
        self.xdotool('key', 'ctrl+question')
        self.wait_for('Close the Window and Go On Measuring')
        self.take_picture('shortcuts')

    def test_quit_and_stop(self):
        monitor = self.start_monitor()
        tray = Service(self.desktop, APP_ID + '.Tray', APP_PATH + '/Tray', TRAY_XML)
        self.addCleanup(tray.close)
        self.start_window()
        self.wait_for('Pause')
        self.activate('stop')
        wait('it ends', lambda: self.program.poll() is not None)
        self.assertEqual(self.program.returncode, 0)
        self.assertEqual(self.asked(monitor, 'Quit'), [()])
        self.assertEqual(tray.calls, [('Activate', ('quit', [], {}))])

    def activate(self, action):
        self.desktop.call(APP_ID, APP_PATH, 'org.gtk.Actions', 'Activate',
                          GLib.Variant('(sava{sv})', (action, [], {})))

    def test_monitor_that_does_not_end(self):
        def refuse():
            raise GLib.Error('This monitor stays.')

        monitor = self.start_monitor()
        monitor.answers['Quit'] = refuse
        self.start_window()
        self.wait_for('Pause')
        self.activate('stop')
        self.wait_for('The monitor does not end: This monitor stays.')
        self.assertIsNone(self.program.poll())

    def test_quit_leaves_the_monitor(self):
        monitor = self.start_monitor()
        self.start_window()
        self.wait_for('Pause')
        self.activate('quit')
        wait('it ends', lambda: self.program.poll() is not None)
        self.assertEqual(self.asked(monitor, 'Quit'), [])

    def test_second_start_shows_the_first(self):
        self.start_monitor()
        self.start_window()
        self.wait_for('Pause')
        second = subprocess.run([PROGRAM], env=self.desktop.env, timeout=20, check=False)
        self.assertEqual(second.returncode, 0)
        self.assertIsNone(self.program.poll())
        self.assertEqual(len(self.xdotool('search', '--onlyvisible', '--name', '^Pingem$').split()), 1)

    def test_about(self):
        self.start_monitor()
        self.start_window()
        self.wait_for('Pause')
        self.activate('about')
        self.wait_for('The Pingem authors')


class Absent(FakedTest):
    def test_no_monitor(self):
        self.start_window()
        self.wait_for('The Monitor Does Not Run')
        self.assertTrue(any('it cannot be started' in name and 'pingem-monitor' in name for name in SEEN.names()))
        self.take_picture('absent')

        self.start_monitor()
        SEEN.click('Try Again')
        self.wait_for('My calls')
        self.wait_for_pixels(P50['light'])

    def test_monitor_vanishes_and_returns(self):
        monitor = self.start_monitor()
        self.start_window()
        self.wait_for('My calls')
        self.wait_for_pixels(LOST['light'])

        monitor.close()
        self.wait_for('The monitor has stopped: nothing is measured.')
        self.wait_for('My calls')
        self.wait_for('– lost')
        self.assertIsNone(SEEN.find('0 % lost'))
        self.open_menu(2)
        for name in ('Edit…', 'Remove…'):
            self.assertFalse(SEEN.find(name).has_state(SENSITIVE), name)
        self.xdotool('key', 'Escape')
        self.wait_for_pixels(LOST['light'])
        self.take_picture('stopped')

        monitor = self.start_monitor()
        self.wait_for('Your connection is fine.')
        wait('columns again', lambda: self.asked(monitor, 'Columns'))

    def run_window(self, **env):
        return subprocess.run([PROGRAM], env=dict(self.desktop.env, **env), capture_output=True, text=True, timeout=20,
                              check=False)

    def test_no_display(self):
        result = self.run_window(DISPLAY='')
        self.assertEqual((result.returncode, result.stdout), (1, ''))
        self.assertEqual(len(result.stderr.splitlines()), 1)
        self.assertIn('There is no display', result.stderr)

    def test_no_session_bus(self):
        result = self.run_window(DBUS_SESSION_BUS_ADDRESS='unix:path=/nonexistent/bus', GTK_A11Y='none')
        self.assertEqual((result.returncode, result.stdout), (1, ''))
        self.assertEqual(len(result.stderr.splitlines()), 1)
        self.assertIn('There is no session bus', result.stderr)


if __name__ == '__main__':
    tap.run_cases(sys.argv[2:])
