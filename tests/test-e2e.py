#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole chain with the real programs: wire, helper behind polkit, monitor, tray in a panel, window, pingemctl.

Runs inside `build-aux/system-bus --lab`. Bus, polkitd and helper start as root; all else runs as alice, an ordinary user
with an active local session.

usage: test-e2e.py PINGEMCTL PINGEM-MONITOR PINGEM-TRAY PINGEM [CASE[.TEST]]...
"""

import json
import os
import re
import signal
import subprocess
import sys
import unittest

from gi.repository import Gio, GLib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import tap  # noqa: E402
from lab.desktop import MONITOR_NAME, SOURCE, Desktop, Session, output_folder, wait  # noqa: E402
from lab.login import Login, become  # noqa: E402
from lab.network import ANCHORS, PROVIDER, ROUTER, Chain  # noqa: E402
from lab.panel import CROP, Panel  # noqa: E402

CTL, MONITOR, TRAY, WINDOW = (os.path.abspath(path) for path in sys.argv[1:5])
APP_ID = 'io.github.pingem.Pingem'
TRAY_NAME = APP_ID + '.Tray'
DATA = os.path.join(SOURCE, 'data')
HELPER_LOG = '/run/dbus/pingem/log/dbus-daemon'
RTT_COLOUR = '#0072B2'
LOSS_COLOUR = '#D55E00'
BELOW_PANEL = '1000x840+0+60'
SEED_LINES = re.compile(r'127\.0\.0\.1,0,\d+\n127\.0\.0\.1,1,\d+\n127\.0\.0\.1,2,\d+\n')


def icon_colour(level):
    name = os.path.join(DATA, 'icons', 'hicolor', 'scalable', 'status', '%s-%s.svg' % (APP_ID, level))
    with open(name, encoding='utf-8') as stream:
        return re.search('#[0-9a-fA-F]{6}', stream.read()).group()


class Seed(unittest.TestCase):
    """`echo '127.0.0.1,3,100' | pingemctl ping` for each kind of caller."""

    def ping(self, run, *options):
        return run([CTL, 'ping', *options], input='127.0.0.1,3,100\n')

    def test_user_with_a_session_goes_through_the_helper(self):
        with Login('alice') as login, Session(login) as session:
            result = self.ping(session.run)
            self.assertEqual(result.returncode, 0, result)
            self.assertRegex(result.stdout, SEED_LINES)
            result = self.ping(session.run, '--source', 'helper', '-v')
            self.assertEqual(result.returncode, 0, result)
            self.assertIn('helper', result.stderr)
            with open(HELPER_LOG, encoding='utf-8', errors='replace') as stream:
                self.assertIn(str(login.uid), stream.read(), 'the log says who asked')

    def test_user_without_a_session_is_refused_and_told_what_to_do(self):
        result = self.ping(lambda command, **options: subprocess.run(
            become('bob', command), capture_output=True, text=True, timeout=60, check=False, **options))
        self.assertEqual(result.returncode, 3, result)
        self.assertEqual(result.stdout, '')
        self.assertIn('log in', result.stderr)

    def test_root_without_a_bus_sends_directly(self):
        env = dict(os.environ, DBUS_SYSTEM_BUS_ADDRESS='unix:path=/nonexistent')
        env.pop('DBUS_SESSION_BUS_ADDRESS', None)
        result = self.ping(lambda command, **options: subprocess.run(
            command, env=env, capture_output=True, text=True, timeout=60, check=False, **options))
        self.assertEqual(result.returncode, 0, result)
        self.assertRegex(result.stdout, SEED_LINES)


class WholeChain(unittest.TestCase):
    def setUp(self):
        self.chain = Chain()
        self.addCleanup(self.chain.close)
        self.login = Login('alice')
        self.addCleanup(self.login.close)
        self.desktop = Desktop('1000x900x24', self.login)
        self.addCleanup(self.desktop.close)
        self.desktop.env['XDG_DATA_DIRS'] = DATA + ':/usr/local/share:/usr/share'
        self.desktop.env.update(GSK_RENDERER='cairo', GSETTINGS_BACKEND='memory', GTK_A11Y='none')
        self.desktop.add_service(MONITOR_NAME, MONITOR)
        self.desktop.add_service(APP_ID, WINDOW + ' --gapplication-service')
        self.desktop.__enter__()

    def start_tray(self):
        panel = Panel(self.desktop)
        self.desktop.spawn([TRAY])
        return panel.wait_for_item()

    def ctl(self, *arguments):
        result = self.desktop.run([CTL, *arguments])
        self.assertEqual(result.returncode, 0, result)
        return json.loads(result.stdout) if '--json' in arguments else result.stdout

    def status(self):
        return self.ctl('status', '--json')

    def legs(self):
        return {leg['address']: leg for leg in self.status()['legs']}

    def history(self, target, key):
        return sum(column[key] for column in self.ctl('history', target, '--from', '-5min', '--json'))

    def shoot(self, name, crop=None):
        self.desktop.screenshot(os.path.join(output_folder(), name), crop)

    def wait_for_level(self, item, *levels):
        """The same in every place that shows it. The tray may have an icon before the monitor has its name."""
        wait('the monitor', lambda: self.desktop.has_owner(MONITOR_NAME), 90)
        wait('status ' + ' or '.join(levels), lambda: self.status()['level'] in levels, 90)
        level = wait('icon ' + ' or '.join(levels), lambda: next(
            (level for level in levels if item.get('IconName') == '%s-%s' % (APP_ID, level)), None), 90)
        wait('pixels of ' + level, lambda: self.desktop.count_pixels(icon_colour(level), CROP) >= 40
             or item.get('IconName') != '%s-%s' % (APP_ID, level))
        return level

    def test_a_fifth_lost_behind_the_wifi_is_seen_everywhere_and_turns_good_again(self):
        self.desktop.spawn(['openbox'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        item = self.start_tray()
        self.desktop.spawn([WINDOW])
        self.wait_for_level(item, 'good')
        self.shoot('e2e-panel-good.png', CROP)
        status = self.status()
        self.assertEqual(status['verdict'], 'ok', status)
        self.assertEqual(status['source'], 'helper', status)
        wait('the provider', lambda: PROVIDER in self.legs(), 30)
        self.assertEqual(status['network'], {'interface': 'wlan0', 'gateway': ROUTER})
        self.assertEqual(set(self.legs()), {ROUTER, PROVIDER, *ANCHORS})
        self.assertEqual(self.history(ANCHORS[0], 'lost'), 0)
        wait('the window', lambda: self.desktop.count_pixels(RTT_COLOUR, BELOW_PANEL) > 100, 30)
        in_legend = self.desktop.count_pixels(LOSS_COLOUR, BELOW_PANEL)

        self.chain.router.drop(20)
        level = self.wait_for_level(item, 'degraded', 'bad')
        self.shoot('e2e-panel-%s.png' % level, CROP)
        wait('the router is blamed', lambda: self.status()['verdict'] == 'local', 90)
        # Where the router alone was hit so far, an anchor's turn comes.
        leg = wait('an anchor lost some too', lambda: (lambda leg: leg['lost'] > 0 and leg)(self.legs()[ANCHORS[0]]), 60)
        self.assertEqual(leg['due'], leg['reply'] + leg['late'] + leg['lost'] + leg['unsent'] + leg['error'], leg)
        wait('the loss in the history', lambda: self.history(ANCHORS[0], 'lost') >= leg['lost'])
        wait('the loss in the window', lambda: self.desktop.count_pixels(LOSS_COLOUR, BELOW_PANEL) > in_legend + 10, 30)
        self.shoot('e2e-window-loss.png')
        wait('the sentence in the menu', lambda: 'Your local network is losing packets.' in item.labels())

        self.chain.router.heal()
        self.wait_for_level(item, 'good')
        wait('nobody is blamed', lambda: self.status()['verdict'] == 'ok')
        self.shoot('e2e-window-good-again.png')
        self.assertGreater(self.history(ANCHORS[0], 'lost'), 0, 'what was lost stays in the history')

    def test_no_network_is_down_and_says_why(self):
        item = self.start_tray()
        self.wait_for_level(item, 'good')
        self.chain.client.run('ip link set wlan0 down')
        self.wait_for_level(item, 'down')
        self.shoot('e2e-panel-down.png', CROP)
        status = self.status()
        self.assertEqual(status['verdict'], 'no-network', status)
        self.assertGreater(self.legs()[ANCHORS[0]]['unsent'], 0)
        self.chain.client.run('ip link set wlan0 up')
        self.chain.client.run('ip route replace default via ' + ROUTER)
        self.wait_for_level(item, 'good')
        self.assertIn(ROUTER, self.legs())

    def test_a_broadcast_address_is_told(self):
        self.desktop.spawn([TRAY])
        wait('all is well', lambda: self.status_or_none() == 'ok', 60)
        self.ctl('target', 'add', ROUTER.rsplit('.', 1)[0] + '.255', '--name', 'Everybody')
        wait('the problem', lambda: 'Everybody: It cannot be probed: this is a broadcast address' in self.ctl('status'))
        self.assertEqual(self.status()['verdict'], 'ok', 'a target that never answered is not guilty')

    def test_the_provider_is_blamed_where_the_router_is_fine(self):
        self.desktop.spawn([TRAY])
        wait('all is well', lambda: self.status_or_none() == 'ok', 60)
        self.chain.provider.drop(30)
        wait('the provider is blamed', lambda: self.status()['verdict'] == 'provider', 90)
        self.assertIn('Your local network is not to blame', self.status()['sentence'])

    def test_the_icon_opens_the_window_and_quits_all(self):
        panel = Panel(self.desktop)
        tray = self.desktop.spawn([TRAY])
        item = panel.wait_for_item()
        self.wait_for_level(item, 'good')
        item.call('XAyatanaSecondaryActivate', GLib.Variant('(u)', (0,)))
        wait('the window, after a middle click', lambda: self.desktop.has_owner(APP_ID), 30)
        item.click('Quit and Stop Measuring')
        for name in (MONITOR_NAME, APP_ID, TRAY_NAME):
            wait(name + ' is gone', lambda name=name: not self.desktop.has_owner(name), 30)
        self.assertEqual(tray.wait(10), 0)
        result = self.desktop.run([CTL, 'status'])
        self.assertEqual(result.returncode, 3, result)
        self.assertIn('not running', result.stderr)
        self.assertFalse(self.desktop.has_owner(MONITOR_NAME), 'asking must not start it again')

    def test_a_killed_helper_is_a_gap_and_comes_back(self):
        self.desktop.spawn([TRAY])
        wait('all is well', lambda: self.status_or_none() == 'ok', 60)
        bus = Gio.bus_get_sync(Gio.BusType.SYSTEM)
        pid = bus.call_sync('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus',
                            'GetConnectionUnixProcessID', GLib.Variant('(s)', ('io.github.pingem.Helper',)), None, 0, 5000,
                            None).unpack()[0]
        os.kill(pid, signal.SIGKILL)
        wait('the gap', lambda: 'no-source' in [column['gap'] for column in self.ctl(
            'history', ANCHORS[0], '--from', '-20s', '--columns', '200', '--json')])
        wait('the helper again', lambda: self.status()['source'] == 'helper')
        due = self.history(ANCHORS[0], 'reply')
        wait('replies again', lambda: self.history(ANCHORS[0], 'reply') >= due + 3)
        self.assertEqual(self.history(ANCHORS[0], 'lost'), 0, 'nobody lost anything')

    def status_or_none(self):
        result = self.desktop.run([CTL, 'status', '--json'])
        return json.loads(result.stdout)['verdict'] if result.returncode == 0 else None


if __name__ == '__main__':
    tap.run_cases(sys.argv[5:])
