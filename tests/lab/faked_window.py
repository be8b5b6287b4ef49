# SPDX-License-Identifier: GPL-3.0-or-later
"""The window beside a monitor that is the test's own, which says what is measured."""

import time

from gi.repository import GLib

from .desktop import FakeMonitor, make_target
from .layout import find_covered, find_outside, list_labels, list_places
from .window import SEEN, WindowTest


def make_column(start_ms, span_ms, rtt_us, lost=0, gap='', unsent=0):
    due = max(span_ms // 1000, 1)
    if gap or unsent:
        counts = (0, 0, 0, 0 if gap else due, 0, 0, 0, 0, 0 if gap else due, 0)
        return (start_ms, span_ms) + counts + (-1,) * 5 + (gap,)
    lost = min(lost, due)
    rtts = (rtt_us, rtt_us * 11 // 10, rtt_us * (15 + start_ms // span_ms % 7) // 10, rtt_us * 2, rtt_us * 2)
    return (start_ms, span_ms, due - lost, 0, lost, 0, 0, 0, 0, 0, lost, 64) + rtts + (gap,)


class History:
    """What the monitor answers: a burst of loss ten minutes ago, and a sleep before."""

    RTTS_US = {'router': 2000, '1.1.1.1': 12000, 'call.example': 20000}

    def __init__(self, has_burst=True):
        self.has_burst = has_burst
        self.now_ms = int(time.time() * 1000)

    def answer(self, key, from_ms, to_ms, n):
        span_ms = (to_ms - from_ms) // n
        columns = [self.make(key, from_ms + i * span_ms, span_ms) for i in range(n)]
        return GLib.Variant('(a(xuuuuuuuuuuuiiiiis))', (columns,))

    def make(self, key, start_ms, span_ms):
        ago_s = (self.now_ms - start_ms) / 1000
        if self.has_burst and 500 < ago_s < 600:
            return make_column(start_ms, span_ms, self.RTTS_US.get(key, 15000), lost=span_ms // 4000)
        if self.has_burst and 1200 < ago_s < 1700:
            return make_column(start_ms, span_ms, -1, gap='suspended')
        if self.has_burst and 900 < ago_s < 960:
            return make_column(start_ms, span_ms, -1, unsent=1)
        return make_column(start_ms, span_ms, self.RTTS_US.get(key, 15000))


def make_targets():
    return [make_target('router', 'Router', 'router', address='192.168.1.1', numeric='192.168.1.1', lost=2,
                        level='degraded'),
            make_target('1.1.1.1', '1.1.1.1', 'internet', rtt_us=12300),
            make_target('call.example', 'My calls', 'call', numeric='203.0.113.7', rtt_us=31000, jitter_us=2400,
                        problem='The name call.example cannot be looked up.')]


class FakedTest(WindowTest):
    """The monitor is the test's own."""

    def start_monitor(self, status=None, targets=None, history=None):
        monitor = FakeMonitor(self.desktop, status, make_targets() if targets is None else targets)
        self.addCleanup(monitor.close)
        monitor.answers['Columns'] = (history or History()).answer
        return monitor

    def count_wake_ups(self):
        with open('/proc/%d/status' % self.program.pid, encoding='ascii') as stream:
            return next(int(line.split()[1]) for line in stream if line.startswith('voluntary_ctxt_switches'))

    def check_layout(self, but=(), page=None):
        """
        That what is written can be read: all of it is inside, and none on another. Returns the labels. Once the other
        page was shown, the one to look at has to be told.
        """
        window = SEEN.windows()[0]
        labels = [label for label in list_labels(list_places(window)) if page is None or label.is_in(page)]
        self.assertGreater(len(labels), 3)
        self.assertEqual(find_outside(labels, window.box().width, but), [])
        self.assertEqual(find_covered(labels), [])
        return labels

    def asked(self, monitor, method):
        return [arguments for name, arguments in monitor.calls if name == method]
