#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""pingem for people who read from right to left, need large text, see nothing move, or hear what they cannot see.

usage: test-window-access.py PINGEM [CASE[.TEST]]...
"""

import calendar
import os
import re
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import tap  # noqa: E402
from lab.atspi import FOCUSED  # noqa: E402
from lab.desktop import make_status, wait  # noqa: E402
from lab.faked_window import FakedTest, History  # noqa: E402
from lab.language import make_locale, texts_of  # noqa: E402
from lab.layout import WINDOWS, find_covered, find_cut, find_outside, find_unnamed, list_labels, list_places  # noqa: E402
from lab.window import GRIP, LOST, PROGRAM, SEEN, SIZE, start_desktop  # noqa: E402

setUpModule = start_desktop


class Hebrew(FakedTest):
    """From right to left, but for the time."""

    def setUp(self):
        super().setUp()
        self.monitor = self.start_monitor(make_status('call', 'degraded', bad_leg='call', bad_name='My calls', bad_lost=2,
                                                      bad_reply=28, cleared=True))

    def start_hebrew(self, size=SIZE):
        self.start_window(size, LANGUAGE='he', PINGEM_LOCALE_DIR=texts_of(PROGRAM))
        self.wait_for('חבילות אל \u2068My calls\u2069 אובדות.')
        self.strip = self.wait_for('ההיסטוריה של \u2068My calls\u2069')

    def told_times(self):
        """From when to when the column is that is told, as seconds."""
        text = next((name for name in SEEN.names() if 'נדרשו, ' in name), None)
        if text is None:
            return None
        match = re.match(r'(\S+) (\S+) – (?:(\S+) )?(\S+)$', text.splitlines()[0])
        days = (match[1], match[3] or match[1])
        return [calendar.timegm(time.strptime(day + ' ' + hour, '%x %H:%M:%S'))
                for day, hour in zip(days, (match[2], match[4]))]

    def count_lost(self, begin, end):
        """Pixels of loss in this part of the strip, from left to right."""
        box = self.strip.box()
        return self.desktop.count_pixels(LOST['light'], '%dx%d+%d+%d' % (
            box.width * (end - begin), box.height, box.x + 5 + box.width * begin, box.y + 5))

    def test_the_layout_is_mirrored(self):
        self.start_hebrew()
        wait('it is at the left', lambda: SEEN.find('ההיסטוריה של \u2068נתב\u2069').box().x < 30)
        box = {name: SEEN.find(name).box() for name in ('הוספת יעד', 'תפריט ראשי', 'סגירה', 'נתב', 'עכשיו', '5 דק׳', '30 ימים')}
        self.assertTrue(box['סגירה'].x < box['תפריט ראשי'].x < SIZE[0] // 2 < box['הוספת יעד'].x)
        self.assertTrue(box['עכשיו'].x < box['30 ימים'].x < box['5 דק׳'].x)
        self.assertGreaterEqual(box['נתב'].x, self.strip.box().x + self.strip.box().width)
        for text in ('\u200f\u20686.7%\u2069 אבדו', 'ריצוד \u20682.4 מ״ש\u2069 · MOS \u20684.4\u2069', 'אינטרנט', 'לא נמדד'):
            self.assertIsNotNone(SEEN.find(text), text)
        self.check_layout()
        self.take_picture('hebrew')

    def test_narrow(self):
        self.start_hebrew((360, 720))
        self.check_layout()
        self.take_picture('hebrew-narrow')

    def test_time_goes_from_left_to_right(self):
        self.start_hebrew()
        wait('the loss', lambda: self.count_lost(0, 1) > 100)
        # The burst was ten minutes ago: five sixths of the way.
        wait('the loss', lambda: self.count_lost(0.8, 0.9) > 100)
        self.assertEqual(self.count_lost(0, 0.7), 0)
        box = self.strip.box()
        times = []
        for share in (0.1, 0.5, 0.97):
            before = times[-1:]
            for dx in (0, 2):
                self.xdotool('mousemove', str(int(box.x + box.width * share) + dx), str(box.y + GRIP))
            times.append(wait('its time', lambda: self.told_times() not in [None] + before and self.told_times()))
            # The pointer's own column is told, in the hour up to now.
            self.assertLess(abs(times[-1][0] - (time.time() - 3600 * (1 - share))), 120)
        self.take_picture('hebrew-cursor')

    def test_keys_wheel_and_drag_agree(self):
        self.start_hebrew()
        wait('the loss', lambda: self.count_lost(0, 1) > 100)
        box = self.strip.box()
        self.xdotool('mousemove', str(box.x + box.width // 2), str(box.y + GRIP), 'click', '1')
        wait('the focus', lambda: self.strip.has_state(FOCUSED))
        self.xdotool('mousemove', '300', '3')
        wait('nothing is told', lambda: self.told_times() is None)
        self.xdotool('key', 'Left')
        newest = wait('the newest column', self.told_times)
        self.xdotool('key', 'Left')
        wait('the one before, at its left', lambda: self.told_times() and self.told_times()[1] == newest[0])

        self.monitor.calls.clear()
        self.xdotool('mousemove', str(box.x + 100), str(box.y + GRIP), 'mousedown', '1')
        for x in (150, 200, 300):
            self.xdotool('mousemove', str(box.x + x), str(box.y + GRIP))
        self.xdotool('mouseup', '1')
        wait('to the right is earlier', lambda: any(to_ms < (time.time() - 300) * 1000 for _, _, to_ms, _
                                                    in self.asked(self.monitor, 'Columns')))


class Numbers(FakedTest):
    """As the user's locale writes them."""

    def test_german(self):
        self.start_monitor(make_status('local', 'degraded', bad_leg='router', bad_name='Router', bad_lost=2, bad_reply=28))
        self.start_window(**make_locale(self.desktop.folder, 'de_DE', PROGRAM))
        for text in ('12,3 ms', '6,7 % Verlust', 'Jitter 2,4 ms · MOS 4,4', 'volle Höhe: 50,0 ms',
                     '6,7 % Verlust zu Router in den letzten 30 s (2 von 30).'):
            self.wait_for(text)
        box = SEEN.find('Verlauf von 1.1.1.1').box()
        for x in (200, 202):
            self.xdotool('mousemove', str(box.x + x), str(box.y + GRIP))
        told = wait('a column', lambda: next((name for name in SEEN.names() if ' fällig, ' in name), None))
        self.assertRegex(told, r'^\d\d\.\d\d\.\d{4} \d\d:\d\d:\d\d – ')
        self.assertRegex(told, r'RTT: Median \d+,\d ms')
        self.take_picture('german')


