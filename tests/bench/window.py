#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Table: the window: how soon it shows something, and what it costs open and hidden; beside two programs of GNOME."""

import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from bench import few_targets, harness, meter, report  # noqa: E402
from bench.report import Figure, ratios  # noqa: E402
from lab import desktop  # noqa: E402
from lab.eye import Eye  # noqa: E402
from lab.frames import Frames  # noqa: E402
from lab.monitor import Monitor  # noqa: E402
from lab.responder import Responder  # noqa: E402

NOTE = ('Beside Xvfb and openbox, drawn by Cairo; files are in the cache. The window shows {} targets that a monitor probes once a '
        'second and that answer after 1 to 200 ms, for {} times {} s open and as long minimised. gnome-calculator (GTK 4) stands still; gnome-system-monitor (GTK 3) '
        'shows its three graphs, which it draws anew once a second. A frame is what GTK renders; of a start all until the first '
        'one count, and until an RTT is seen on a strip, which the page fades in to. Memory is anonymous.')
SIZE = (1000, 1400)
SCRIPT = 'end 600\non any reply after 1..200\n'
STRIP_HEIGHT = 88
# chart/palette.c: p50, light; as bytes of a pixel.
RTT_PIXEL = bytes((0xb2, 0x72, 0x00))
PEERS = {'gnome-calculator': ('^Calculator$', ['gnome-calculator']),
         'gnome-system-monitor': ('^System Monitor$', ['gnome-system-monitor', '--show-resources-tab'])}


def make_desktop():
    made = desktop.Desktop('%dx%dx24' % SIZE)
    made.env.update(GSK_RENDERER='cairo', GSETTINGS_BACKEND='memory', GTK_A11Y='none', ADW_DISABLE_PORTAL='1',
                    ADW_DEBUG_COLOR_SCHEME='prefer-light')
    return made


def start_monitor(bench, screen, n_targets):
    folder = os.path.join(screen.env['XDG_CONFIG_HOME'], 'pingem')
    os.mkdir(folder)
    targets = ['10.64.0.%d' % number for number in range(1, 1 + n_targets)]
    with open(os.path.join(folder, 'pingem.conf'), 'w', encoding='utf-8') as stream:
        stream.writelines('[target %s]\nleg=other\n' % target for target in targets)
    monitor = Monitor(bench.program('pingem-monitor'), screen)
    desktop.wait('all targets measured', lambda: sum(
        target.get('reply', 0) >= 3 for target in monitor.get('Targets')) >= n_targets, 60)


class Opened:
    """A program that has just been started, once its window is there."""

    def __init__(self, screen, library, title, command, name):
        self.screen = screen
        self.title = title
        self.frames = Frames(library, os.path.join(screen.folder, name))
        os.mkdir(os.path.dirname(self.frames.path))
        self.begin = time.monotonic()
        self.process = screen.spawn(self.frames.wrap(command) if library else command, stdout=subprocess.DEVNULL,
                                    stderr=subprocess.DEVNULL)

    def wait_for_frame(self):
        """How many milliseconds it took to the first."""
        lines = desktop.wait('a frame of ' + self.title, self.frames.read)
        return lines[0].ns / 1e6 - self.begin * 1000

    def find(self):
        return desktop.wait(self.title, lambda: self.xdotool('search', '--onlyvisible', '--name', self.title).split())[0]

    def xdotool(self, *command):
        return subprocess.run(('xdotool',) + command, env=self.screen.env, capture_output=True, text=True, check=False).stdout

    def close(self):
        self.process.terminate()
        self.process.wait()


def find_strip(bench, screen):
    """An eye for the newest columns alone: the whole screen is too much to look at often. Files are in the cache then."""
    eye = Eye(screen, (0, 0, *SIZE))
    ours = Opened(screen, None, '^Pingem$', [bench.program('pingem')], 'found')
    eye.wait(lambda pixels: RTT_PIXEL in pixels, pause_s=0.5)
    x = eye.look().index(RTT_PIXEL) // 4 % SIZE[0]
    eye.close()
    ours.close()
    return Eye(screen, (max(0, x - 16), 0, 32, SIZE[1]))


