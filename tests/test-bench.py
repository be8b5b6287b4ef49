#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of tests/bench in a tiny form: each runs, and what it counts is right. Nothing about speed. Argument: the build."""

import glob
import importlib.machinery
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from bench import verdict  # noqa: E402
from lab import tap  # noqa: E402

TOOLS = ('fping', 'ping', 'oping', 'tcpdump', 'nft', 'ip', 'rrdtool', 'gnome-calculator', 'gnome-system-monitor', 'nm-applet', 'Xvfb',
         'openbox', 'xdotool', 'xfce4-panel', 'prometheus-node-exporter')
FIGURE = re.compile(r'^\| (?P<name>.*?) +\| (?P<median>-?[\d,.]+)(?P<unit> \S[^|]*?)? +\| (?P<spread>.*?) *\| (?P<target>.*?) *\|')
# A figure of each table, and what it is in a run that went well; the names are regular expressions.
EXPECTED = (
    ('probes to one address', {'(bench-engine|pingemctl): answered, yet told as lost': 0,
                               '(bench-engine|pingemctl) / (fping|ping -f|oping), .*': None}),
    ('addresses that answer', {'(bench-engine|pingemctl): answered, yet told as lost': 0, '(fping -a|oping): memory': None}),
    ('silent addresses, timeout 1 s', {'(bench-engine|pingemctl|fping -a): wall': None, 'bench-engine: bytes per slot in flight': None}),
    ('targets, once a second each', {'bench-engine: sent of what was due': 100, 'bench-engine: answered, yet told as lost': 0,
                                     'the empty loop wakes late, p99': None, '(bench-engine|fping), .*: drift per period': None}),
    ('5 targets, once a second each', {'monitor: lost of its last .*': 0, '(helper|monitor|fping|five ping): wake-ups .*': None}),
    ('266 targets, once a second each', {'monitor: lost of its last .*': 0, 'helper and monitor: memory': None}),
    ('RTT, compared with a capture', {'(bench-engine|ping|fping), (idle|loaded): median': None}),
    ('Foreign replies', {'bench-engine: lost': 0, 'foreign replies': None}),
    ('A million probes in flight', {'(timer|whole ledger): expiry': None}),
    ('The history', {'history: strip of 90d': None, 'row per probe: strip of 1d': None}),
    ('Drawing a strip', {'strip, (light|dark)': None, 'rrdtool, written as PNG': None}),
    ('The window', {'window, hidden: frames': 0, 'gnome-calculator: first frame': None, 'gnome-system-monitor, open: of a core': None}),
    ('The tray', {'(pingem-tray|nm-applet): item there': None, 'pingem-tray: icon seen': None}),
    ('20 targets, told to Prometheus', {'pingem-monitor: a scrape': None, 'node exporter: a scrape': None,
                                        'pingem-monitor: targets told': 21}),
    ('Whom the verdict accuses', {'nowhere: 0 % lost by any.*': 100, 'all of these': None}),
    ('The helper\'s channel', {'where .* offered: dropped': 0, 'RTT that the channel adds': None}),
)


def run(name, *arguments):
    return subprocess.run([os.path.join(HERE, 'bench', name), *arguments], check=False, capture_output=True, text=True,
                          timeout=360)


def read_figures(text):
    """{title: {name: value}}"""
    tables = {}
    for section in re.split('^### ', text, flags=re.M)[1:]:
        title, _, rest = section.partition('\n')
        found = filter(None, map(FIGURE.match, rest.splitlines()))
        tables[title] = {row['name']: float(row['median'].replace(',', '')) for row in found}
    return tables


def check_table(tables, title, expected):
    figures = [of for name, of in tables.items() if title in name]
    assert figures, 'no table %s in %s' % (title, list(tables))
    for pattern, value in expected.items():
        found = {name: of for name, of in figures[0].items() if re.fullmatch(pattern, name)}
        assert found, '%s: no figure %s in %s' % (title, pattern, list(figures[0]))
        wrong = {name: of for name, of in found.items() if value not in (None, of)}
        assert not wrong, wrong