class LargeText(FakedTest):
    """Twice as big, as the desktop's setting of accessibility has it."""

    # At this size no line is lower, and no text narrower.
    LINE_HEIGHT = 26
    CHARACTER_WIDTH = 9

    def setUp(self):
        super().setUp()
        self.set_dpi(192)
        self.addCleanup(self.set_dpi, 96)
        self.start_monitor(make_status('local', 'degraded', bad_leg='router', bad_name='Router', bad_lost=2, bad_reply=28,
                                       cleared=True))

    def set_dpi(self, dpi):
        subprocess.run(['xprop', '-root', '-f', 'RESOURCE_MANAGER', '8s', '-set', 'RESOURCE_MANAGER', 'Xft.dpi: %d' % dpi],
                       env=self.desktop.env, check=True)

    def check_page(self, picture, page=None):
        self.take_picture(picture)
        # What scrolls: test_all_ranges_are_reached.
        labels = self.check_layout(('7 days', '30 days', '7 Tage', '30 Tage'), page)
        self.assertEqual(find_cut(labels, self.LINE_HEIGHT, self.CHARACTER_WIDTH), [])
        self.assertGreater(max(label.box.height for label in labels), self.LINE_HEIGHT)

    def test_wide(self):
        self.start_window((900, 720))
        self.wait_for('My calls')
        strip = SEEN.find('History of Router').box()
        self.assertLessEqual(SEEN.find('Router').box().x + SEEN.find('Router').box().width, strip.x)
        self.check_page('large')

    def test_narrow(self):
        self.start_window((360, 720))
        self.wait_for('My calls')
        self.check_page('large-narrow')
        SEEN.click('Events')
        self.wait_for('Add Note')
        wait('it is seen', lambda: SEEN.find('Outages Only') is not None)
        self.check_page('large-narrow-events', 'PingemEventsPage')
        text = SEEN.find('Outages, changes of the network and your notes stand here.').box()
        around = SEEN.find('Events', ('list', 'list box')).box()
        self.assertLessEqual(text.y + text.height, around.y + around.height)

    def test_narrow_in_german(self):
        self.start_window((360, 720), LANGUAGE='de', PINGEM_LOCALE_DIR=texts_of(PROGRAM))
        self.wait_for('Das lokale Netz verliert Pakete.')
        self.check_page('large-narrow-german')

    def test_dialog(self):
        self.start_window((360, 720))
        self.wait_for('My calls')
        self.xdotool('key', 'ctrl+n')
        self.wait_for('Seconds between probes')
        self.take_picture('large-dialog')
        dialog = next(window for window in SEEN.windows() if window.role() == 'dialog')
        labels = list_labels(list_places(dialog))
        self.assertEqual(find_outside(labels, dialog.box().width), [])
        self.assertEqual(find_covered(labels), [])

    def test_all_ranges_are_reached(self):
        self.start_window((360, 720))
        self.wait_for('30 days')
        edge = SEEN.windows()[0].box().width
        for _ in range(20):
            self.xdotool('key', 'Tab')
            if SEEN.find('30 days', ('button', 'toggle button')).has_state(FOCUSED):
                break
        wait('it has come into view', lambda: SEEN.find('30 days').box().x + SEEN.find('30 days').box().width <= edge)


