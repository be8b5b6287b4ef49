#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the monitor makes of the desktop's services on the system bus. Inside `build-aux/system-bus --lab`.

Argument: the monitor.
"""

import os
import signal
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import desktop, monitor, network, nm, tap  # noqa: E402
from lab.logind import Logind  # noqa: E402

REPLY, GAP = 2, 17


class DesktopTest(unittest.TestCase):
    def setUp(self):
        self.chain = network.Chain()
        self.addCleanup(self.chain.close)
        self.session = desktop.Session()
        self.session.__enter__()
        self.addCleanup(self.session.__exit__, None, None, None)

    def start(self):
        self.monitor = monitor.Monitor(MONITOR, self.session)

    def replies(self):
        return sum(column[REPLY] for column in self.monitor.columns('1.1.1.1'))


class SleepTest(DesktopTest):
    def start_logind(self):
        self.logind = Logind()
        self.addCleanup(self.logind.close)

    def wait_for_inhibitor(self, is_there):
        desktop.wait('an inhibitor' if is_there else 'no inhibitor', lambda: self.logind.is_inhibited() == is_there)

    def test_the_history_is_on_disk_before_the_machine_sleeps(self):
        self.start()
        self.start_logind()
        self.wait_for_inhibitor(True)
        desktop.wait('some replies', lambda: self.replies() >= 3)
        seen = self.replies()
        self.logind.prepare(True)
        self.wait_for_inhibitor(False)
        self.monitor.stop(signal.SIGKILL)
        self.start()
        self.assertGreaterEqual(self.replies(), seen)

    def test_a_sleep_is_a_gap_and_an_event_once(self):
        self.start_logind()
        self.start()
        self.wait_for_inhibitor(True)
        desktop.wait('some replies', lambda: self.replies() >= 3)
        for number in (1, 2):
            self.logind.prepare(True)
            self.wait_for_inhibitor(False)
            self.logind.prepare(False)
            self.wait_for_inhibitor(True)
            desktop.wait('it is told', lambda: len(self.monitor.events('resume')) >= number)
        seen = self.replies()
        desktop.wait('more replies', lambda: self.replies() >= seen + 2)
        self.assertEqual(len(self.monitor.events('resume')), 2)
        self.assertEqual([gap['text'] for gap in self.monitor.events('gap')].count('suspended'), 2)


class PortalTest(DesktopTest):
    """The real NetworkManager looks for portals itself: at an anchor, which answers every ping."""

    def serve(self, is_portal):
        self.page = nm.Page(self.chain.internet, is_portal)
        self.addCleanup(self.page.close)

    def wait_for_verdict(self, verdict, level):
        def is_so():
            status = self.monitor.get('Status')
            return (status['verdict'], status['level']) == (verdict, level)
        desktop.wait('the verdict ' + verdict, is_so, 60)

    def start_manager(self):
        self.manager = nm.NetworkManager()
        self.addCleanup(self.manager.close)

    def test_a_portal_is_told_apart_until_somebody_signed_in(self):
        self.serve(True)
        self.start()
        self.wait_for_verdict('ok', 'good')
        self.start_manager()
        self.wait_for_verdict('captive-portal', 'bad')
        self.assertNotIn('wifi', self.monitor.get('Status'))
        self.page.close()
        self.serve(False)
        self.wait_for_verdict('ok', 'good')
        outages = self.monitor.events('outage')
        self.assertEqual([outage['text'] for outage in outages], ['captive-portal'])
        self.assertIn('to-ms', outages[0])

    def test_who_told_of_a_portal_ends(self):
        self.serve(True)
        self.start_manager()
        self.start()
        self.wait_for_verdict('captive-portal', 'bad')
        self.manager.close()
        self.wait_for_verdict('ok', 'good')


if __name__ == '__main__':
    MONITOR = os.path.abspath(sys.argv[1])
    tap.run_cases(sys.argv[2:])
