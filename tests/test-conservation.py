#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every due slot has exactly one end, and the right one: what pingemctl prints, the far side's log and a capture agree.

Arguments: pingemctl, the responder. A million probes go out by a raw IPv4 socket: "--probes N" or PINGEM_CONSERVATION_PROBES
is another number. Nothing of the engine's own counting is believed: a probe's reply is what the capture shows.
"""

import collections
import ipaddress
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import network, responder, tap, wire  # noqa: E402

PINGEMCTL, RESPONDER = sys.argv[1:3]
N_PROBES = int(sys.argv[sys.argv.index('--probes') + 1] if '--probes' in sys.argv else
               os.environ.get('PINGEM_CONSERVATION_PROBES', 1000000))
MS = 1000000
TIMEOUT_MS = 1000
HOLD_MS = 2000
HELD_NS = (TIMEOUT_MS + HOLD_MS) * MS
STATES = ('reply', 'late', 'lost', 'unsent', 'error')
# By "is it IPv4".
FIRST = {True: '10.64.1.0', False: 'fd00:64::1:0'}
OTHER = {True: '10.64.255.254', False: 'fd00:64::ffff:ffff'}
# Of two clock readings, and of the time from a reading to the send, in which another process may run.
EDGE_NS = 20 * MS

# A share of the requests, and what becomes of them; "true" are the replies that are right in every bit.
FATES = (
    (8, 'lose'),
    (4, 'reply after 0..50 flip random'),
    (1, 'reply after 1 forge sequence'),
    (1, 'reply after 1 forge number'),
    (1, 'reply after 1 forge cookie'),
    (1, 'reply after 1 forge identifier'),
    (1, 'reply after 1 truncate 20'),
    (1, 'reply after 1 grow 4'),
    (1, 'reply after 1 from %(other)s'),
    (2, 'unreachable 1 from %(other)s'),
    (1, 'unreachable 1 from %(other)s garbage'),
    (2, 'reply flip random and reply after 1..400 and reply after 500 flip random'),
    (5, 'reply after 1..100 times 2'),
    (1, 'reply after 1..20 times 20'),
    (4, 'reply after 1..50 and reply after 100..900'),
    (2, 'reply after 1..50 and reply after 1500..2500'),
    (4, 'replay after 0..20 and reply after 0..20'),
    (8, 'reply after 1100..2800'),
    (2, 'reply after 1100..1500 and reply after 1500..2500'),
    (2, 'reply after 3200..3500'),
    (48, 'reply after 0..300'),
)
WRONG = ('flip', 'forge', 'truncate', 'grow', 'from')
# Answers of the log that are true replies: line of the script, and which of its actions.
TRUE = {(line, i) for line, (_, actions) in enumerate(FATES, 2) for i, action in enumerate(actions.split(' and '))
        if action.startswith('re') and not any(word in action for word in WRONG)}


def make_script(is_ipv4):
    lines, left = ['end 240'], 100
    for share, actions in FATES:
        lines.append('on any share %f %s' % (100 * share / left, actions % {'other': OTHER[is_ipv4]}))
        left -= share
    assert left == 0, left
    return '\n'.join(lines)


def spread(values):
    ordered = sorted(map(abs, values))
    n = len(ordered)
    return 'median %.1f, 99 %% to %.1f, all to %.0f' % (ordered[n // 2], ordered[n * 99 // 100], ordered[-1])


class Run:
    """One run of pingemctl against the responder, and what the three witnesses say of it."""

    def __init__(self, kind, is_ipv4, n_addresses, count, interval_ms):
        self.count = count
        first = int(ipaddress.ip_address(FIRST[is_ipv4]))
        self.addresses = [ipaddress.ip_address(first + i) for i in range(n_addresses)]
        with tempfile.TemporaryDirectory(prefix='pingem-test-') as folder, \
                responder.Responder(RESPONDER, make_script(is_ipv4)) as far, wire.Capture('lab0') as capture:
            self._ping(folder, kind, interval_ms)
            self._read_output(os.path.join(folder, 'output'))
            assert far.count_dropped() == 0, 'the device was too slow'
            far.stop()
            capture.stop()
            self.wire = wire.Ledger(capture.packets())
            self._read_log(far)

    def _ping(self, folder, kind, interval_ms):
        with open(os.path.join(folder, 'targets'), 'w', encoding='ascii') as stream:
            stream.writelines('%s\n' % address for address in self.addresses)
        command = [PINGEMCTL, 'ping', '--json', '--source', kind, '-c', str(self.count), '-i', str(interval_ms), '--size', '16',
                   '-W', str(TIMEOUT_MS), '--hold', str(HOLD_MS), '--targets', stream.name]
        with open(os.path.join(folder, 'output'), 'w', encoding='ascii') as stream:
            result = subprocess.run(command, check=False, stdin=subprocess.DEVNULL, stdout=stream, stderr=subprocess.PIPE,
                                    env=dict(os.environ, LC_ALL='C.UTF-8'), timeout=200)
        assert (result.returncode, result.stderr) == (1, b''), result

    def _read_output(self, path):
        """The records of each address, by sequence, and its row of the summary."""
        self.records = {address.packed: {} for address in self.addresses}
        packed = {str(address): address.packed for address in self.addresses}
        with open(path, encoding='ascii') as stream:
            for line in stream:
                record = json.loads(line)
                if 'summary' in record:
                    self.summary = {packed[row['target']]: row for row in record['summary']}
                    continue
                records = self.records[packed[record['address']]]
                assert record['seq'] not in records, 'told twice: %s' % record
                records[record['seq']] = (record['state'], record['sent_ns'], record['rtt_us'], record['icmp'])

    def _read_log(self, far):
        """The numbers of the requests to each address, in order, and how many true replies each got."""
        self.asked, self.answered = {}, collections.Counter()
        for entry in far.log():
            address = entry.destination[:4] if entry.family == 4 else entry.destination
            assert entry.event != responder.FAILED, entry
            if entry.event == responder.REQUEST:
                self.asked.setdefault(address, []).append(entry.number)
            elif (entry.line, entry.action) in TRUE:
                self.answered[address, entry.number] += 1

    def check(self):
        self.waits, self.skews, self.n_edges, self.states = [], [], 0, collections.Counter()
        for address, records in self.records.items():
            assert sorted(records) == list(range(self.count)), 'not every slot has an end: %s' % sorted(records)
            requests = self.wire.requests.pop(address)
            assert self.asked.pop(address) == [request[wire.NUMBER] for request in requests], 'the witnesses disagree'
            self._check_address(address, [record for _, record in sorted(records.items())], requests)
        assert not self.wire.requests and not self.asked, 'somebody else was probed'

    def _check_address(self, address, records, requests):
        sent = [record for record in records if record[0] != 'unsent']
        assert len(sent) == len(requests), (len(sent), len(requests))
        tally = collections.Counter(unsent=len(records) - len(sent))
        duplicates = [0, 0]
        for record, request in zip(sent, requests):
            assert self.answered[address, request[wire.NUMBER]] == len(request) - wire.REPLIES, 'the witnesses disagree'
            self._check_record(record, request, tally, duplicates)
        row = self.summary[address]
        told = {state: row[state] for state in STATES}
        assert told == {state: tally[state] for state in STATES} and row['due'] == self.count, (told, tally)
        assert duplicates[0] <= row['duplicates'] <= duplicates[1], (row, duplicates)
        self.states += tally
        self.states['duplicates'] += row['duplicates']

    def _check_record(self, record, request, tally, duplicates):
        """By the capture: which end it has, when the first reply came, and how many came beside it."""
        state, sent_ns, rtt_us, icmp = record
        times = [ns - sent_ns for ns in request[wire.REPLIES:]]
        error = request[wire.ERROR] - sent_ns if request[wire.ERROR] else None
        ends = {self._end(times, error, edge) for edge in (-EDGE_NS, 0, EDGE_NS)}
        self.n_edges += len(ends) > 1
        assert state in ends, (record, request)
        assert (icmp is not None) == (state == 'error'), record
        self.waits.append((request[wire.SENT] - sent_ns) / 1000)
        assert abs(self.waits[-1]) * 1000 < EDGE_NS, (record, request)
        if state in ('reply', 'late'):
            self.skews.append(rtt_us - times[0] / 1000)
            assert abs(rtt_us * 1000 - times[0]) < EDGE_NS, (record, request)
        # The line was written at the error; a true reply after it still wins, in the summary.
        tally[state if state != 'error' or not times else self._end(times, None, 0)] += 1
        for i, edge in enumerate((-EDGE_NS, EDGE_NS)):
            duplicates[i] += max(0, sum(time < HELD_NS + edge for time in times) - 1)

    @staticmethod
    def _end(times, error, edge):
        if error is not None and not (times and times[0] < error):
            return 'error'
        if not times or times[0] >= HELD_NS + edge:
            return 'lost'
        return 'reply' if times[0] < TIMEOUT_MS * MS + edge else 'late'

    def describe(self):
        return '%s; at an edge %d; us of the capture beside our send time: %s; beside our RTT: %s' % (
            ', '.join('%s %d' % pair for pair in sorted(self.states.items())), self.n_edges, spread(self.waits),
            spread(self.skews))


def conserve(*arguments):
    run = Run(*arguments)
    run.check()
    print('# ' + run.describe(), flush=True)
    assert all(run.states[state] > 0 for state in ('reply', 'late', 'lost', 'error', 'duplicates')), run.states


def a_million_by_raw_ipv4():
    """20,000 a second; of fewer than 200,000, fewer a second."""
    count = 100
    conserve('raw', True, max(N_PROBES // count, 1), count, max(N_PROBES // 2000, 100))


def raw_ipv6():
    conserve('raw', False, 500, 40, 100)


def datagram_ipv4():
    conserve('datagram', True, 500, 40, 100)


def datagram_ipv6():
    conserve('datagram', False, 500, 40, 100)


if os.geteuid() != 0:
    print('1..0 # SKIP needs root for network namespaces')
elif not os.path.exists('/dev/net/tun'):
    print('1..0 # SKIP needs /dev/net/tun')
elif 'inside' not in sys.argv:
    os.execvp('unshare', ['unshare', '--net', '--', os.path.abspath(__file__), *sys.argv[1:], 'inside'])
else:
    network.check_is_own()
    with open('/proc/sys/net/ipv4/ping_group_range', 'w', encoding='ascii') as opened:
        opened.write('0 2147483647')
    tap.run([a_million_by_raw_ipv4, raw_ipv6, datagram_ipv4, datagram_ipv6])
