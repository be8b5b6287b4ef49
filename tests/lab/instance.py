# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests of instances share: a session, and the monitor with a configuration file of the test's own."""

import os
import subprocess
import sys
import unittest

from lab import desktop, monitor, network


class Case(unittest.TestCase):
    """The program's first argument is the monitor, its second one pingemctl. `has_pair`: with a host on a cable."""

    has_pair = False

    def setUp(self):
        if self.has_pair:
            self.pair = network.Pair()
            self.addCleanup(self.pair.close)
        else:
            subprocess.run(['ip', 'link', 'set', 'lo', 'up'], check=True)
        self.session = desktop.Session()
        self.session.__enter__()
        self.addCleanup(self.session.__exit__, None, None, None)
        self.path = os.path.join(self.session.folder, 'instance.conf')

    def write(self, text):
        with open(self.path, 'w', encoding='utf-8') as stream:
            stream.write(text)

    def start(self, text=None, *options):
        """With this file; None: with the user's own."""
        if text is not None:
            self.write(text)
            options = ['--config', self.path, *options]
        self.monitor = monitor.Monitor(os.path.abspath(sys.argv[1]), self.session, *options)

    def ctl(self, *arguments):
        return self.session.run([os.path.abspath(sys.argv[2]), *arguments])
