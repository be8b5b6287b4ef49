#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""More targets than a session of the helper ordinarily has: an intensive one takes them, where polkit allows it.

Runs inside `build-aux/system-bus --lab`. Argument: pingem-monitor.
"""

import os
import sys
import time
import unittest

from gi.repository import GLib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import desktop, login, monitor as lab_monitor, network, tap  # noqa: E402

MONITOR = os.path.abspath(sys.argv[1])
ORDINARY, MANY = 256, 300


def make_address(number):
    return '10.78.%d.%d' % (number // 200, 1 + number % 200)


class ManyTargetsTest(unittest.TestCase):
    def setUp(self):
        pair = network.Pair()
        self.addCleanup(pair.close)

    def start(self, n, user=None, extra=''):
        if user is not None:
            user = login.Login(user)
            self.addCleanup(user.close)
        self.session = desktop.Session(user)
        self.session.__enter__()
        self.addCleanup(self.session.close)
        folder = os.path.join(self.session.env['XDG_CONFIG_HOME'], 'pingem')
        os.mkdir(folder)
        with open(os.path.join(folder, 'pingem.conf'), 'w', encoding='ascii') as stream:
            stream.writelines('[target %s]\nleg=%s\n' % (make_address(i), 'other' if i > 1 else 'internet') for i in range(n))
            stream.write(extra)
        for path in (folder, stream.name):
            os.chown(path, user.uid if user else 0, -1)
        self.monitor = lab_monitor.Monitor(MONITOR, self.session, '--source', 'helper')

    def targets(self):
        return [target for target in self.monitor.get('Targets') if target['leg'] != 'router']

    def count_measured(self):
        return sum(target.get('reply', 0) >= 3 for target in self.targets())

    def test_root_may_have_them_all(self):
        self.start(MANY)
        desktop.wait('all are measured', lambda: self.count_measured() == MANY, 60)
        self.assertFalse([target for target in self.targets() if target['lost'] or 'problem' in target])
        self.assertEqual(self.monitor.get('Source')[0], 'helper')

    def test_a_user_has_as_many_as_everybody(self):
        """Nobody is there to be asked for a password; the router is one of them."""
        self.start(MANY, 'alice')
        desktop.wait('some are measured', lambda: self.count_measured() == ORDINARY - 1, 60)
        refused = [target for target in self.targets() if 'problem' in target]
        self.assertEqual(len(refused), MANY - ORDINARY + 1)
        self.assertIn('at most %d targets' % ORDINARY, refused[0]['problem'])
        desktop.wait('a verdict', lambda: self.monitor.get('Status')['verdict'] == 'ok')

    def test_one_more_than_everybody_may_have(self):
        """Those that are measured already go on, without a loss."""
        self.start(ORDINARY - 1)
        desktop.wait('all are measured', lambda: self.count_measured() == ORDINARY - 1, 60)
        for number in range(ORDINARY - 1, ORDINARY + 3):
            self.monitor.call('AddTarget', '(a{sv})', desktop.make_dictionary({'address': make_address(number), 'leg': 'other'}))
        self.assertEqual(len(self.targets()), ORDINARY + 3, 'what a method changes is there when it returns')
        desktop.wait('the new ones too', lambda: self.count_measured() == ORDINARY + 3, 60)
        self.assertFalse([target for target in self.targets() if target['lost'] or 'problem' in target])

    def test_bigger_ones_need_an_administrator(self):
        self.start(2, 'alice', 'size=57\n')
        desktop.wait('the small one is measured', lambda: self.count_measured() == 1)
        self.assertIn('size must be from 16 to 56', next(target for target in self.targets() if 'problem' in target)['problem'])

    def test_root_may_make_one_bigger(self):
        self.start(2)
        desktop.wait('both are measured', lambda: self.count_measured() == 2)
        self.monitor.call('ChangeTarget', '(sa{sv})', make_address(1), {'size': GLib.Variant('u', 1472)})
        desktop.wait('it is bigger', lambda: any(target['size'] == 1472 and target.get('reply', 0) >= 3 for target in self.targets()))
        self.assertFalse([target for target in self.targets() if target['lost'] or 'problem' in target])

    def test_faster_ones_need_an_administrator_too(self):
        """Together they are above what one user may send: what is held back is told, and no loss."""
        self.start(30, 'alice', '')
        for number in range(30):
            self.monitor.call('ChangeTarget', '(sa{sv})', make_address(number), {'interval-ms': GLib.Variant('u', 100)})
        desktop.wait('some are held back', lambda: sum(target.get('held', 0) for target in self.targets()) > 10, 60)
        self.assertFalse([target for target in self.targets() if target['lost'] or 'problem' in target])

    def test_many_targets_are_told_less_often(self):
        self.start(MANY)
        desktop.wait('all are measured', lambda: self.count_measured() == MANY, 60)
        told = []
        self.session.bus.signal_subscribe(
            desktop.MONITOR_NAME, 'org.freedesktop.DBus.Properties', 'PropertiesChanged', None, None, 0,
            lambda *signal: told.append((time.monotonic(), 'Targets' in signal[5].unpack()[1])))
        desktop.wait('a few changes', lambda: sum(has_targets for _, has_targets in told) >= 3, 60)
        times = [at for at, has_targets in told if has_targets]
        self.assertGreaterEqual(times[-1] - times[0], 0.9 * (len(times) - 1) * MANY / 100)


if __name__ == '__main__':
    tap.run_cases(sys.argv[2:])
