#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's responder does what its script says, and its log and a capture agree. Argument: the responder."""

import os
import shutil
import socket
import struct
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import desktop, responder, tap, wire  # noqa: E402

PROGRAM = sys.argv[1]
IDENTIFIER = 0x4321
SO_RCVBUFFORCE = 33
# The last line is for all that the others leave.
SCRIPT = '''
on 10.64.1.1 lose
on 10.64.1.2 reply times 3
on 10.64.1.3 reply flip 9 0
on 10.64.1.4 reply forge sequence
on 10.64.1.5 reply truncate 12
on 10.64.1.6 reply grow 8
on 10.64.1.7 reply from 10.64.9.9
on 10.64.1.8 every 2 from 1 replay and reply
on 10.64.1.9 reply fragment 16
on 10.64.1.10 reply fragment 16 short
on 10.64.1.11 ttl 1 exceeded 0 from 10.64.0.1 quote 8
on 10.64.1.11 ttl 2 exceeded 0 from 10.64.0.2
on 10.64.1.12 unreachable 3 from 10.64.0.3 garbage
on 10.64.1.13 too-big 1400 from 10.64.0.3
on 10.64.2.0/24 reply after 40 and reply after 1..2
on fd00:64::1 reply after 2
on fd00:64::2 reply forge cookie
on fd00:64::3 exceeded 0 from fd00:64::ff quote 8
on fd00:64::4 too-big 1280 from fd00:64::ff
on fd00:64::5 reply fragment 16
on any reply ttl 55  # a comment
'''


class Sender:
    """A socket that sees all ICMP, and counts what it sends."""

    def __init__(self, family=socket.AF_INET):
        self.is_ipv4 = family == socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_RAW, socket.IPPROTO_ICMP if self.is_ipv4 else socket.IPPROTO_ICMPV6)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 26)
        self.socket.setblocking(False)
        self.n_sent = 0

    def send(self, address, ttl=64):
        body = struct.pack('>HHQQ', IDENTIFIER, self.n_sent, self.n_sent, 7) + bytes(range(16))
        head = b'\x08\0' if self.is_ipv4 else b'\x80\0'
        total = ~(int.from_bytes(head + b'\0\0' + body, 'big') % 0xffff) & 0xffff
        level, option = (socket.IPPROTO_IP, socket.IP_TTL) if self.is_ipv4 else \
            (socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS)
        self.socket.setsockopt(level, option, ttl)
        self.socket.sendto(head + struct.pack('>H', total) + body, (address, 0))
        self.n_sent += 1

    def receive(self):
        """Source, TTL (IPv4 alone) and ICMP message of all that has come, but for requests."""
        found = []
        while True:
            try:
                packet, source = self.socket.recvfrom(65536)
            except BlockingIOError:
                return found
            message = packet[20:] if self.is_ipv4 else packet
            if message[0] not in (8, 128):
                found.append((source[0], packet[8] if self.is_ipv4 else None, message))

    def exchange(self, address, n_expected, ttl=64):
        """Sends one request and returns the answers; a last one from another address says that no more come."""
        self.send(address, ttl)
        found = []

        def is_whole():
            found.extend(self.receive())
            return len(found) >= n_expected
        desktop.wait('%d answers from %s' % (n_expected, address), is_whole)
        self.send('10.64.250.1' if self.is_ipv4 else 'fd00:64::250')
        desktop.wait('the last answer', lambda: found.extend(self.receive()) or any('250' in row[0] for row in found))
        assert len(found) == n_expected + 1, found
        return [row for row in found if '250' not in row[0]]


def run_lab(script=SCRIPT, **options):
    return responder.Responder(PROGRAM, script, **options)


def ipv4_answers_are_as_the_script_says():
    sender = Sender()
    with run_lab():
        assert sender.exchange('10.64.1.1', 0) == []
        (source, ttl, plain), = sender.exchange('10.64.3.3', 1)
        assert source == '10.64.3.3' and ttl == 55 and plain[0] == 0 and len(plain) == 40 and wire.checks(plain), plain
        assert len(sender.exchange('10.64.1.2', 3)) == 3
        assert not wire.checks(sender.exchange('10.64.1.3', 1)[0][2])
        number = sender.n_sent
        message = sender.exchange('10.64.1.4', 1)[0][2]
        assert wire.checks(message) and int.from_bytes(message[6:8], 'big') == number ^ 1, message
        for address, size in (('10.64.1.5', 12), ('10.64.1.6', 48)):
            message = sender.exchange(address, 1)[0][2]
            assert len(message) == size and wire.checks(message), message
        assert sender.exchange('10.64.1.7', 1)[0][0] == '10.64.9.9'


def earlier_replies_come_again():
    sender = Sender()
    with run_lab():
        sender.exchange('10.64.1.8', 1)
        messages = [row[2] for row in sender.exchange('10.64.1.8', 2)]
        assert [int.from_bytes(message[8:16], 'big') for message in messages] == [0, 2], messages


def fragments_are_put_together_when_none_is_missing():
    with run_lab():
        sender = Sender()
        message = sender.exchange('10.64.1.9', 1)[0][2]
        assert len(message) == 40 and wire.checks(message), message
        assert sender.exchange('10.64.1.10', 0) == []
        assert len(Sender(socket.AF_INET6).exchange('fd00:64::5', 1)[0][2]) == 40


