#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Table: how far each program's RTT is from the one in a capture, where the kernel stamps both packets."""

import ipaddress
import os
import re
import statistics
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from bench import harness, report  # noqa: E402
from bench.report import Figure  # noqa: E402
from lab import wire  # noqa: E402

NOTE = ('What each program says minus what tcpdump saw on the same device, {} probes per round, one in {} ms; loaded: an endless '
        'loop runs on each of the {} cores. p99 and maximum are of the sizes of all rounds\' errors together. ping and fping '
        'tell whole microseconds.')
INTERVAL_MS = 2
# PINGEM_RECORD_TRANSMIT_STAMP
TRANSMIT_STAMP = 1 << 3
OURS = 'bench-engine'


class Clocked:
    """A command, and a function from its output to the RTTs that it tells, in microseconds: {number from 0: rtt}."""

    def __init__(self, command, address, read):
        self.command = command
        self.address = ipaddress.ip_address(address).packed
        self.read = read


def read_engine(output):
    rows = [line.split() for line in output.splitlines() if line.startswith('rtt ')]
    return {int(row[2]): int(row[5]) / 1000 for row in rows}


def read_ping(output):
    return {int(number) - 1: 1000 * float(rtt) for number, rtt in re.findall(r'icmp_seq=(\d+) .*time=([\d.]+) ms', output)}


def read_fping(output):
    return {int(number): 1000 * float(rtt) for number, rtt in re.findall(r'\[(\d+)\], .*?, ([\d.]+) ms', output)}


def count_stamped(output):
    """Percent of the engine's probes whose send time is the kernel's."""
    flags = [int(line.split()[6]) for line in output.splitlines() if line.startswith('rtt ')]
    return 100 * sum(flag & TRANSMIT_STAMP != 0 for flag in flags) / len(flags)


def find_biases(told, requests):
    """Told minus captured, in microseconds, of each probe that was answered in both."""
    biases = [rtt - (requests[number][wire.REPLIES] - requests[number][wire.SENT]) / 1000 for number, rtt in told.items()
              if number < len(requests) and len(requests[number]) > wire.REPLIES]
    assert len(biases) >= len(requests) * 0.9, '%d RTTs told, %d requests captured' % (len(told), len(requests))
    return biases


def measure_round(programs):
    """Their biases, and the outputs that they are from: one after another before one capture."""
    with wire.Capture('near0') as capture:
        outputs = {name: harness.run(program.command).output for name, program in programs.items()}
        capture.stop()
        ledger = wire.Ledger(capture.packets())
    return {name: find_biases(program.read(outputs[name]), ledger.requests[program.address])
            for name, program in programs.items()}, outputs


def load():
    """One busy process per core."""
    return [harness.spawn(['sh', '-c', 'while :; do :; done']) for _ in range(os.cpu_count())]


def make_figures(name, state, rounds, has_stamps):
    """Of the biases of each round."""
    sizes = sorted(abs(bias) for biases in rounds for bias in biases)
    targets = ('<= 1' if has_stamps else '<= 2', '<= 15', '<= 100') if name == OURS else ('', '', '')
    label = '%s, %s: ' % (name, state)
    return [Figure(label + 'median', [statistics.median(biases) for biases in rounds], 'us', targets[0],
                   lambda values: abs(statistics.median(values))),
            Figure(label + 'p99', [sizes[len(sizes) * 99 // 100]], 'us', targets[1]),
            Figure(label + 'maximum', [sizes[-1]], 'us', targets[2])]


def make_programs(bench, n):
    pause = str(INTERVAL_MS)
    return {
        OURS: Clocked([bench.program(OURS), '--print', '--count', str(n), '--interval', pause, '10.78.0.1'], '10.78.0.1',
                      read_engine),
        'ping': Clocked(['ping', '-n', '-c', str(n), '-i', str(INTERVAL_MS / 1000), '10.78.0.2'], '10.78.0.2', read_ping),
        'fping': Clocked(['fping', '-c', str(n), '-p', pause, '-i', '1', '10.78.0.3'], '10.78.0.3', read_fping),
    }


def measure_state(bench, programs, state):
    rounds = {name: [] for name in programs}
    stamped = []
    for _ in range(bench.rounds):
        biases, outputs = measure_round(programs)
        stamped.append(count_stamped(outputs[OURS]))
        for name, of in biases.items():
            rounds[name].append(of)
    figures = [Figure('%s, %s: send times by the kernel\'s transmit stamp' % (OURS, state), stamped, '%')]
    for name, of in rounds.items():
        figures += make_figures(name, state, of, min(stamped) == 100)
    return figures


def measure(bench):
    n = bench.size(400, 20)
    programs = make_programs(bench, n)
    with harness.network.Pair():
        figures = measure_state(bench, programs, 'idle')
        busy = load()
        try:
            figures += measure_state(bench, programs, 'loaded')
        finally:
            for process in busy:
                process.kill()
                process.wait()
    return report.Table('RTT, compared with a capture', NOTE.format(n, INTERVAL_MS, os.cpu_count()), figures)


if __name__ == '__main__':
    harness.main([measure])
