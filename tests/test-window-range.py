#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Single packets, a range that is selected, its figures and files: the window beside a real monitor, in a network namespace.

usage: test-window-range.py PINGEM PINGEM-MONITOR [CASE[.TEST]]...
"""

import csv
import os
import re
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import tap  # noqa: E402
from lab.anchors import answer_echo, enter_network  # noqa: E402
from lab.desktop import make_dictionary, wait  # noqa: E402
from lab.monitor import Monitor  # noqa: E402
from lab.window import DESKTOP, GRIP, SEEN, WindowTest, start_desktop  # noqa: E402

MONITOR = os.path.abspath(sys.argv[2])
# What chart/palette.c says.
SELECTION = '#1A5FB4'
HEADER = ['target', 'time', 'seq', 'sent_ns', 'state', 'rtt_us', 'ttl', 'errno', 'icmp_type', 'icmp_code', 'from', 'duplicates']

setUpModule = start_desktop


class Range(WindowTest):
    def setUp(self):
        super().setUp()
        self.addCleanup(answer_echo, True)
        self.monitor = Monitor(MONITOR, DESKTOP)
        self.addCleanup(self.monitor.stop)
        wait('replies', lambda: (self.monitor.target('1.1.1.1') or {}).get('reply', 0) >= 3, 30)
        self.start_window()
        # Before that the banner is higher, and the strips are lower.
        self.wait_for('Your connection is fine.')

    def focus_strip(self, name='Cloudflare'):
        box = SEEN.find('History of ' + name).box()
        self.xdotool('mousemove', str(box.x + box.width - 20), str(box.y + GRIP), 'click', '1', 'mousemove', '3', '3')
        return box

    def selected(self, name='Cloudflare'):
        return self.count_on_strip(SELECTION, name)

    def figures(self):
        """Of the dialog: a dictionary of cells by target."""
        names = SEEN.names()
        cells = names[names.index('MOS') + 1:]
        return {name: cells[cells.index(name) + 1:cells.index(name) + 10] for name in ('Cloudflare', 'Google')}

    def open_statistics(self):
        SEEN.click('Statistics…')
        self.wait_for('Missing')
        wait('the figures', lambda: len(self.figures()['Google']) == 9)

    def save(self, button, name):
        """Answers the file chooser."""
        path = os.path.join(DESKTOP.folder, name)
        SEEN.click(button)
        wait('the chooser', lambda: self.xdotool('search', '--onlyvisible', '--name', '^Save ').split())
        self.xdotool('key', 'ctrl+a')
        self.xdotool('type', path)
        self.xdotool('key', 'Return')
        return path

    def test_closed_before_the_answer(self):
        self.monitor.process.send_signal(signal.SIGSTOP)
        self.addCleanup(self.monitor.process.send_signal, signal.SIGCONT)
        SEEN.click('Statistics…')
        self.wait_for('Missing')
        self.xdotool('key', 'Escape')
        wait('the dialog is closed', lambda: SEEN.find('Missing') is None)
        self.monitor.process.send_signal(signal.SIGCONT)
        self.open_statistics()

    def test_single_packets_are_told(self):
        wait('more seconds than the cursor goes back', lambda: self.monitor.target('1.1.1.1')['reply'] >= 12)
        SEEN.click('5 min')
        self.focus_strip()
        self.xdotool('key', '--repeat', '3', 'plus')
        self.xdotool('key', 'Left', 'Left', 'Left', 'Left', 'sleep', '1')
        packet = re.compile(r'\n#\d+ · \d\d:\d\d:\d\d\.\d{3} · (\d+ µs|\d+\.\d ms), TTL 64')
        # No packet began in a second, where one came early in it and the next a little late: on to the one before.
        self.wait_until('a packet', lambda: any(packet.search(name) for name in SEEN.names())
                        or self.xdotool('key', 'Left', 'sleep', '1'))
        self.take_picture('packet')

    def test_a_range_is_selected(self):
        SEEN.click('5 min')
        box = self.focus_strip()
        self.assertEqual(self.selected(), 0)
        # Along the times, below the last strip.
        axis = SEEN.find('History of Google').box()
        below = str(axis.y + axis.height + 20)
        # At a hand's pace: a busy window takes what comes within a frame for one movement.
        self.xdotool('mousemove', str(box.x + 100), below, 'sleep', '0.2', 'mousedown', '1')
        for x in (150, 200, 300):
            self.xdotool('sleep', '0.2', 'mousemove', str(box.x + x), below)
        self.xdotool('sleep', '0.2', 'mouseup', '1')
        wait('the edges, on every strip', lambda: self.selected() >= box.height and self.selected('Google') >= box.height)
        self.take_picture('selection')
        self.open_statistics()
        duration = next(name for name in SEEN.names() if re.fullmatch(r'1 min \d+ s|\d\d s', name))
        self.assertIn('1 min', duration)
        self.xdotool('key', 'Escape')
        wait('the dialog is closed', lambda: SEEN.find('Missing') is None)

        self.focus_strip()
        self.xdotool('key', 'Escape')
        wait('nothing is selected', lambda: self.selected() == 0)
        self.xdotool('key', 'ctrl+i')
        self.wait_for('Missing')
        self.xdotool('key', 'Escape')
        wait('the dialog is closed', lambda: SEEN.find('Missing') is None)
        self.xdotool('key', 'ctrl+a')
        wait('all is', lambda: self.selected() >= box.height)
        self.xdotool('key', 'Escape', 'Left', 'shift+Left', 'shift+Left')
        wait('three columns', lambda: self.selected() >= box.height)
        self.xdotool('key', 'Return')
        self.wait_for('Missing')
        self.assertTrue(any(re.fullmatch(r'\d s|1\d s', name) for name in SEEN.names()), SEEN.names())

    def test_shift_and_drag_select_and_do_not_pan(self):
        SEEN.click('5 min')
        box = self.focus_strip()
        self.xdotool('keydown', 'shift', 'mousemove', str(box.x + 100), str(box.y + GRIP), 'sleep', '0.2', 'mousedown', '1')
        for x in (150, 200, 300):
            self.xdotool('sleep', '0.2', 'mousemove', str(box.x + x), str(box.y + GRIP))
        self.xdotool('sleep', '0.2', 'mouseup', '1', 'sleep', '0.2', 'keyup', 'shift')
        wait('the edges', lambda: self.selected() >= box.height)
        self.assertFalse(SEEN.is_sensitive('Now'), 'it follows')

    def test_figures_and_packets_are_those_of_the_monitor(self):
        answer_echo(False)
        wait('loss', lambda: self.monitor.target('1.1.1.1')['lost'] >= 3, 30)
        answer_echo(True)
        wait('replies', lambda: self.monitor.target('1.1.1.1')['last-rtt-us'] > 0
             and self.monitor.columns('1.1.1.1', 3, 3)[0][2] > 0, 30)
        SEEN.click('5 min')
        self.open_statistics()
        loss, count = self.figures()['Cloudflare'][:2]
        missing, due = map(int, count.split(' of '))
        self.assertGreaterEqual(missing, 3)
        self.assertGreater(due, missing)
        self.assertRegex(loss, r'^[\d.]+ %$')
        self.take_picture('statistics')

        path = self.save('Save Packets as CSV…', 'packets.csv')
        self.wait_for_toast(r'\d+ packets are saved\.')
        with open(path, encoding='ascii', newline='') as stream:
            rows = list(csv.reader(stream))
        self.assertEqual(rows[0], HEADER)
        mine = [row for row in rows[1:] if row[0] == '1.1.1.1']
        self.assertGreaterEqual(sum(row[4] == 'lost' for row in mine), missing)
        self.assertGreaterEqual(len(mine), due)
        for row in mine:
            self.assertEqual(row[1], time.strftime('%FT%T', time.gmtime(int(row[3]) // 10**9))
                             + '.%03dZ' % (int(row[3]) // 10**6 % 1000))
        self.assertEqual({row[0] for row in rows[1:]}, {'1.1.1.1', '8.8.8.8'})

    def test_a_report_of_many_days(self):
        SEEN.click('7 days')
        self.open_statistics()
        self.wait_for('Loss to the internet by hour of the week')
        self.wait_for('No hour of the week lost anything.')
        self.take_picture('week')
        path = self.save('Save a Report as PDF…', 'report.pdf')
        self.wait_for_toast('The report is saved.')
        text = subprocess.run(['pdftotext', path, '-'], capture_output=True, text=True, check=True).stdout
        for words in ('Report on an internet connection', 'Cloudflare', '1.1.1.1', 'Loss to the internet by hour of the week'):
            self.assertIn(words, text)

    def wait_for_toast(self, pattern):
        wait(pattern, lambda: any(re.search(pattern, name) for name in SEEN.names()))

    def test_what_cannot_be_saved_leaves_no_part(self):
        self.monitor.call('AddTarget', '(a{sv})', make_dictionary({'address': '127.0.0.1'}))
        wait('the target', lambda: SEEN.find('History of 127.0.0.1'))
        self.open_statistics()
        path = self.save('Save Packets as CSV…', 'none/packets.csv')
        self.assertFalse(os.path.exists(path))
        self.xdotool('key', 'Escape')
        self.monitor.stop()
        path = self.save('Save Packets as CSV…', 'late.csv')
        self.wait_for_toast('Nothing is saved: ')
        self.assertFalse(os.path.exists(path))


if __name__ == '__main__':
    enter_network()
    tap.run_cases(sys.argv[3:])