def every_table_is_printed_and_nothing_is_lost_that_was_answered():
    result = run('all', '--build', BUILD, '--smoke')
    assert result.returncode == 0, result.stdout + result.stderr
    tables = read_figures(result.stdout)
    assert len(tables) == len(EXPECTED), list(tables)
    for title, expected in EXPECTED:
        check_table(tables, title, expected)
    assert 'Measured on ' in result.stdout, result.stdout


def innocents_are_seldom_accused():
    """Over all faults, at each rate; the numbers are the same in every run."""
    lines = verdict.run(os.path.join(BUILD, 'tests', 'bench', 'bench-verdict'), 100)
    for rate in verdict.RATES:
        counts = verdict.add([line for line in lines if line['per_s'] == rate])
        n_runs = sum(counts[count] for count in verdict.COUNTS)
        assert counts['innocent'] <= 0.05 * n_runs and 3 * counts['innocent'] < counts['naive_innocent'], counts


def each_is_a_command():
    result = run('expiry.py', '--build', BUILD, '--smoke')
    assert result.returncode == 0 and len(read_figures(result.stdout)) == 1, result


def what_is_not_understood_is_told():
    for arguments in (['--rounds', 'many'], ['--rounds'], ['--fast'], ['expiry']):
        result = run('all', *arguments)
        assert result.returncode == 2 and result.stderr.startswith('usage: all '), result
    assert run('all', '--help').returncode == 0
    assert run('all', '--build', '/nonexistent').returncode != 0


def the_page_takes_new_figures_in_place_of_the_old():
    path = os.path.join(HERE, 'bench', 'all')
    program = importlib.machinery.SourceFileLoader('bench_all', path).load_module()
    page = program.read(program.README)
    once = program.put(page, 'first figures')
    again = program.put(once, 'second figures')
    assert 'first figures' in once and 'second figures' in again and 'first figures' not in again, again
    assert again.split(program.BEGIN)[0] == page.split(program.BEGIN)[0]


def find_marked(mark):
    """Processes that were started with it."""
    found = []
    for path in glob.glob('/proc/[0-9]*/environ'):
        try:
            with open(path, 'rb') as stream:
                if mark.encode() in stream.read():
                    found.append(path)
        except OSError:
            pass  # it has ended
    return found


def wait(what, claim):
    deadline = time.monotonic() + 30
    while not claim():
        assert time.monotonic() < deadline, 'waited in vain for ' + what
        time.sleep(0.05)


def is_responder(path):
    try:
        with open(os.path.join(os.path.dirname(path), 'comm'), encoding='ascii') as stream:
            return stream.read().strip() == 'lab-responder'
    except OSError:
        return False


def nothing_stays_of_one_that_is_killed():
    for number in (signal.SIGTERM, signal.SIGKILL):
        mark = 'PINGEM_TEST_MARK=%d-%d' % (os.getpid(), number)
        before = set(os.listdir(tempfile.gettempdir()))
        process = subprocess.Popen(['env', mark, os.path.join(HERE, 'bench', 'steady.py'), '--build', BUILD, '--smoke'],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait('its responder', lambda mark=mark: any(map(is_responder, find_marked(mark))))
        process.send_signal(number)
        process.wait(30)
        wait('the end of its processes', lambda mark=mark: not find_marked(mark))
        left = [name for name in set(os.listdir(tempfile.gettempdir())) - before if name.startswith('pingem-bench')]
        assert not left, left


if __name__ == '__main__':
    BUILD = os.path.abspath(sys.argv[1])
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if os.geteuid() != 0:
        print('1..0 # SKIP needs root for network namespaces')
    elif missing:
        print('1..0 # SKIP not installed: ' + ' '.join(missing))
    else:
        tap.run([every_table_is_printed_and_nothing_is_lost_that_was_answered, innocents_are_seldom_accused, each_is_a_command,
                 what_is_not_understood_is_told, the_page_takes_new_figures_in_place_of_the_old,
                 nothing_stays_of_one_that_is_killed])
