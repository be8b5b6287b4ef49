#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Table: the tray: how soon its icon is there, and what it costs at rest; beside NetworkManager's, in one panel."""

import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from bench import few_targets, harness, meter, report, window  # noqa: E402
from bench.report import Figure, ratios  # noqa: E402
from lab import desktop  # noqa: E402
from lab.eye import Eye  # noqa: E402
from lab.panel import Panel  # noqa: E402
from lab.responder import Responder  # noqa: E402

from gi.repository import GLib  # noqa: E402

NOTE = ('In xfce4-panel under Xvfb, with files in the cache. The item is there when the program has told the panel of it, and seen '
        'when the panel has drawn an icon. At rest for {} times {} s: {} targets, once a second each, beside nm-applet (GTK 3, the '
        'same library), which hides its icon without a NetworkManager. Memory is anonymous.')
BOX = (0, 0, 200, 48)
LIMIT_MS = 30000
WATCHER = 'org.kde.StatusNotifierWatcher'


def make_desktop():
    made = desktop.Desktop('800x200x24')
    made.env['XDG_DATA_DIRS'] = os.path.join(harness.SOURCE, 'data') + ':/usr/local/share:/usr/share'
    return made


def start(screen, command):
    return screen.spawn(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def wait_for_item(screen, begin):
    """How many milliseconds until the panel was told."""
    told = []
    loop = GLib.MainLoop()
    GLib.timeout_add(LIMIT_MS, loop.quit)

    def on_item(*_):
        told.append(1000 * (time.monotonic() - begin))
        loop.quit()

    number = screen.bus.signal_subscribe(None, WATCHER, 'StatusNotifierItemRegistered', None, None, 0, on_item)
    loop.run()
    screen.bus.signal_unsubscribe(number)
    assert told, 'the panel was told of no item'
    return told[0]


def measure_item(screen, panel, command):
    """Milliseconds until the item is there."""
    desktop.wait('no icon', lambda: not panel.list_items())
    begin = time.monotonic()
    process = start(screen, command)
    there = wait_for_item(screen, begin)
    desktop.stop(process)
    return there


def measure_icon(screen, panel, command, eye):
    """Milliseconds until it is seen; a start of its own, as looking takes time."""
    desktop.wait('no icon', lambda: not panel.list_items())
    time.sleep(0.5)
    empty = eye.look()
    begin = time.monotonic()
    process = start(screen, command)
    seen = 1000 * (eye.wait(lambda pixels: pixels != empty) - begin)
    desktop.stop(process)
    return seen


def measure_starts(bench, screen, panel, commands):
    eye = Eye(screen, BOX)
    items = {name: [] for name in commands}
    seen = []
    for turn in range(bench.rounds + 1):
        times = {name: measure_item(screen, panel, command) for name, command in commands.items()}
        icon = measure_icon(screen, panel, commands['pingem-tray'], eye)
        if turn > 0:  # files are in the cache then
            seen.append(icon)
            for name, there in times.items():
                items[name].append(there)
    eye.close()
    ours, theirs = items.values()
    return [Figure('pingem-tray: item there', ours, 'ms', '<= 300'), Figure('pingem-tray: icon seen', seen, 'ms'),
            Figure('nm-applet: item there', theirs, 'ms'), Figure('pingem-tray / nm-applet, item there', ratios(ours, theirs))]


def measure_rest(screen, panel, commands, rounds, seconds, pause_s):
    processes = {name: start(screen, command) for name, command in commands.items()}
    desktop.wait('both icons', lambda: len(panel.list_items()) == len(processes))
    time.sleep(pause_s)  # threads of the start end
    shares, wakes = few_targets.look({name: meter.Meter(of.pid) for name, of in processes.items()}, rounds, seconds)
    figures = [Figure(name + ': of a core', of, '%') for name, of in shares.items()]
    figures += [Figure(name + ': wake-ups per second', of) for name, of in wakes.items()]
    figures += [Figure(name + ': memory', [harness.anonymous_kb(of.pid) / 1024], 'MB') for name, of in processes.items()]
    for process in processes.values():
        desktop.stop(process)
    return figures


def measure(bench):
    n_targets, rounds, seconds = 5, bench.size(bench.rounds, 1), bench.size(10, 2)
    commands = {'pingem-tray': [bench.program('pingem-tray')], 'nm-applet': ['nm-applet', '--indicator']}
    pause_s = bench.size(20, 2)
    with Responder(bench.program('lab-responder'), window.SCRIPT), make_desktop() as screen:
        window.start_monitor(bench, screen, n_targets)
        panel = Panel(screen)
        figures = measure_starts(bench, screen, panel, commands)
        figures += measure_rest(screen, panel, commands, rounds, seconds, pause_s)
    return report.Table('The tray', NOTE.format(rounds, seconds, n_targets), figures)


if __name__ == '__main__':
    harness.main([measure])
