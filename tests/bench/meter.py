# SPDX-License-Identifier: GPL-3.0-or-later
"""What running processes use, between two looks at them."""

import glob
import re
import time


class Meter:
    """CPU time and wake-ups of some processes together, all their threads; each look tells of the time since the last."""

    def __init__(self, *pids):
        self.pids = pids
        self.before = self._read()

    def _read(self):
        cpu_ns = wakes = 0
        for pid in self.pids:
            for task in glob.glob('/proc/%d/task/[0-9]*' % pid):
                with open(task + '/schedstat', encoding='ascii') as stream:
                    cpu_ns += int(stream.read().split()[0])
                with open(task + '/status', encoding='utf-8') as stream:
                    wakes += int(re.search(r'^voluntary_ctxt_switches:\s*(\d+)', stream.read(), re.M).group(1))
        return time.monotonic(), cpu_ns, wakes

    def look(self):
        """Percent of a core, and wake-ups per second."""
        now = self._read()
        seconds, cpu_ns, wakes = (b - a for a, b in zip(self.before, now))
        self.before = now
        return cpu_ns / 1e7 / seconds, wakes / seconds
