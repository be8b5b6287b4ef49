#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Table: what it costs to end a probe, with a million in flight."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from bench import harness, report  # noqa: E402

NOTE = ('Each in random order, nanoseconds per probe. The timer alone is what the target is about, and is compared with one '
        'made of GLib\'s balanced tree, GSequence; the whole ledger finds the slot, its target and its host too, each in memory '
        'that no cache holds, and tells what became of it.')
ROWS = (('timer_cancel_ns', 'timer: cancel and insert again', '<= 15'), ('timer_expiry_ns', 'timer: expiry', '<= 10'),
        ('tree_cancel_ns', 'balanced tree: cancel and insert again', ''), ('tree_expiry_ns', 'balanced tree: expiry', ''),
        ('ledger_cancel_ns', 'whole ledger: a reply, and the next probe', ''), ('ledger_expiry_ns', 'whole ledger: expiry', ''))


def measure(bench):
    result = harness.run([bench.program('bench-expiry'), str(bench.rounds)])
    rounds = [dict(zip(words[::2], map(float, words[1::2]))) for words in map(str.split, result.output.splitlines())]
    assert result.status == 0 and rounds, result.errors
    columns = {key: [values[key] for values in rounds] for key, _, _ in ROWS}
    figures = [report.Figure(name, columns[key], 'ns', target) for key, name, target in ROWS]
    figures += [report.Figure('timer / balanced tree, ' + name, report.ratios(columns['timer_' + key], columns['tree_' + key]))
                for key, name in (('cancel_ns', 'cancel and insert again'), ('expiry_ns', 'expiry'))]
    return report.Table('A million probes in flight', NOTE, figures)


if __name__ == '__main__':
    harness.main([measure])