class ReducedMotion(FakedTest):
    def setUp(self):
        super().setUp()
        folder = os.path.join(self.desktop.env['XDG_CONFIG_HOME'], 'gtk-4.0')
        os.mkdir(folder)
        self.addCleanup(shutil.rmtree, folder)
        with open(os.path.join(folder, 'settings.ini'), 'w', encoding='utf-8') as stream:
            stream.write('[Settings]\ngtk-enable-animations=0\n')

    def test_nothing_moves_while_it_waits(self):
        self.start_monitor()
        self.start_window()
        # The monitor answers only while we run the main context.
        time.sleep(1)
        before = self.count_wake_ups()
        time.sleep(3)
        # A spinner that turns draws 180 frames.
        self.assertLess(self.count_wake_ups() - before, 60)
        self.wait_for('My calls')


class Accessible(FakedTest):
    def check_names(self):
        places = [place for window in SEEN.windows() for place in list_places(window)]
        self.assertGreater(len(places), 10)
        self.assertEqual(find_unnamed(places), [])
        for window in SEEN.windows():
            self.assertIn(window.role(), WINDOWS, window.name())
            self.assertTrue(window.name())

    def test_all_controls_of_the_pages(self):
        self.start_monitor(make_status('local', 'degraded', bad_leg='router', bad_name='Router', bad_lost=2,
                                       bad_reply=28, cleared=True))
        self.start_window()
        self.wait_for('My calls')
        self.check_names()
        SEEN.click('Events')
        self.wait_for('Add Note')
        self.check_names()

    def test_all_controls_of_menus_and_dialogs(self):
        self.start_monitor()
        self.start_window()
        self.wait_for('My calls')
        self.open_menu(2)
        self.check_names()
        SEEN.click('Edit…')
        wait('the dialog', lambda: self.xdotool('search', '--onlyvisible', '--name', 'Edit Target').split())
        self.check_names()
        self.xdotool('key', 'Escape')
        self.open_menu(2)
        SEEN.click('Remove…')
        self.wait_for('Remove My calls?')
        self.check_names()
        self.xdotool('key', 'Escape')
        self.xdotool('key', 'F10')
        self.wait_for('About Pingem')
        self.check_names()

    def test_without_a_monitor(self):
        self.start_window()
        self.wait_for('The Monitor Does Not Run')
        self.check_names()


if __name__ == '__main__':
    tap.run_cases(sys.argv[2:])
