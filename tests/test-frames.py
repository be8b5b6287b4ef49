#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How often pingem draws: when something changed, and never unseen. Frames are counted inside GTK, by lab/frames.c.

usage: test-frames.py PINGEM PINGEM-MONITOR FRAMES-LIBRARY
"""

import os
import subprocess
import sys
import time
import unittest

from gi.repository import GLib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import tap  # noqa: E402
from lab.atspi import Screen  # noqa: E402
from lab.desktop import Desktop, FakeMonitor, make_target, wait  # noqa: E402
from lab.frames import Frames  # noqa: E402
from lab.monitor import Monitor  # noqa: E402

WINDOW, MONITOR, LIBRARY = (os.path.abspath(path) for path in sys.argv[1:4])
TARGETS = ['127.0.0.%d' % number for number in range(1, 11)]
STRIP_HEIGHT = 88


class FramesTest(unittest.TestCase):
    def setUp(self):
        self.desktop = Desktop('1000x1400x24')
        self.addCleanup(self.desktop.close)
        self.desktop.env.update(GTK_A11Y='atspi', GSK_RENDERER='cairo', GSETTINGS_BACKEND='memory', ADW_DISABLE_PORTAL='1',
                                TZ='UTC')
        self.desktop.__enter__()
        self.screen = Screen(self.desktop, 'pingem')
        self.addCleanup(self.screen.close)
        self.desktop.spawn(['openbox'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.frames = Frames(LIBRARY, self.desktop.folder)

    def start_window(self, n_strips):
        self.desktop.spawn(self.frames.wrap([WINDOW]), stderr=subprocess.DEVNULL)
        self.window = wait('the window', lambda: self.xdotool('search', '--onlyvisible', '--name', '^Pingem$').split())[0]
        self.xdotool('mousemove', '3', '3')
        self.xdotool('windowsize', '--sync', self.window, '960', '1300')
        wait('the strips', lambda: sum(name.startswith('History of ') for name in self.screen.names()) >= n_strips)
        wait('they are drawn', lambda: self.frames.count(STRIP_HEIGHT)[1] >= n_strips)

    def settle(self):
        """What GTK fades in and out by itself has ended."""
        def is_still():
            times = [line.ns for line in self.frames.read() if line.word == 'frame']
            return time.monotonic_ns() - times[-4] > 10 ** 9
        wait('no animation goes on', is_still)

    def xdotool(self, *command):
        return subprocess.run(('xdotool',) + command, env=self.desktop.env, capture_output=True, text=True, check=False).stdout

    def is_hidden(self):
        text = subprocess.run(['xprop', '-id', self.window, '_NET_WM_STATE'], env=self.desktop.env, capture_output=True, text=True,
                              check=True).stdout
        return '_NET_WM_STATE_HIDDEN' in text


class Live(FramesTest):
    """Ten targets, each probed once a second by the real monitor."""

    def setUp(self):
        super().setUp()
        folder = os.path.join(self.desktop.env['XDG_CONFIG_HOME'], 'pingem')
        os.mkdir(folder)
        with open(os.path.join(folder, 'pingem.conf'), 'w', encoding='utf-8') as stream:
            stream.writelines('[target %s]\nleg=other\n' % target for target in TARGETS)
        self.monitor = Monitor(MONITOR, self.desktop)
        self.start_window(len(TARGETS))
        self.screen.click('5 min')
        self.settle()

    def measure(self, n_probes):
        """Frames and strips drawn per second, while so many more probes of a target are answered."""
        def count_replies():
            return sum(column[2] for column in self.monitor.columns(TARGETS[0], 300, 300))

        replies = count_replies()
        begin, before = time.monotonic(), self.frames.count(STRIP_HEIGHT)
        wait('probes', lambda: count_replies() >= replies + n_probes, 60)
        seconds = time.monotonic() - begin
        return [(b - a) / seconds for a, b in zip(before, self.frames.count(STRIP_HEIGHT))]

    def hide(self):
        self.xdotool('windowminimize', self.window)
        wait('it is minimised', self.is_hidden)
        # What is under way when it is hidden may still be drawn.
        end = time.monotonic() + 1
        wait('a second', lambda: time.monotonic() > end)

    def test_only_what_changed_is_drawn(self):
        frames, strips = self.measure(10)
        self.assertGreater(strips, 0)
        self.assertLess(frames, 15, 'per second')
        self.assertLess(strips, 2.5 * len(TARGETS), 'per second')

    def test_nothing_is_drawn_unseen(self):
        self.hide()
        n_lines = len(self.frames.read())
        self.assertEqual(self.measure(6), [0, 0])
        # Where a target's level changes, its tooltip does; nothing else has a reason.
        n_grabs = sum(line.word == 'grab' for line in self.frames.read()[n_lines:])
        self.assertLessEqual(n_grabs, 2 * len(TARGETS))

        before = self.frames.count(STRIP_HEIGHT)[1]
        self.xdotool('windowactivate', self.window)
        wait('strips again', lambda: self.frames.count(STRIP_HEIGHT)[1] > before)

    def test_no_strip_is_drawn_behind_another_page(self):
        self.screen.click('Events')
        wait('the page of events', lambda: self.screen.find('Add Note') is not None)
        self.settle()
        self.assertEqual(self.measure(6)[1], 0)


class OneOfThree(FramesTest):
    """One target's RTT changes all the time, by little; the test is the monitor, to know that the others' do not."""

    def answer(self, key, from_ms, to_ms, n):
        span_ms = (to_ms - from_ms) // n
        self.n_answers += 1
        rtt_us = 30000 + (self.n_answers if key == 'restless' else 0)
        columns = [(from_ms + i * span_ms, span_ms, 2) + (0,) * 9 + (rtt_us,) * 5 + ('',) for i in range(n)]
        return GLib.Variant('(a(xuuuuuuuuuuuiiiiis))', (columns,))

    def asked(self, key):
        """Until when, each time."""
        return [arguments[2] for method, arguments in self.monitor.calls if method == 'Columns' and arguments[0] == key]

    def test_no_other_strip_is_drawn(self):
        self.n_answers = 0
        keys = ('restless', 'calm', 'still')
        self.monitor = FakeMonitor(self.desktop, targets=[make_target(key, key, 'internet') for key in keys])
        self.addCleanup(self.monitor.close)
        self.monitor.answers['Columns'] = self.answer
        self.start_window(len(keys))
        self.screen.click('5 min')
        self.settle()

        self.monitor.calls.clear()
        before = self.frames.count(STRIP_HEIGHT)[1]
        wait('answers', lambda: len(self.asked('restless')) >= 8, 60)
        drawn = self.frames.count(STRIP_HEIGHT)[1] - before
        # When time moves on by a column, all do.
        self.assertLessEqual(drawn, len(self.asked('restless')) + 2 * len(set(self.asked('calm'))))


if __name__ == '__main__':
    if os.geteuid() != 0:
        print('1..0 # SKIP needs root for network namespaces')
    elif sys.argv[4:5] != ['inside']:
        os.execvp('unshare', ['unshare', '--net', '--', os.path.abspath(__file__), *sys.argv[1:4], 'inside', *sys.argv[4:]])
    else:
        subprocess.run(['ip', 'link', 'set', 'lo', 'up'], check=True)
        tap.run_cases(sys.argv[5:])
