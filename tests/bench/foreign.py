#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Table: five targets while the far host floods this one with echo replies to somebody else."""

import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from bench import harness, peers, report  # noqa: E402

NOTE = ('{:,} echo replies a second with a foreign identifier come in beside 5 targets, each probed {} times in as many '
        'seconds. The kernel does some of a flood\'s work in the name of whatever runs at that moment.')
# The flood begins before the probes and ends after them.
LEAD_S = 2
HOSTS = ['10.78.0.%d' % number for number in range(1, 6)]


def flooded(bench, pair, program, rate, seconds):
    """The program's result, and what came in beside it."""
    flood = harness.spawn(pair.far.command([bench.program('echo-flood'), pair.NEAR, str(rate), str(seconds + LEAD_S)]),
                          stdout=-1, text=True)
    time.sleep(LEAD_S / 4)
    result = program.run()
    output, _ = flood.communicate(timeout=seconds + 30)
    return result, int(output.split()[1]) / (seconds + LEAD_S)


def measure(bench):
    rate, seconds = bench.size(300000, 20000), bench.size(6, 1)
    programs = {
        'bench-engine': peers.engine(bench, '--count', str(seconds), '%s/5' % HOSTS[0]),
        'fping': peers.fping('-c', str(seconds), '-p', '1000', *HOSTS),
    }
    runs = {name: [] for name in programs}
    with harness.network.Pair() as pair:
        for _ in range(bench.rounds):
            for name, program in programs.items():
                runs[name].append(flooded(bench, pair, program, rate, seconds))
    figures = [report.Figure('foreign replies', [came for of in runs.values() for _, came in of], '/s')]
    for name, of in runs.items():
        is_ours = name == 'bench-engine'
        figures += [
            report.Figure(name + ': of a core', [100 * result.cpu_s / result.seconds for result, _ in of], '%',
                          '<= 0.3' if is_ours else ''),
            report.Figure(name + ': lost', [result.sent - result.replies for result, _ in of], '', '= 0' if is_ours else '',
                          max)]
    return report.Table('Foreign replies', NOTE.format(rate, seconds), figures)


if __name__ == '__main__':
    harness.main([measure])