def errors_quote_the_request():
    sender = Sender()
    with run_lab():
        for ttl, host, size in ((1, '10.64.0.1', 8 + 28), (2, '10.64.0.2', 8 + 60)):
            (source, _, message), = sender.exchange('10.64.1.11', 1, ttl)
            assert source == host and message[:2] == b'\x0b\0' and len(message) == size and wire.checks(message), message
            assert message[28:30] == b'\x08\0', message
        message = sender.exchange('10.64.1.12', 1)[0][2]
        assert message[:2] == b'\x03\x03' and message[28:30] != b'\x08\0', message
        message = sender.exchange('10.64.1.13', 1)[0][2]
        assert message[:2] == b'\x03\x04' and message[6:8] == struct.pack('>H', 1400), message


def ipv6_answers_are_as_the_script_says():
    sender = Sender(socket.AF_INET6)
    with run_lab():
        assert sender.exchange('fd00:64::1', 1)[0][2][0] == 129
        assert sender.exchange('fd00:64::2', 1)[0][2][23] == 7 ^ 1
        assert sender.exchange('fd00:64::3', 1)[0][2][0] == 3
        message = sender.exchange('fd00:64::4', 1)[0][2]
        assert message[0] == 2 and message[4:8] == struct.pack('>I', 1280), message


def log_and_capture_agree():
    sender = Sender()
    with run_lab() as lab, wire.Capture('lab0') as capture:
        for i in range(1, 31):
            sender.send('10.64.2.%d' % i)
        found = []
        desktop.wait('60 answers', lambda: found.extend(sender.receive()) or len(found) == 60)
        packets = capture.stop()
        counts = lab.stop()
        entries = list(lab.log())
        ledger = wire.Ledger(capture.packets())
    assert packets == 90 and counts == (30, 60, 0), (packets, counts)
    assert [entry.number for entry in entries if entry.event == responder.REQUEST] == list(range(30)), entries
    times = {}
    for entry in entries:
        times.setdefault(entry.number, []).append(entry.time_ns)
        assert entry.identifier == IDENTIFIER and entry.n_bytes == 60 and entry.ttl == 64, entry
        assert responder.address_of(entry.destination, entry.family) == '10.64.2.%d' % (entry.number + 1), entry
    assert all(soon - sent >= 1e6 and late - sent >= 40e6 for sent, soon, late in times.values()), times
    for (number, sent_ns, _, *replies), in ledger.requests.values():
        assert sent_ns <= times[number][0] and len(replies) == 2, (number, sent_ns, replies)
        assert all(abs(ns - written) < 1e9 for ns, written in zip(replies, times[number][1:])), replies


def the_same_seed_makes_the_same_choices():
    outcomes = []
    for seed in (5, 5, 6):
        sender = Sender()
        with run_lab('seed %d\non 10.64.0.9 share 50 lose\non any reply' % seed) as lab:
            for _ in range(200):
                sender.send('10.64.0.9')
            sender.send('10.64.250.1')
            desktop.wait('the last answer', lambda: any('250' in row[0] for row in sender.receive()))
            lab.stop()
            outcomes.append([entry.line for entry in lab.log() if entry.event == responder.REQUEST])
    assert outcomes[0] == outcomes[1] != outcomes[2], outcomes
    assert 50 < outcomes[0].count(2) < 150, outcomes[0]


def a_flood_is_answered():
    with run_lab('on any reply after 5..20') as lab:
        output = subprocess.run(['ping', '-q', '-f', '-c', '30000', '-l', '100', '10.64.0.7'], check=False, capture_output=True,
                                text=True).stdout
        assert lab.count_dropped() == 0
        counts = lab.stop()
        assert counts == (30000, 30000, 0), (counts, output)


def bad_scripts_are_refused_with_their_line():
    for script, sentence in (('on any reply\non any frob', 'script:2: an action is expected'), ('seed x', 'script:1: a number'),
                             ('on 10.0.0.0/33 lose', 'script:1: a number'), ('frob', 'script:1: seed, end or on'),
                             ('on any reply fragment 12', 'multiple of 8'), ('on any lose now', 'script:1: there is a word'),
                             ('on any reply times', 'script:1: a number is missing'), ('on host lose', 'an address')):
        try:
            run_lab(script).close()
        except AssertionError as problem:
            assert sentence in str(problem), (script, problem)
        else:
            raise AssertionError('accepted: ' + script)


def ends_by_itself_and_with_its_parent():
    with run_lab('end 0.1\non any reply') as lab:
        desktop.wait('the end of its time', lambda: lab.process.poll() is not None)
    program = 'import sys; sys.path.insert(0, %r); from lab import responder; r = responder.Responder(%r, "on any reply");' \
        'print(r.process.pid, r.folder, flush=True); sys.stdin.read()' % (sys.path[0], PROGRAM)
    process = subprocess.Popen([sys.executable, '-c', program], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True)
    pid, folder = process.stdout.readline().split()
    process.kill()
    process.communicate()
    desktop.wait('the end of the responder', lambda: not os.path.exists('/proc/%s/ns/net' % pid))
    shutil.rmtree(folder)


TESTS = [ipv4_answers_are_as_the_script_says, earlier_replies_come_again, fragments_are_put_together_when_none_is_missing,
         errors_quote_the_request, ipv6_answers_are_as_the_script_says, log_and_capture_agree,
         the_same_seed_makes_the_same_choices, a_flood_is_answered, bad_scripts_are_refused_with_their_line,
         ends_by_itself_and_with_its_parent]

if os.geteuid() != 0:
    print('1..0 # SKIP needs root for network namespaces')
elif not os.path.exists('/dev/net/tun'):
    print('1..0 # SKIP needs /dev/net/tun')
elif sys.argv[2:] != ['inside']:
    os.execvp('unshare', ['unshare', '--net', '--', os.path.abspath(__file__), PROGRAM, 'inside'])
else:
    tap.run(TESTS)
