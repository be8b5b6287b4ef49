#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""An instance on the system bus: everybody may read what it measures; root and its own user may change it, nobody else.

Runs inside `build-aux/system-bus --lab`. Arguments: the monitor, pingemctl.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import desktop, login, network, tap  # noqa: E402

MONITOR, CTL = (os.path.abspath(path) for path in sys.argv[1:3])
USER = 'pingem-instance'
CONFIG = '[target 10.78.0.1]\nleg=internet\ninterval=200\n[target 10.78.0.2]\nleg=other\n'


class SystemBusTest(unittest.TestCase):
    def setUp(self):
        pair = network.Pair()
        self.addCleanup(pair.close)
        self.folder = tempfile.mkdtemp(prefix='pingem-test-')
        self.addCleanup(shutil.rmtree, self.folder)
        os.chmod(self.folder, 0o777)
        self.path = os.path.join(self.folder, 'instance.conf')
        with open(self.path, 'w', encoding='ascii') as stream:
            stream.write(CONFIG)
        self.env = {'PATH': os.environ['PATH'], 'HOME': self.folder, 'XDG_STATE_HOME': self.folder, 'LC_ALL': 'C.UTF-8',
                    'XDG_CONFIG_HOME': self.folder, 'DBUS_SYSTEM_BUS_ADDRESS': os.environ['DBUS_SYSTEM_BUS_ADDRESS']}

    def start(self, user=USER):
        return subprocess.Popen(login.become(user, [MONITOR, '--system', '--source', 'helper', '--config', self.path,
                                                    '--database', os.path.join(self.folder, user + '.sqlite')]),
                                env=self.env, stderr=subprocess.PIPE, text=True)

    def start_instance(self):
        process = self.start()
        self.addCleanup(lambda: (process.terminate(), process.wait(), process.stderr.close()))
        desktop.wait('it is there', lambda: self.ctl('status').returncode == 0)
        return process

    def ctl(self, *arguments, user='bob'):
        command = [CTL, *arguments, '--system']
        return subprocess.run(command if user == 'root' else login.become(user, command), env=self.env, capture_output=True,
                              text=True, check=False, timeout=60)

    def target(self, address):
        listed = json.loads(self.ctl('status', '--json').stdout)['legs']
        return next((leg for leg in listed if leg['address'] == address), None)

    def test_it_measures_without_a_session(self):
        """The helper's polkit rule lets its user send pings, also beyond the ordinary limits."""
        self.start_instance()
        desktop.wait('replies', lambda: (self.target('10.78.0.1') or {}).get('reply', 0) >= 10)

    def test_everybody_may_read(self):
        self.start_instance()
        desktop.wait('replies', lambda: (self.target('10.78.0.1') or {}).get('reply', 0) >= 3)
        for arguments in (('status',), ('target', 'list'), ('history', '10.78.0.1'), ('probes', '10.78.0.1'), ('events',)):
            result = self.ctl(*arguments)
            self.assertEqual((result.returncode, result.stderr), (0, ''), arguments)

    def test_others_may_not_change(self):
        process = self.start_instance()
        for arguments in (('pause',), ('resume',), ('note', 'x'), ('target', 'add', '10.78.0.3'), ('throughput', '10.78.0.1'),
                          ('target', 'remove', '10.78.0.1'), ('target', 'set', '10.78.0.1', '--name', 'x')):
            result = self.ctl(*arguments)
            self.assertEqual(result.returncode, 3, arguments)
            self.assertEqual(result.stderr.count('\n'), 1, result.stderr)
        for method in ('Quit', 'Set'):
            result = subprocess.run(login.become('bob', ['gdbus', 'call', '--system', '-d', desktop.MONITOR_NAME, '-o',
                                                         desktop.MONITOR_PATH, '-m', 'io.github.pingem.Monitor1.' + method]
                                                 + (['{}'] if method == 'Set' else [])),
                                    env=self.env, capture_output=True, text=True, check=False)
            self.assertIn('AccessDenied', result.stderr)
        self.assertIsNone(process.poll())
        self.assertEqual(json.loads(self.ctl('status', '--json').stdout)['verdict'] == 'paused', False)

    def test_root_and_its_user_may(self):
        self.start_instance()
        for user in ('root', USER):
            self.assertEqual(self.ctl('pause', user=user).returncode, 0, user)
            self.assertEqual(json.loads(self.ctl('status', '--json').stdout)['verdict'], 'paused')
            self.assertEqual(self.ctl('resume', user=user).returncode, 0, user)
            self.assertEqual(self.ctl('note', 'seen by ' + user, user=user).returncode, 0, user)

    def test_file_is_still_not_rewritten(self):
        self.start_instance()
        result = self.ctl('target', 'add', '10.78.0.3', user='root')
        self.assertEqual(result.returncode, 2)
        self.assertIn('never rewritten', result.stderr)

    def test_others_may_not_be_it(self):
        process = self.start('bob')
        self.assertEqual(process.wait(20), 1)
        self.assertIn('may not have the name', process.stderr.read())
        process.stderr.close()

    def test_without_a_system_bus(self):
        self.env['DBUS_SYSTEM_BUS_ADDRESS'] = 'unix:path=/nonexistent'
        process = self.start()
        self.assertEqual(process.wait(20), 1)
        self.assertIn('there is no system bus', process.stderr.read())
        process.stderr.close()


if __name__ == '__main__':
    tap.run_cases(sys.argv[3:])
