# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tables share: a command line, a network of their own, and programs run in turn with what they cost."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.dirname(HERE))
from bench import report  # noqa: E402
from lab import network  # noqa: E402

USAGE = """usage: %s [--build FOLDER] [--rounds N] [--smoke]%s
  --build FOLDER  a finished build; without it, what is missing is installed, and ./build is built
  --rounds N      so many rounds of what is compared (5)
  --smoke         so little of everything that it says nothing about speed, only that the tables work
"""
PROGRAMS = {
    'pingemctl': 'src/ctl/pingemctl', 'pingem-monitor': 'src/peer/pingem-monitor', 'lab-responder': 'tests/lab-responder',
    'bench-engine': 'tests/bench/bench-engine', 'bench-expiry': 'tests/bench/bench-expiry',
    'bench-channel': 'tests/bench/bench-channel', 'bench-history': 'tests/bench/bench-history',
    'bench-strip': 'tests/bench/bench-strip', 'bench-verdict': 'tests/bench/bench-verdict',
    'pingem': 'src/window/pingem', 'pingem-tray': 'src/tray/pingem-tray', 'lab-frames': 'tests/liblab-frames.so',
    'idle-loop': 'tests/bench/idle-loop', 'echo-flood': 'tests/bench/echo-flood',
}
SET_UP = '. build-aux/set-up.sh && need_packages build run bench && build "$top/build"'
MEMORY_PAUSE_S = 0.01


class Result:
    """How one run of a program went; its counts stand in `sent` and `replies` once somebody has read its output."""

    def __init__(self, seconds, usage, status, output, errors):
        self.seconds = seconds
        self.cpu_s = usage.ru_utime + usage.ru_stime
        self.status = status
        self.output = output
        self.errors = errors
        self.sent = self.replies = None

    def values(self):
        """The last line's "key value" pairs."""
        words = self.output.split('\n')[-2].split()
        return dict(zip(words[::2], map(float, words[1::2])))


class Program:
    """A command, and how to read from its Result how many probes it sent and how many were answered."""

    def __init__(self, command, count):
        self.command = command
        self.count = count

    def run(self, **options):
        result = run(self.command, **options)
        try:
            result.sent, result.replies = self.count(result)
        except (AttributeError, IndexError, KeyError, ValueError) as problem:
            raise AssertionError('%s: status %d, and this output tells no counts:\n%s\n%s' % (
                ' '.join(self.command)[:200], result.status, result.output[-500:], result.errors[-500:])) from problem
        return result


def spawn(command, **options):
    """It ends with this program."""
    return subprocess.Popen(['setpriv', '--pdeathsig', 'KILL', '--'] + command, env=dict(os.environ, LC_ALL='C.UTF-8'), **options)


