#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Table: five targets once a second, as Pingem runs all day: helper and monitor, beside fping and five `ping`."""

import os
import re
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from bench import harness, meter, report  # noqa: E402
from bench.report import Figure, ratios  # noqa: E402
from lab import desktop, login, network  # noqa: E402

NOTE = ('5 targets once a second for {} times {} s, all programs beside each other; the monitor judges, writes its history and '
        'serves its bus meanwhile. Memory is anonymous.')
FIND_HELPER = ['gdbus', 'call', '--system', '-d', 'org.freedesktop.DBus', '-o', '/', '-m',
               'org.freedesktop.DBus.GetConnectionUnixProcessID', 'io.github.pingem.Helper']
# Beside the router.
TARGETS = (*network.ANCHORS, '10.78.0.1', '10.78.0.2')
OTHERS = ['10.78.1.%d' % number for number in range(1, 6)]


def find_helper():
    answer = subprocess.run(FIND_HELPER, check=True, capture_output=True, text=True).stdout
    return int(re.search(r'uint32 (\d+)', answer).group(1))


def write_config(session):
    folder = os.path.join(session.env['XDG_CONFIG_HOME'], 'pingem')
    os.mkdir(folder)
    with open(os.path.join(folder, 'pingem.conf'), 'w', encoding='utf-8') as stream:
        stream.writelines('[target %s]\nleg=internet\n' % target for target in TARGETS)
    for path in (folder, stream.name):
        os.chown(path, session.login.uid, -1)


def ask(session, key):
    return session.get_property(desktop.MONITOR_NAME, desktop.MONITOR_PATH, 'io.github.pingem.Monitor1', key)


def start_monitor(bench, session):
    """Once every target is measured."""
    monitor = session.spawn([bench.program('pingem-monitor'), '--source', 'helper'])
    desktop.wait('the monitor on the bus', lambda: session.has_owner(desktop.MONITOR_NAME))
    desktop.wait('five targets measured', lambda: sum(target.get('reply', 0) >= 3 for target in ask(session, 'Targets')) == 5)
    return monitor


def start_peers():
    quiet = {'stdout': subprocess.DEVNULL, 'stderr': subprocess.DEVNULL}
    return {'fping': [harness.spawn(['fping', '-l', '-q', '-p', '1000', *OTHERS], **quiet)],
            'five ping': [harness.spawn(['ping', '-n', '-q', other], **quiet) for other in OTHERS]}


def count_lost(session):
    """Of all targets, and how many were due."""
    targets = ask(session, 'Targets')
    return sum(target['lost'] for target in targets), sum(target['due'] for target in targets)


def look(meters, rounds, seconds):
    """For each name its shares of a core, and its wake-ups per second."""
    shares = {name: [] for name in meters}
    wakes = {name: [] for name in meters}
    for gauge in meters.values():
        gauge.look()
    for _ in range(rounds):
        time.sleep(seconds)
        for name, gauge in meters.items():
            share, woken = gauge.look()
            shares[name].append(share)
            wakes[name].append(woken)
    return shares, wakes


def watch(pids, rounds, seconds):
    """Their figures; `pids`: the processes of each name."""
    memory = {name: harness.anonymous_kb(pids[name][0]) / 1024 for name in ('helper', 'monitor')}
    shares, wakes = look({name: meter.Meter(*of) for name, of in pids.items()}, rounds, seconds)
    both = [a + b for a, b in zip(shares['helper'], shares['monitor'])]
    figures = [Figure('helper and monitor: of a core', both, '%', '<= 0.1')]
    figures += [Figure(name + ': of a core', of, '%') for name, of in shares.items()]
    figures += [Figure('helper and monitor / %s, of a core' % name, ratios(both, shares[name])) for name in ('fping', 'five ping')]
    figures += [Figure(name + ': wake-ups per second', of, '', '<= 2' if name in memory else '') for name, of in wakes.items()]
    return figures + [Figure(name + ': memory', [memory[name]], 'MB', limit) for name, limit in
                      (('helper', '<= 3'), ('monitor', '<= 6'))]


def measure(bench):
    rounds, seconds = bench.size(bench.rounds, 1), bench.size(10, 2)
    with network.Pair(), login.Login('alice') as user, desktop.Session(user) as session:
        write_config(session)
        monitor = start_monitor(bench, session)
        others = start_peers()
        try:
            pids = {'helper': [find_helper()], 'monitor': [monitor.pid]}
            pids.update({name: [process.pid for process in of] for name, of in others.items()})
            figures = watch(pids, rounds, seconds)
            lost, due = count_lost(session)
            figures.append(Figure('monitor: lost of its last {} probes'.format(due), [lost], '', '= 0'))
        finally:
            for process in sum(others.values(), []):
                process.send_signal(signal.SIGTERM)
                process.wait()
    return report.Table('5 targets, once a second each', NOTE.format(rounds, seconds), figures)


if __name__ == '__main__':
    harness.main([measure])