def measure_start(bench, screen, eye, turn):
    """Milliseconds: our first frame, our first RTT, the peer's first frame."""
    library = bench.program('lab-frames')
    ours = Opened(screen, library, '^Pingem$', [bench.program('pingem')], 'ours-%d' % turn)
    seen = 1000 * (eye.wait(lambda pixels: RTT_PIXEL in pixels) - ours.begin)
    first = ours.wait_for_frame()
    ours.close()
    title, command = PEERS['gnome-calculator']
    peer = Opened(screen, library, title, command, 'peer-%d' % turn)
    their = peer.wait_for_frame()
    peer.close()
    return first, seen, their


def measure_starts(bench, screen):
    eye = find_strip(bench, screen)
    starts = [measure_start(bench, screen, eye, turn) for turn in range(bench.rounds)]
    eye.close()
    ours, seen, theirs = zip(*starts)
    return [Figure('window: first frame', ours, 'ms'), Figure('window: first RTT seen', seen, 'ms'),
            Figure('gnome-calculator: first frame', theirs, 'ms'),
            Figure('window / gnome-calculator, first frame', ratios(ours, theirs))]


def look(programs, rounds, seconds, state):
    shares, wakes = few_targets.look({name: meter.Meter(of.process.pid) for name, of in programs.items()}, rounds, seconds)
    figures = [Figure('%s, %s: of a core' % (name, state), of, '%') for name, of in shares.items()]
    figures += [Figure('%s, %s: wake-ups per second' % (name, state), of) for name, of in wakes.items()]
    return figures + [Figure('window / gnome-system-monitor, %s, of a core' % state,
                             ratios(shares['window'], shares['gnome-system-monitor']))]


def measure_cost(bench, screen, rounds, seconds):
    programs = {'window': Opened(screen, bench.program('lab-frames'), '^Pingem$', [bench.program('pingem')], 'live')}
    programs.update({name: Opened(screen, None, title, command, name) for name, (title, command) in PEERS.items()})
    windows = {name: of.find() for name, of in programs.items()}
    ours = programs['window']
    ours.xdotool('windowsize', '--sync', windows['window'], '960', '1300')
    time.sleep(bench.size(5, 2))  # what fades in has done so
    before, begin = ours.frames.count(STRIP_HEIGHT), time.monotonic()
    figures = look(programs, rounds, seconds, 'open')
    passed = time.monotonic() - begin
    frames, strips = (b - a for a, b in zip(before, ours.frames.count(STRIP_HEIGHT)))
    figures += [Figure('window, open: frames per second', [frames / passed]),
                Figure('window, open: strips drawn per second', [strips / passed])]
    figures += [Figure(name + ': memory', [harness.anonymous_kb(of.process.pid) / 1024], 'MB') for name, of in programs.items()]
    for window in windows.values():
        ours.xdotool('windowminimize', window)
    time.sleep(bench.size(5, 2))
    before = ours.frames.count(STRIP_HEIGHT)
    figures += look(programs, rounds, seconds, 'hidden')
    frames = ours.frames.count(STRIP_HEIGHT)[0] - before[0]
    for program in programs.values():
        program.close()
    return figures + [Figure('window, hidden: frames', [frames], '', '= 0')]


def measure(bench):
    n_targets, rounds, seconds = bench.size(10, 2), bench.size(bench.rounds, 1), bench.size(10, 2)
    with Responder(bench.program('lab-responder'), SCRIPT), make_desktop() as screen:
        screen.spawn(['openbox'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        start_monitor(bench, screen, n_targets)
        figures = measure_starts(bench, screen) + measure_cost(bench, screen, rounds, seconds)
    return report.Table('The window', NOTE.format(n_targets, rounds, seconds), figures)


if __name__ == '__main__':
    harness.main([measure])
