#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Table: 500 targets once a second, in an intensive session: helper and monitor, beside fping."""

import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from bench import few_targets, harness, meter, report  # noqa: E402
from bench.report import Figure, ratios  # noqa: E402
from lab import desktop, network  # noqa: E402

NOTE = ('{} targets once a second for {} times {} s, all programs beside each other; the monitor judges, writes its history and '
        'serves its bus meanwhile. Memory is anonymous, and of helper and monitor together.')
# Root, as no one is there to ask for more than the ordinary limits.
ORDINARY = 256


def list_hosts(third, n):
    return ['10.78.%d.%d' % (third + number // 250, 1 + number % 250) for number in range(n)]


def write_config(session, hosts):
    folder = os.path.join(session.env['XDG_CONFIG_HOME'], 'pingem')
    os.mkdir(folder)
    with open(os.path.join(folder, 'pingem.conf'), 'w', encoding='utf-8') as stream:
        stream.writelines('[target %s]\nleg=%s\n' % (host, 'other' if i > 1 else 'internet') for i, host in enumerate(hosts))


def start_monitor(bench, session, n):
    """Once every target is measured."""
    monitor = session.spawn([bench.program('pingem-monitor'), '--source', 'helper'])
    desktop.wait('the monitor on the bus', lambda: session.has_owner(desktop.MONITOR_NAME))
    desktop.wait('all targets measured', lambda: sum(
        target.get('reply', 0) >= 3 for target in few_targets.ask(session, 'Targets')) >= n, 60)
    return monitor


def watch(pids, rounds, seconds):
    meters = {name: meter.Meter(*of) for name, of in pids.items()}
    shares, wakes = few_targets.look(meters, rounds, seconds)
    both = [a + b for a, b in zip(shares['helper'], shares['monitor'])]
    memory = sum(harness.anonymous_kb(pids[name][0]) for name in ('helper', 'monitor')) / 1024
    figures = [Figure('helper and monitor: of a core', both, '%', '<= 5')]
    figures += [Figure(name + ': of a core', of, '%') for name, of in shares.items()]
    figures += [Figure('helper and monitor / fping, of a core', ratios(both, shares['fping']))]
    figures += [Figure(name + ': wake-ups per second', of) for name, of in wakes.items()]
    return figures + [Figure('helper and monitor: memory', [memory], 'MB', '<= 40')]


def measure(bench):
    n, rounds, seconds = bench.size(500, ORDINARY + 10), bench.size(bench.rounds, 1), bench.size(10, 2)
    hosts, others = list_hosts(0, n), list_hosts(8, n)
    with network.Pair(), desktop.Session() as session:
        write_config(session, hosts)
        monitor = start_monitor(bench, session, n)
        peer = harness.spawn(['fping', '-l', '-q', '-p', '1000', '-i', '1', *others], stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
        try:
            # The window of 30 s is full then.
            time.sleep(bench.size(35, 0))
            figures = watch({'helper': [few_targets.find_helper()], 'monitor': [monitor.pid], 'fping': [peer.pid]}, rounds, seconds)
            lost, due = few_targets.count_lost(session)
            figures.append(Figure('monitor: lost of its last probes', [lost], '', '= 0'))
            figures.append(Figure('monitor: its last probes', [due]))
        finally:
            peer.terminate()
            peer.wait()
    return report.Table('{} targets, once a second each'.format(n), NOTE.format(n, rounds, seconds), figures)


if __name__ == '__main__':
    harness.main([measure])
