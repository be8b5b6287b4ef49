#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Table: many targets, each once a second: what it costs, and whether the grid holds. A capture is the witness."""

import os
import statistics
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from bench import harness, meter, peers, report  # noqa: E402
from bench.report import Figure  # noqa: E402
from lab import responder, wire  # noqa: E402

NOTE = ('{:,} targets once a second for {} s; a responder on a TUN device answers each after 1 to 200 ms. CPU and memory are '
        'those of each second of a run without a capture. The grid is that of the requests in a capture: drift is how much '
        'a target\'s sends moved against it in each period, the error of a send how much later than the target\'s best one. '
        'The empty loop sleeps from millisecond to millisecond beside it. The programs with {} targets run together.')
# Everybody's addresses, so that one capture tells them apart.
BLOCKS = {'bench-engine': 64, 'fping': 128, 'ping': 192}
PERIOD_NS = 10 ** 9
HEADER = 20
ECHO_REQUEST = 8


class Grid:
    """When the requests to each address left."""

    def __init__(self, capture):
        self.times = {}
        for time_ns, packet in capture.packets():
            if packet[0] == 0x45 and packet[9] == 1 and packet[HEADER] == ECHO_REQUEST:
                self.times.setdefault(packet[16:20], []).append(time_ns)

    def of(self, test):
        return [times for address, times in self.times.items() if len(times) > 2 and test(address)]


def drifts_us(series):
    """How much each target's grid moved from period to period: later sends compared with earlier ones, by their medians.

    The first send is left out: nobody had to wake up for it.
    """
    found = []
    for times in series:
        offsets = [time_ns - i * PERIOD_NS for i, time_ns in enumerate(times)][1:]
        half = len(offsets) // 2
        later, earlier = (statistics.median(part) for part in (offsets[-half:], offsets[:half]))
        found.append((later - earlier) / (len(offsets) - half) / 1000)
    return found


def errors_us(series):
    """Each send's, in order of size."""
    found = []
    for times in series:
        offsets = [time_ns - i * PERIOD_NS for i, time_ns in enumerate(times)]
        found += [(offset - min(offsets)) / 1000 for offset in offsets]
    return sorted(found)


def engine(bench, n, seconds, first):
    return peers.engine(bench, '--count', str(seconds), '--spread', '1000', '%s/%d' % (first, n))


def fping(bench, n, seconds, third):
    path = os.path.join(bench.folder, 'steady-%d' % n)
    with open(path, 'w', encoding='ascii') as stream:
        stream.writelines('10.64.%d.%d\n' % divmod(third * 256 + number, 256) for number in range(n))
    return peers.fping('-c', str(seconds), '-p', '1000', '-i', '%g' % (1000 / n), '-t', '1000', '-f', path)


def measure_cost(bench, n, seconds):
    """Figures of each second but the first and the last."""
    shares, memory = [], []

    def watch(process):
        time.sleep(1)
        gauge = meter.Meter(process.pid)
        for _ in range(max(seconds - 2, 1)):
            time.sleep(1)
            shares.append(gauge.look()[0])
            memory.append(harness.anonymous_kb(process.pid) / 1024)

    result = engine(bench, n, seconds, '10.64.0.0').run(watch=watch)
    assert shares and memory, result.errors
    return [Figure('bench-engine: sent of what was due', [100 * result.sent / (n * seconds)], '%', '>= 99.9'),
            Figure('bench-engine: of a core', shares, '%', '<= 10'),
            Figure('bench-engine: memory', memory, 'MB', '<= 8', max),
            Figure('bench-engine: answered, yet told as lost', [result.sent - result.replies], '', '= 0')]


def measure_grid(bench, n, seconds):
    """The engine beside an empty loop."""
    idle = harness.spawn([bench.program('idle-loop'), str(seconds)], stdout=-1, text=True)
    with wire.Capture('lab0') as capture:
        engine(bench, n, seconds, '10.64.0.0').run()
        capture.stop()
        series = Grid(capture).of(lambda address: True)
    words = idle.communicate(timeout=seconds + 10)[0].split()
    loop = dict(zip(words[::2], map(float, words[1::2])))
    errors = errors_us(series)
    assert len(series) == n, 'requests to %d addresses' % len(series)
    return [Figure('bench-engine: drift per period', drifts_us(series), 'us', '<= 10', lambda of: abs(statistics.median(of))),
            Figure('bench-engine: error of a send, p99', [errors[len(errors) * 99 // 100]], 'us', '<= 1200'),
            Figure('bench-engine: error of a send, maximum', [errors[-1]], 'us'),
            Figure('the empty loop wakes late, p99', [loop['late_p99_us']], 'us'),
            Figure('the empty loop wakes late, maximum', [loop['late_max_us']], 'us')]


def measure_fping(bench, n, seconds):
    with wire.Capture('lab0') as capture:
        result = fping(bench, n, seconds, 0).run()
        capture.stop()
        series = Grid(capture).of(lambda address: True)
    return [Figure('fping: sent of what was due in that time', [100 * result.sent / (n * result.seconds)], '%'),
            Figure('fping: of a core', [100 * result.cpu_s / result.seconds], '%'),
            Figure('fping: answered, yet told as lost', [result.sent - result.replies]),
            Figure('fping: drift per period', drifts_us(series), 'us')]


def measure_together(bench, n, seconds):
    """The drift of each program with n targets, and of one `ping`."""
    first = {name: '10.64.%d.0' % third for name, third in BLOCKS.items()}
    programs = {'bench-engine': engine(bench, n, seconds, first['bench-engine']),
                'fping': fping(bench, n, seconds, BLOCKS['fping']),
                'ping': peers.ping('-c', str(seconds), first['ping'])}
    with wire.Capture('lab0') as capture:
        processes = [harness.spawn(program.command, stdout=-3, stderr=-3) for program in programs.values()]
        for process in processes:
            process.wait(seconds + 30)
        capture.stop()
        grid = Grid(capture)
    figures = []
    for name, third in BLOCKS.items():
        series = grid.of(lambda address, third=third: third <= address[2] < third + 64)
        assert len(series) == (1 if name == 'ping' else n), '%s sent to %d addresses' % (name, len(series))
        label = '%s, %s: drift per period' % (name, 'one target' if name == 'ping' else '%d targets' % n)
        figures.append(Figure(label, drifts_us(series), 'us', *(
            ['<= 10', lambda of: abs(statistics.median(of))] if name == 'bench-engine' else [])))
    return figures


def measure(bench):
    n, seconds = bench.size(10000, 100), bench.size(20, 3)
    few = bench.size((100, 1000), (10,))
    script = 'end %d\non any reply after 1..200\n' % (6 * seconds + 120)
    with responder.Responder(bench.program('lab-responder'), script) as answers:
        figures = measure_cost(bench, n, seconds) + measure_grid(bench, n, seconds) + measure_fping(bench, n, seconds)
        for count in few:
            figures += measure_together(bench, count, bench.size(10, 3))
        assert answers.count_dropped() == 0, 'the responder\'s device dropped requests'
    return report.Table('{:,} targets, once a second each'.format(n), NOTE.format(n, seconds, ' or '.join(map(str, few))), figures)


if __name__ == '__main__':
    harness.main([measure])
