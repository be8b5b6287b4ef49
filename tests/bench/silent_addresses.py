#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Table: one probe to each of 60,000 addresses that never answer, with a timeout of one second."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from bench import harness, peers, report, speed  # noqa: E402
from bench.report import Figure, ratios  # noqa: E402

NOTE = ('The far host drops every request. Bytes are anonymous memory: what many have more than one, divided by how many; '
        'those of a slot from {:,} more probes to the same {:,} addresses.')
OURS = ('bench-engine', 'pingemctl')
PEER = 'fping -a'


def check_silent(results):
    for name, of in results.items():
        assert all(result.replies == 0 for result in of), name + ' was answered by a host that drops all'


def count_bytes(many, few, n):
    """Of each of the n that the first has more."""
    return [1024 * (harness.measure_memory(many) - harness.measure_memory(few)) / n]


def measure_slot(bench, per_address):
    """Many probes in flight to each address, and one."""
    n = bench.size(1000, 100)
    many, few = (peers.engine(bench, '--count', str(count), '--interval', '1', '10.78.1.0/%d' % n)
                 for count in (per_address + 1, 1))
    return Figure('bench-engine: bytes per slot in flight', count_bytes(many, few, n * per_address), target='<= 40')


def costs(results):
    rows = [Figure(name + ': wall', [result.seconds for result in of], 's', '<= 1.12' if name in OURS else '')
            for name, of in results.items()]
    rows += [Figure(name + ': CPU per million probes', speed.per_million(of), 's') for name, of in results.items()]
    return rows + [Figure('%s / %s, CPU' % (name, PEER), ratios(speed.per_million(results[name]), speed.per_million(results[PEER])),
                          target='<= 0.6') for name in OURS]


def measure(bench):
    n, per_address, timeout_ms = bench.size(60000, 500), 60, str(bench.size(1000, 300))

    def programs(n_hosts):
        hosts = bench.write_hosts(n_hosts)
        return {
            'bench-engine': peers.engine(bench, '--count', '1', '--timeout', timeout_ms, '10.78.1.0/%d' % n_hosts),
            'pingemctl': peers.ctl(bench, '-c', '1', '-i', '0', '-W', timeout_ms, '--targets', hosts),
            PEER: peers.fping_alive(n_hosts, '-t', timeout_ms, '-f', hosts),
        }

    with harness.network.Pair() as pair:
        pair.far.drop(100)
        many, few = programs(n), programs(1)
        results = harness.contest(bench, many)
        check_silent(results)
        memory = [Figure(name + ': memory', [harness.measure_memory(many[name]) / 1024], 'MB', '<= 8' if name in OURS else '')
                  for name in many]
        memory += [Figure(name + ': bytes per probe in flight, with its target', count_bytes(many[name], few[name], n - 1),
                          target='<= 96' if name == 'bench-engine' else '') for name in many]
        memory.append(measure_slot(bench, per_address))
    return report.Table('{:,} silent addresses, timeout 1 s'.format(n), NOTE.format(per_address, bench.size(1000, 100)),
                        costs(results) + memory)


if __name__ == '__main__':
    harness.main([measure])
