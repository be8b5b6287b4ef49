#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Table: the history on disk, and how fast a strip of it is there; beside a plain table of a row per probe."""

import os
import sqlite3
import statistics
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from bench import harness, report  # noqa: E402
from bench.report import Figure  # noqa: E402

NOTE = ('{} days of {} targets at 1 Hz, written by history.c in a transaction every 10 s; strips of 2,000 columns, each asked for '
        '5 times by statements that are prepared anew. The peer is one table with a row per probe and an index, one target, '
        'written in large transactions and grouped by SQL.')
RANGES = ('5min', '1h', '6h', '1d', '33h', '34h', '7d', '30d', '90d')
HOURS = {'1h': 1, '1d': 24, '30d': 720}
TARGETS = {'5min': '<= 5', '1h': '<= 5'}
BEGIN_MS = 1789999200000
N_COLUMNS = 2000


def words(line):
    parts = line.split()
    return dict(zip(parts[::2], parts[1::2]))


def run_ours(bench, days, n_targets):
    path = os.path.join(bench.folder, 'history.sqlite')
    result = harness.run([bench.program('bench-history'), path, str(days), str(n_targets)], limit_s=600)
    assert result.status == 0, result.errors
    lines = list(map(words, result.output.splitlines()))
    wrote, opened, ranges = lines[0], lines[1], {line['range']: line for line in lines[2:]}
    assert int(ranges['90d']['probes']) == int(wrote['probes']) // n_targets, ranges['90d']
    return wrote, opened, ranges


def write_peer(path, days):
    database = sqlite3.connect(path)
    database.execute('PRAGMA journal_mode = WAL')
    database.execute('CREATE TABLE probe (target INTEGER, sent_ms INTEGER, rtt_us INTEGER, state INTEGER)')
    database.execute('CREATE INDEX by_time ON probe (target, sent_ms)')
    for day in range(days):
        database.executemany('INSERT INTO probe VALUES (1, ?, ?, 1)', (
            (BEGIN_MS + (day * 86400 + i) * 1000, 7000 + i * 7919 % 2000) for i in range(86400)))
        database.commit()
    database.execute('PRAGMA wal_checkpoint(TRUNCATE)')
    return database


def ask_peer(database, days, hours):
    end = BEGIN_MS + days * 86400000
    width = max(1, hours * 3600000 // N_COLUMNS)
    start = time.monotonic()
    rows = database.execute('SELECT (sent_ms - ?) / ?, count(*), sum(state = 3), min(rtt_us), avg(rtt_us), max(rtt_us) FROM probe '
                            'WHERE target = 1 AND sent_ms >= ? AND sent_ms < ? GROUP BY 1',
                            (end - hours * 3600000, width, end - hours * 3600000, end)).fetchall()
    assert rows
    return 1000 * (time.monotonic() - start)


def measure(bench):
    days, n_targets = bench.size(30, 1), bench.size(5, 2)
    wrote, opened, ranges = run_ours(bench, days, n_targets)
    peer_path = os.path.join(bench.folder, 'peer.sqlite')
    database = write_peer(peer_path, days)
    n_peer = days * 86400
    theirs = {name: [ask_peer(database, days, hours) for _ in range(3)] for name, hours in HOURS.items()}
    database.close()
    ours_bytes = int(wrote['bytes']) / int(wrote['probes'])
    peer_bytes = os.path.getsize(peer_path) / n_peer
    figures = [
        Figure('history: bytes per probe on disk', [ours_bytes], target='<= 8'),
        Figure('row per probe: bytes per probe on disk', [peer_bytes]),
        Figure('history / row per probe, bytes', [ours_bytes / peer_bytes]),
        Figure('history: a transaction, with what it takes to record its probes', [
            1e6 * float(wrote['seconds']) / int(wrote['transactions'])], 'us'),
        Figure('history: start, with a check of the file', [float(opened['open_ms'])], 'ms'),
    ]
    for name in RANGES:
        row = ranges[name]
        figures.append(Figure('history: strip of %s' % name, [float(row['median_ms'])] * 2 + [float(row['max_ms'])], 'ms',
                              TARGETS.get(name, '<= 20')))
    figures += [Figure('row per probe: strip of %s' % name, times, 'ms') for name, times in theirs.items()]
    figures += [Figure('history / row per probe, strip of %s' % name,
                       [float(ranges[name]['median_ms']) / statistics.median(times)]) for name, times in theirs.items()]
    return report.Table('The history', NOTE.format(days, n_targets), figures)


if __name__ == '__main__':
    harness.main([measure])
