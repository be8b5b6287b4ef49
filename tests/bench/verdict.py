#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Table: whom the verdict accuses of faults that are made up, beside the nearest leg that loses more than 2 %."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from bench import harness, report  # noqa: E402

NOTE = ('{:,} runs of each fault, made up by verdict.c: a window of 30 s with a router, a provider, two anchors and a call '
        'server. Percent of the runs in which the faulty leg is named / nobody is accused / an innocent one is. With 1/s every target is '
        'probed once a second; with 5/s all that a suspicion concerns five times a second, for the last 20 s, the '
        'provider still once. Who limits its answers was seen to for 30 s before. "Nearest" is the rule that the nearest leg with '
        'more than 2 % of loss is to blame, on the same evidence.')
HEADER = ('fault', 'verdict, 1/s', 'verdict, 5/s', 'nearest, 1/s', 'nearest, 5/s')
COUNTS = ('right', 'unsure', 'innocent')
RATES = ('1', '5')
QUIRKS = {'none': '', 'silent-router': ', silent router', 'limited-provider': ', provider answers half'}


def words(line):
    parts = line.split()
    return dict(zip(parts[::2], parts[1::2]))


def name(line):
    """Of the line's fault."""
    what = {'loss': '{percent} % lost, {form}', 'late': '{percent} % late', 'delay': '900 ms more',
            'nothing': '{percent} % lost by any'}[line['kind']]
    return (line['at'] + ': ' + what).format(**line) + QUIRKS[line['quirk']]


def add(lines):
    """Counts of all of these: {'right': ..., 'naive_right': ...}"""
    keys = [prefix + count for prefix in ('', 'naive_') for count in COUNTS]
    return {key: sum(int(line[key]) for line in lines) for key in keys}


class Row:
    """A fault, or many; `lines`: what bench-verdict printed of it at each rate."""

    def __init__(self, title, lines):
        self.title = title
        self.lines = lines

    def cell(self, prefix, rate):
        counts = add([line for line in self.lines if line['per_s'] == rate])
        counts = [counts[prefix + count] for count in COUNTS]
        return ' / '.join(report.show(100 * count / sum(counts)) for count in counts)

    def cells(self):
        return [self.title] + [self.cell(prefix, rate) for prefix in ('', 'naive_') for rate in RATES]


def run(program, n_runs):
    result = harness.run([program, str(n_runs)], limit_s=600)
    assert result.status == 0, result.errors
    return list(map(words, result.output.splitlines()))


def measure(bench):
    n_runs = bench.size(1000, 20)
    lines = run(bench.program('bench-verdict'), n_runs)
    names = list(dict.fromkeys(map(name, lines)))
    rows = [Row(title, [line for line in lines if name(line) == title]) for title in names]
    return report.Table('Whom the verdict accuses', NOTE.format(n_runs), rows + [Row('all of these', lines)], HEADER)


if __name__ == '__main__':
    harness.main([measure])
