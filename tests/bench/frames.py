#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Table: what a strip costs to draw; beside a plain bar chart, and rrdtool's graph of the same."""

import os
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from bench import harness, report  # noqa: E402
from bench.report import Figure, ratios  # noqa: E402

NOTE = ('{:,} columns on a strip {:,} pixels wide and 88 high, on an image surface; the median of {} strips in each round. The bars '
        'are plain Cairo: a background, and a rectangle for each column. "Everything": each column has something lost, late, '
        'unsent, held, in flight, an error and a gap. rrdtool draws two areas and the lost ones from a file of as many rows; it '
        'writes a PNG each time, so ours does beside it.')
LOOKS = (('light', 'strip, light', '<= 4'), ('dark', 'strip, dark', '<= 4'), ('light-2x', 'strip at 2x, light', ''),
         ('dark-2x', 'strip at 2x, dark', ''), ('bad', 'strip of everything', '<= 4'), ('bad-2x', 'strip of everything at 2x', ''),
         ('rectangles', 'plain bars', ''), ('rectangles-2x', 'plain bars at 2x', ''))
HEIGHT = 88
BEGIN_S = 1789999200


def run_ours(bench, n_columns, n_strips):
    """{look: milliseconds}"""
    result = harness.run([bench.program('bench-strip'), str(n_columns), str(n_strips)])
    assert result.status == 0, result.errors
    lines = [line.split() for line in result.output.splitlines()]
    return {words[1]: float(words[3]) for words in lines}


class Rrdtool:
    """One that stays, and is told on its standard input what to draw."""

    def __init__(self, folder, n_columns):
        self.n_columns = n_columns
        self.path = os.path.join(folder, 'strip.rrd')
        self.picture = os.path.join(folder, 'strip.png')
        sources = ['DS:%s:GAUGE:2:0:U' % name for name in ('p50', 'p95', 'lost')]
        subprocess.run(['rrdtool', 'create', self.path, '--start', str(BEGIN_S - 1), '--step', '1', *sources,
                        'RRA:AVERAGE:0.5:1:%d' % n_columns], check=True)
        subprocess.run(['rrdtool', 'update', self.path, *map(self._make_row, range(n_columns))], check=True)
        self.process = harness.spawn(['rrdtool', '-'], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def _make_row(self, i):
        p50 = 9000 + i * 7919 % 6000
        return '%d:%d:%d:%d' % (BEGIN_S + i, p50, p50 + 4000 + i * 104729 % 9000, 50000 if i % 97 == 0 else 0)

    def draw(self):
        """How many milliseconds it took."""
        values = ' '.join('DEF:%s=%s:%s:AVERAGE' % (name, self.path, name) for name in ('p50', 'p95', 'lost'))
        start = time.monotonic()
        self.process.stdin.write('graph %s --start %d --end %d --width %d --height %d --only-graph --upper-limit 50000 --rigid %s '
                                 'AREA:p95#8cc8ec AREA:p50#0072b2 AREA:lost#d55e00\n' % (
                                     self.picture, BEGIN_S, BEGIN_S + self.n_columns, self.n_columns, HEIGHT, values))
        self.process.stdin.flush()
        for line in self.process.stdout:
            if line.startswith('OK'):
                assert os.path.getsize(self.picture) > self.n_columns, 'rrdtool drew nothing'
                return 1000 * (time.monotonic() - start)
            assert not line.startswith('ERROR'), line
        raise AssertionError('rrdtool ended')

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


def measure(bench):
    n_columns, n_strips = bench.size(2000, 200), bench.size(10, 2)
    ours = {}
    theirs = []
    peer = Rrdtool(bench.folder, n_columns)
    try:
        peer.draw()  # it has found its fonts then
        for _ in range(bench.rounds):
            for look, ms in run_ours(bench, n_columns, n_strips).items():
                ours.setdefault(look, []).append(ms)
            theirs.append(statistics.median(peer.draw() for _ in range(n_strips)))
    finally:
        peer.close()
    figures = [Figure(label, ours[look], 'ms', target) for look, label, target in LOOKS]
    figures += [Figure('strip, written as PNG', ours['png'], 'ms'), Figure('rrdtool, written as PNG', theirs, 'ms'),
                Figure('strip, light / plain bars', ratios(ours['light'], ours['rectangles'])),
                Figure('strip / rrdtool, written as PNG', ratios(ours['png'], theirs))]
    return report.Table('Drawing a strip', NOTE.format(n_columns, n_columns, n_strips), figures)


if __name__ == '__main__':
    harness.main([measure])
