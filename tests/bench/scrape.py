#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Table: what Prometheus waits for an instance of 1,000 targets, beside its node exporter."""

import os
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from bench import harness, report  # noqa: E402
from bench.report import Figure, ratios  # noqa: E402
from lab import desktop, network  # noqa: E402

NOTE = ('{:,} targets once a second, raw sockets, all answered; each is scraped {} times in turn, a second after the last time, so '
        'that nothing is told twice. From the connection to the last byte.')
OURS, NODE = 9862, 9100
REQUEST = b'GET /metrics HTTP/1.0\r\nHost: localhost\r\n\r\n'


def write_config(session, n):
    path = os.path.join(session.folder, 'instance.conf')
    with open(path, 'w', encoding='ascii') as stream:
        stream.write('[metrics]\nlisten=%d\n' % OURS)
        stream.writelines('[target 10.78.%d.%d]\nleg=other\n' % (i // 250, 1 + i % 250) for i in range(n))
    return path


def scrape(port):
    """Seconds, and the body."""
    start = time.monotonic()
    parts = []
    with socket.create_connection(('127.0.0.1', port), timeout=30) as connection:
        connection.sendall(REQUEST)
        while True:
            part = connection.recv(1 << 20)
            if not part:
                break
            parts.append(part)
    seconds = time.monotonic() - start
    head, _, body = b''.join(parts).partition(b'\r\n\r\n')
    assert head.startswith(b'HTTP/1.') and b' 200 ' in head.split(b'\r\n')[0], head
    return seconds, body


def is_there(port):
    try:
        return scrape(port)[1]
    except OSError:
        return None


def count_lines(body, start):
    return sum(line.startswith(start) for line in body.splitlines())


def measure(bench):
    n, rounds = bench.size(1000, 20), bench.size(max(bench.rounds, 10), 2)
    with network.Pair(), desktop.Session() as session:
        session.spawn([bench.program('pingem-monitor'), '--source', 'raw', '--config', write_config(session, n)])
        node = harness.spawn(['prometheus-node-exporter', '--web.listen-address=127.0.0.1:%d' % NODE], stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
        try:
            desktop.wait('both', lambda: is_there(OURS) and is_there(NODE), 60)
            desktop.wait('all are measured', lambda: count_lines(scrape(OURS)[1], b'pingem_probe_rtt_seconds_count') > n, 60)
            ours, others = [], []
            for _ in range(rounds):
                time.sleep(1.1)
                others.append(scrape(NODE))
                ours.append(scrape(OURS))
        finally:
            node.kill()
            node.wait()
    megabytes = [len(body) / 1e6 for _, body in ours]
    times = [seconds * 1000 for seconds, _ in ours]
    per_megabyte = [ms / size for ms, size in zip(times, megabytes)]
    other_times = [seconds * 1000 for seconds, _ in others]
    other_per_megabyte = [ms / (len(body) / 1e6) for ms, (_, body) in zip(other_times, others)]
    return report.Table('{:,} targets, told to Prometheus'.format(n), NOTE.format(n, rounds), [
        Figure('pingem-monitor: a scrape', times, 'ms', '<= 50'),
        Figure('pingem-monitor: a scrape has', megabytes, 'MB'),
        Figure('node exporter: a scrape', other_times, 'ms'),
        Figure('node exporter: a scrape has', [len(body) / 1e6 for _, body in others], 'MB'),
        Figure('pingem-monitor / node exporter, time per MB', ratios(per_megabyte, other_per_megabyte)),
        Figure('pingem-monitor: targets told', [count_lines(ours[-1][1], b'pingem_probes_sent_total{')])])


if __name__ == '__main__':
    harness.main([measure])
