#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Table: one probe to each of 60,000 addresses that answer."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from bench import harness, peers, report, speed  # noqa: E402

NOTE = ('oping, which needs 10 times as long and more memory, is given {:,} addresses; memory is the most anonymous memory, '
        'looked at in a run of its own.')
TARGETS = {('bench-engine', 'fping -a'): '>= 1.6', ('pingemctl', 'fping -a'): '>= 1.6',
           ('bench-engine', 'oping'): '>= 15', ('pingemctl', 'oping'): '>= 15'}
OURS = ('bench-engine', 'pingemctl')


def measure(bench):
    n, n_oping = bench.size(60000, 500), bench.size(6000, 50)
    hosts = bench.write_hosts(n)
    programs = {
        'bench-engine': peers.engine(bench, '--count', '1', '10.78.1.0/%d' % n),
        'pingemctl': peers.ctl(bench, '-c', '1', '-i', '0', '-W', '1000', '--targets', hosts),
        'fping -a': peers.fping_alive(n, '-t', '1000', '-f', hosts),
        'oping': peers.oping('-c', '1', '-f', bench.write_hosts(n_oping)),
    }
    with harness.network.Pair():
        results = harness.contest(bench, programs)
        memory = [report.Figure(name + ': memory', [harness.measure_memory(program) / 1024], 'MB',
                                '<= 8' if name in OURS else '') for name, program in programs.items()]
    return report.Table('{:,} addresses that answer'.format(n), NOTE.format(n_oping),
                        speed.figures(results, OURS, TARGETS) + memory)


if __name__ == '__main__':
    harness.main([measure])
