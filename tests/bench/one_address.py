#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Table: 60,000 probes to one address, as fast as each program can without losing them."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from bench import harness, peers, report, speed  # noqa: E402

FAR = harness.network.Pair.FAR
NOTE = 'oping waits for a timer between two probes, so it sends %d only.'
TARGETS = {('bench-engine', 'fping'): '>= 1.25', ('bench-engine', 'ping -f'): '>= 1.05',
           ('pingemctl', 'fping'): '>= 1.25', ('pingemctl', 'ping -f'): '>= 1.05'}


def measure(bench):
    n, n_oping = bench.size(60000, 500), bench.size(1000, 20)
    programs = {
        'bench-engine': peers.engine(bench, '--count', str(n), '--interval', '0', FAR),
        'pingemctl': peers.ctl(bench, '-c', str(n), '-i', '0', '-W', '1000', FAR),
        'fping': peers.fping('-c', str(n), '-p', '0', '-i', '0', '-t', '1000', FAR),
        'ping -f': peers.ping('-f', '-c', str(n), FAR),
        'oping': peers.oping('-c', str(n_oping), '-i', '0.001', FAR),
    }
    with harness.network.Pair():
        results = harness.contest(bench, programs)
    return report.Table('{:,} probes to one address'.format(n), NOTE % n_oping,
                        speed.figures(results, ('bench-engine', 'pingemctl'), TARGETS))


if __name__ == '__main__':
    harness.main([measure])
