#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Table: the helper's channel: how many records it carries, and that it adds nothing to an RTT."""

import ipaddress
import json
import os
import statistics
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from bench import accuracy, harness, peers, report  # noqa: E402
from bench.report import Figure  # noqa: E402
from lab import login, wire  # noqa: E402

NOTE = ('Records: from a process with the helper\'s end to one reader that counts them. RTT: what `pingemctl ping` says minus what '
        'tcpdump saw, {} targets with {} probes each, through the helper as an ordinary user and through a raw socket of root\'s '
        'own.')
# What everybody may, so that nobody has to be asked.
COUNT, INTERVAL_MS = 10, 100
OFFERED = 250000
PER_RUN = 64


def find_biases(output, requests):
    biases = []
    by_address = {}
    for line in output.splitlines():
        row = json.loads(line)
        if row.get('state') == 'reply':
            by_address.setdefault(row['address'], {})[row['seq']] = row['rtt_us']
    for address, told in by_address.items():
        biases += accuracy.find_biases(told, requests[ipaddress.ip_address(address).packed])
    assert biases, output[-500:]
    return biases


def ping(bench, source, hosts, wrap):
    """The biases of one run."""
    command = [bench.program('pingemctl'), 'ping', '--source', source, '--json', '-c', str(COUNT), '-i', str(INTERVAL_MS), *hosts]
    with wire.Capture('near0') as capture:
        result = harness.run(wrap(command))
        assert result.status == 0, result.errors
        capture.stop()
        return find_biases(result.output, wire.Ledger(capture.packets()).requests)


def carry(bench, n, rate):
    """Values of each round; the helper's end is offered so many a second, 0: as many as it can."""
    program = harness.Program([bench.program('bench-channel'), str(n), str(PER_RUN), str(rate)], peers.count_channel)
    return [program.run().values() for _ in range(bench.rounds)]


def measure_records(bench):
    flood, steady = carry(bench, bench.size(2000000, 20000), 0), carry(bench, bench.size(OFFERED, 5000), OFFERED)
    offered = 'where {:,} a second are offered: '.format(OFFERED)
    return [Figure('records read, as many as possible', [of['read_per_s'] for of in flood], '/s', '>= 200,000'),
            Figure(offered + 'dropped', [of['dropped'] for of in steady], '', '= 0', max),
            Figure(offered + 'CPU per record, reader', [of['reader_cpu_us'] for of in steady], 'us'),
            Figure(offered + 'CPU per record, helper', [of['teller_cpu_us'] for of in steady], 'us')]


def measure_rtt(bench, n):
    hosts = ['10.78.0.%d' % number for number in range(1, n + 1)]
    rounds = {'helper': [], 'raw': []}
    with harness.network.Pair(), login.Login('alice') as session:
        for _ in range(bench.rounds):
            rounds['helper'].append(ping(bench, 'helper', hosts, session.command))
            rounds['raw'].append(ping(bench, 'raw', hosts, list))
    medians = {source: [statistics.median(biases) for biases in of] for source, of in rounds.items()}
    added = [helper - raw for helper, raw in zip(medians['helper'], medians['raw'])]
    names = {'helper': 'through the helper', 'raw': 'raw socket'}
    return [Figure('RTT error %s, median' % names[source], of, 'us') for source, of in medians.items()] + [
        Figure('RTT that the channel adds', added, 'us', '<= 1', statistics.median)]


def measure(bench):
    n = bench.size(20, 2)
    return report.Table('The helper\'s channel', NOTE.format(n, COUNT), measure_records(bench) + measure_rtt(bench, n))


if __name__ == '__main__':
    harness.main([measure])
