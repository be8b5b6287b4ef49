# SPDX-License-Identifier: GPL-3.0-or-later
"""The window on a screen: met by AT-SPI, keys and pixels."""

import os
import subprocess
import sys
import unittest

from gi.repository import GLib

from .atspi import FOCUSED, Screen
from .desktop import Desktop, output_folder, wait

PROGRAM = os.path.abspath(sys.argv[1])
APP_ID = 'io.github.pingem.Pingem'

SIZE = (960, 720)
# Pixels below a strip's top: the popover's window, there, takes a press until it has its shape.
GRIP = 60
# What chart/palette.c says.
LOST = {'light': '#D55E00', 'dark': '#FF7A1F', 'contrast': '#B03A00'}
P50 = {'light': '#0072B2', 'dark': '#2083C5', 'contrast': '#003D66'}

DESKTOP = Desktop('%dx%dx24' % SIZE)
SEEN = Screen(DESKTOP, 'pingem')


def start_desktop():
    """A setUpModule: all tests share one desktop, as it takes a while to start."""
    unittest.addModuleCleanup(DESKTOP.close)
    DESKTOP.env.update(GTK_A11Y='atspi', GSK_RENDERER='cairo', GSETTINGS_BACKEND='memory',
                       ADW_DEBUG_COLOR_SCHEME='prefer-light', ADW_DISABLE_PORTAL='1', TZ='UTC')
    DESKTOP.__enter__()
    unittest.addModuleCleanup(SEEN.close)
    DESKTOP.spawn(['openbox'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class WindowTest(unittest.TestCase):
    def setUp(self):
        self.desktop = DESKTOP
        self.program = None
        self.window = None
        self.addCleanup(self.check_errors)

    def start_window(self, size=SIZE, **env):
        with open(self.errors_name(), 'w', encoding='utf-8') as errors:
            self.program = self.desktop.spawn([PROGRAM], env=dict(self.desktop.env, **env), stderr=errors)
        self.addCleanup(self.end)
        self.window = wait('the window', self.find_window)
        self.xdotool('mousemove', '3', '3')
        self.xdotool('windowsize', '--sync', self.window, *map(str, size))
        self.xdotool('windowmove', self.window, '0', '0')
        self.xdotool('windowactivate', '--sync', self.window)

    def end(self):
        if self.program.poll() is None:
            self.program.terminate()
        self.program.wait(10)
        wait('it left the bus', lambda: not self.desktop.has_owner(APP_ID))

    def find_window(self):
        found = self.xdotool('search', '--onlyvisible', '--name', '^Pingem$').split()
        return found[0] if found else None

    def xdotool(self, *command):
        return subprocess.run(('xdotool',) + command, env=self.desktop.env, capture_output=True, text=True,
                              check=False).stdout

    def errors_name(self):
        return os.path.join(self.desktop.folder, 'errors')

    def check_errors(self):
        """libEGL and the portal, which are not there, may complain; GTK about us may not."""
        if self.program is not None:
            with open(self.errors_name(), encoding='utf-8') as stream:
                text = stream.read()
            self.assertNotIn('CRITICAL', text)
            self.assertEqual([line for line in text.splitlines() if 'WARNING' in line and 'ortal' not in line], [])

    def wait_until(self, what, claim):
        try:
            return wait(what, claim)
        except AssertionError as error:
            raise AssertionError('%s; there is: %s' % (error, SEEN.names())) from None

    def wait_for(self, name):
        return self.wait_until(name, lambda: SEEN.find(name))

    def count_on_strip(self, colour, name):
        strip = SEEN.find('History of ' + name)
        if strip is None:
            return 0
        box = strip.box()
        # The window's edge is no part of its coordinates.
        return self.desktop.count_pixels(colour, '%dx%d+%d+%d' % (box.width, box.height, box.x + 5, box.y + 5))

    def wait_for_pixels(self, colour, at_least=100, name='1.1.1.1'):
        wait('pixels of ' + colour, lambda: self.count_on_strip(colour, name) >= at_least)

    def take_picture(self, name):
        self.desktop.screenshot(os.path.join(output_folder(), 'window-%s.png' % name))

    def open_menu(self, row):
        """Of the row-th target."""
        buttons = [node for node in SEEN.nodes()
                   if node.name() == 'Change or remove this target' and node.can_act()]
        buttons[row].act()
        wait('the menu', lambda: SEEN.find('Edit…') is not None)