def run(command, limit_s=120, stdin=None, watch=None):
    """Files take its output, so that no reader competes with it; `watch` is called with its process while it runs."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        start = time.monotonic()
        process = spawn(command, stdin=stdin or subprocess.DEVNULL, stdout=output, stderr=errors)
        signal.alarm(limit_s)
        try:
            if watch is not None:
                watch(process)
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.monotonic() - start
            process.returncode = os.waitstatus_to_exitcode(status)
        finally:
            signal.alarm(0)
            if process.returncode is None:
                process.kill()
                process.wait()
        return Result(seconds, usage, process.returncode, *(read(stream) for stream in (output, errors)))


def read(stream):
    stream.seek(0)
    return stream.read().decode('utf-8', 'replace')


def anonymous_kb(pid):
    """Of the process; None where it has just ended."""
    try:
        with open('/proc/%d/smaps_rollup' % pid, encoding='ascii') as stream:
            return int(re.search(r'^Anonymous: +(\d+)', stream.read(), re.M).group(1))
    except (OSError, AttributeError):
        return None


def measure_memory(program):
    """The most anonymous memory that it had, in a run of its own: looking slows it down."""
    peak = 0

    def watch(process):
        nonlocal peak
        while os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is None:
            peak = max(peak, anonymous_kb(process.pid) or 0)
            time.sleep(MEMORY_PAUSE_S)

    program.run(watch=watch)
    return peak


def contest(bench, programs):
    """Each program once a round, another one first in each: name -> its results."""
    results = {name: [] for name in programs}
    names = list(programs)
    for turn in range(bench.rounds):
        for i in range(len(names)):
            name = names[(turn + i) % len(names)]
            results[name].append(programs[name].run())
    return results


class Bench:
    """What a table is given: how much to do, and where."""

    def __init__(self, build, rounds, is_smoke):
        self.build = build
        self.rounds = 1 if is_smoke else rounds
        self.is_smoke = is_smoke
        self.folder = tempfile.mkdtemp(prefix='pingem-bench-')

    def size(self, full, smoke):
        return smoke if self.is_smoke else full

    def program(self, name):
        path = os.path.join(self.build, PROGRAMS[name])
        assert os.access(path, os.X_OK), '%s is not built' % path
        return path

    def write_hosts(self, n):
        """A file of that many addresses that answer behind a Pair."""
        path = os.path.join(self.folder, 'hosts-%d' % n)
        with open(path, 'w', encoding='ascii') as stream:
            stream.writelines('10.78.%d.%d\n' % divmod(number, 256) for number in range(256, 256 + n))
        return path

    def close(self):
        shutil.rmtree(self.folder)


def fail_usage(status=2):
    print(USAGE % (os.path.basename(sys.argv[0]), ' [--write]' if sys.argv[0].endswith('all') else ''), end='',
          file=sys.stderr if status else sys.stdout)
    sys.exit(status)


def parse(arguments):
    options = {'--build': None, '--rounds': '5', '--smoke': False, '--write': False}
    arguments = list(arguments)
    while arguments:
        name = arguments.pop(0)
        if name == '--help':
            fail_usage(0)
        if name not in options or (name in ('--build', '--rounds') and not arguments):
            fail_usage()
        options[name] = arguments.pop(0) if name in ('--build', '--rounds') else True
    if not re.fullmatch('[1-9][0-9]{0,2}', options['--rounds']):
        fail_usage()
    return options


def enter_lab(options):
    """Starts this program again inside a network and beside a system bus of its own."""
    if os.geteuid() != 0:
        sys.exit('%s: network namespaces need root: sudo %s' % (os.path.basename(sys.argv[0]), ' '.join(sys.argv)))
    build = options['--build']
    if build is None:
        build = os.path.join(SOURCE, 'build')
        if subprocess.run(['bash', '-c', SET_UP], cwd=SOURCE, check=False).returncode != 0:
            sys.exit(1)
    os.environ['PINGEM_BENCH_BUILD'] = os.path.abspath(build)
    os.execv(os.path.join(SOURCE, 'build-aux', 'system-bus'), [
        'system-bus', '--build', build, '--lab', os.path.abspath(sys.argv[0]), *sys.argv[1:]])


def on_alarm(number, frame):
    raise AssertionError('a program did not end in time')


def on_end(number, frame):
    sys.exit(128 + number)


def prepare():
    """What is written for the time being goes with the lab's own /run, whatever ends this program."""
    signal.signal(signal.SIGALRM, on_alarm)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, on_end)
    tempfile.tempdir = '/run'


def run_table(measure, bench):
    """Its text; None where it failed, which the others do not suffer from."""
    start = time.monotonic()
    try:
        text = report.render(measure(bench))
    except Exception:
        traceback.print_exc()
        return None
    print(text, flush=True)
    print('%s: %d s' % (measure.__code__.co_filename, time.monotonic() - start), file=sys.stderr)
    return text


def main(tables, finish=None):
    """Runs the tables and prints each; `finish` is given their text and the options, where none failed."""
    options = parse(sys.argv[1:])
    if 'PINGEM_BENCH_BUILD' not in os.environ:
        enter_lab(options)
    prepare()
    bench = Bench(os.environ['PINGEM_BENCH_BUILD'], int(options['--rounds']), options['--smoke'])
    texts = [run_table(measure, bench) for measure in tables]
    bench.close()
    if None in texts:
        sys.exit(1)
    if finish is not None:
        finish(texts, options)


__all__ = ['Bench', 'Program', 'Result', 'anonymous_kb', 'contest', 'main', 'measure_memory', 'network', 'run', 'spawn']
