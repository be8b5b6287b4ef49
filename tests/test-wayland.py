#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The window started from its entry in the menu, under a Wayland compositor that has no X server.

usage: test-wayland.py PINGEM DESKTOP-FILE [CASE[.TEST]]...
"""

import glob
import os
import subprocess
import sys
import unittest

from gi.repository import GLib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import tap  # noqa: E402
from lab.atspi import Screen  # noqa: E402
from lab.desktop import FakeMonitor, Session, output_folder, wait  # noqa: E402
from lab.faked_window import History, make_targets  # noqa: E402
from lab.window import APP_ID, P50, PROGRAM  # noqa: E402

DESKTOP_FILE = os.path.abspath(sys.argv[2])
SOCKET = 'wl-pingem'


class Wayland(unittest.TestCase):
    def setUp(self):
        self.session = Session()
        self.addCleanup(self.session.close)
        self.session.__enter__()
        self.session.env.update(GDK_BACKEND='wayland', WAYLAND_DISPLAY=SOCKET, GTK_A11Y='atspi', GSK_RENDERER='cairo',
                                GSETTINGS_BACKEND='memory', ADW_DISABLE_PORTAL='1', ADW_DEBUG_COLOR_SCHEME='prefer-light',
                                PATH=os.path.dirname(PROGRAM) + ':' + self.session.env['PATH'])
        self.session.env.pop('DISPLAY', None)
        self.session.spawn(['weston', '--backend=headless-backend.so', '--use-pixman', '--width=1024', '--height=768',
                            '--socket=' + SOCKET, '--idle-time=0', '--debug'],
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait('the compositor', lambda: os.path.exists(os.path.join(self.session.env['XDG_RUNTIME_DIR'], SOCKET)))
        self.seen = Screen(self.session, 'pingem')
        self.addCleanup(self.seen.close)

    def take_picture(self):
        """Returns: how many of its pixels have the colour of an RTT."""
        for old in glob.glob(os.path.join(self.session.folder, '*.png')):
            os.remove(old)
        self.session.run(['weston-screenshooter'], cwd=self.session.folder)
        picture = glob.glob(os.path.join(self.session.folder, '*.png'))[0]
        os.rename(picture, os.path.join(output_folder(), 'wayland.png'))
        text = subprocess.run(['convert', os.path.join(output_folder(), 'wayland.png'), '-depth', '8', 'txt:-'], check=True,
                              capture_output=True, text=True).stdout
        return text.upper().count(P50['light'])

    def test_from_the_menu_to_a_pause(self):
        monitor = FakeMonitor(self.session, targets=make_targets())
        self.addCleanup(monitor.close)
        monitor.answers['Columns'] = History().answer
        self.session.spawn(['gio', 'launch', DESKTOP_FILE], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait('the window', lambda: self.seen.find('History of Router'))
        wait('its strips', lambda: self.take_picture() > 1000)
        self.seen.click('Pause')
        wait('the monitor pauses', lambda: ('Pause', (0,)) in monitor.calls)
        self.session.call(APP_ID, '/io/github/pingem/Pingem', 'org.freedesktop.Application', 'ActivateAction',
                          GLib.Variant('(sava{sv})', ('quit', [], {})))
        wait('it ends', lambda: not self.session.has_owner(APP_ID))


if __name__ == '__main__':
    tap.run_cases(sys.argv[3:])
