#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Table: what it costs to end a probe, with a million in flight."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from bench import harness, report  # noqa: E402

NOTE = ('Each in random order, nanoseconds per probe. The timer alone is what the target is about; the whole ledger finds the '
        'slot, its target and its host too, each in memory that no cache holds, and tells what became of it.')
ROWS = (('timer_cancel_ns', 'timer: cancel and insert again', '<= 15'), ('timer_expiry_ns', 'timer: expiry', '<= 10'),
        ('ledger_cancel_ns', 'whole ledger: a reply, and the next probe', ''), ('ledger_expiry_ns', 'whole ledger: expiry', ''))


def measure(bench):
    result = harness.run([bench.program('bench-expiry'), str(bench.rounds)])
    rounds = [dict(zip(words[::2], map(float, words[1::2]))) for words in map(str.split, result.output.splitlines())]
    assert result.status == 0 and rounds, result.errors
    return report.Table('A million probes in flight', NOTE,
                        [report.Figure(name, [values[key] for values in rounds], 'ns', target) for key, name, target in ROWS])


if __name__ == '__main__':
    harness.main([measure])
