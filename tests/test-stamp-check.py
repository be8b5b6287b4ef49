#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks by UDP: the monitor as STAMP's session-sender and session-reflector, beside peers written from the RFC alone.

Argument: the monitor. In a network namespace of its own.
"""

import os
import random
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import desktop, instance, legs, stamp  # noqa: E402

PORT = 8870
OURS = 8871
KEY = b'a key of sixteen'
TARGET = 'udp://127.0.0.1:%d' % PORT


class Case(instance.Case):
    def write_key(self, key=KEY):
        path = os.path.join(self.session.folder, 'stamp.key')
        with open(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), 'wb') as stream:
            stream.write(key + b'\n')
        return path


class SenderTest(Case):
    """What the monitor makes of a reflector."""

    def reflect(self, *arguments, **options):
        reflector = stamp.Reflector('127.0.0.1', PORT, *arguments, **options)
        self.addCleanup(reflector.close)
        return reflector

    def check(self, more=''):
        self.start('[target %s]\ninterval=100\ntimeout=500\n%s' % (TARGET, more))

    def wait_for(self, what, claim, seconds=40):
        return desktop.wait(what, lambda: claim(self.monitor.target(TARGET)) and self.monitor.target(TARGET), seconds)

    def test_answers_count(self):
        reflector = self.reflect()
        self.check()
        target = self.wait_for('20 replies', lambda target: target['reply'] >= 20)
        self.assertEqual((target['probe'], target['lost'], target['error']), ('udp', 0, 0))
        self.assertLess(target['rtt-us'], 20000)
        self.assertIn('jitter-up-us', target)
        # The second one skips a number, by which a reflector that counts is known.
        self.assertEqual([packet[0] for packet in reflector.packets[:4]], [0, 2, 3, 4])
        self.assertTrue(all(packet[2] & 0xff for packet in reflector.packets), 'a multiplier is never 0')

    def test_ways_are_told_apart(self):
        """Of 60 packets 6 are lost on the way there and 4 on the way back."""
        lost = {index: 'up' for index in (5, 11, 12, 30, 31, 40)}
        lost.update({index: 'down' for index in (8, 13, 32, 45)})
        self.reflect(lambda n, request: lost.get(n, 'answer'))
        self.check()
        target = self.wait_for('losses of both ways', lambda target: target['lost-up'] + target['lost-down'] >= 10)
        self.assertEqual((target['lost-up'], target['lost-down'], target['lost-somewhere']), (6, 4, 0))

    def test_reflector_without_state_tells_nothing(self):
        self.reflect(lambda n, request: 'down' if n in (10, 11, 12) else 'answer', stateful=False)
        self.check()
        target = self.wait_for('losses', lambda target: target['lost-somewhere'] >= 3)
        self.assertEqual((target['lost-up'], target['lost-down'], target['lost-somewhere']), (0, 0, 3))

    def test_key(self):
        self.reflect(key=KEY)
        self.check('key-file=%s\n' % self.write_key())
        self.wait_for('replies', lambda target: target['reply'] >= 10)

    def test_without_its_key_nothing_is_sent(self):
        reflector = self.reflect()
        self.check('key-file=/no/such/key\n')
        self.wait_for('a problem', lambda target: 'key cannot be read' in target.get('problem', ''))
        time.sleep(0.5)
        self.assertEqual(reflector.packets, [])

    def test_forged_answers_do_not_count(self):
        """Another time, another number, cut, and noise; the right answer after them does."""
        def forge(n, request):
            seq, sent, error = request
            return [stamp.build_reply(n, stamp.now(), (seq, sent ^ 1, error)),
                    stamp.build_reply(n, stamp.now(), (seq + 1000, sent, error)),
                    stamp.build_reply(n, stamp.now(), request)[:43],
                    b'x' * 44, b''][n % 5] or b'\0'
        reflector = self.reflect(forge)
        self.check()
        desktop.wait('forgeries', lambda: len(reflector.packets) > 20)
        self.assertEqual(self.monitor.target(TARGET)['reply'], 0)
        reflector.script = lambda n, request: 'answer'
        self.wait_for('replies', lambda target: target['reply'] >= 5)

    def test_wrong_key_does_not_count(self):
        reflector = self.reflect(lambda n, request: stamp.build_reply(n, stamp.now(), request, b'another key, 16b'), key=KEY)
        self.check('key-file=%s\n' % self.write_key())
        desktop.wait('packets', lambda: len(reflector.packets) > 10)
        self.assertEqual(self.monitor.target(TARGET)['reply'], 0)

    def test_clock_that_is_years_off(self):
        """What two clocks differ by is in no figure."""
        self.reflect(offset=-20 * 365 * 86400)
        self.check()
        target = self.wait_for('replies', lambda target: target['reply'] >= 20)
        self.assertLess(target['rtt-us'], 20000)
        self.assertLess(target['jitter-up-us'], 20000)
        self.assertLess(target['jitter-down-us'], 20000)

    def test_nobody_there(self):
        """The kernel says by ICMP that the port is closed."""
        self.check()
        target = self.wait_for('errors', lambda target: target['error'] >= 5)
        self.assertEqual(target['reply'], 0)

    def test_duplicates(self):
        def twice(n, request):
            reflector.socket.sendto(stamp.build_reply(n, stamp.now(), request), peers[0])
            return 'answer'
        reflector = self.reflect(lambda n, request: 'answer')
        peers = []
        original = reflector._take
        reflector._take = lambda packet, sender, received: (peers.__setitem__(slice(None), [sender]), original(packet, sender, received))
        reflector.script = twice
        self.check()
        self.wait_for('duplicates', lambda target: target['duplicates'] >= 5 and target['reply'] >= 5)


class ReflectorTest(Case):
    """What others get from the monitor."""

    def reflect(self, more='networks=127.0.0.0/8\n'):
        self.start('[stamp]\nlisten=*:%d\n%s[targets]\nversion=1\n' % (OURS, more))

    def open(self, source=None, timeout=0.5, host='127.0.0.1'):
        sender = stamp.Sender(host, OURS, source, timeout)
        self.addCleanup(sender.close)
        return sender

    def test_answer(self):
        self.reflect()
        sender = self.open()
        sender.socket.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 77)
        for n, seq in enumerate((0, 1, 5, 6)):
            packet = stamp.build_request(seq)
            answer = sender.ask(packet)
            self.assertEqual(len(answer), 44)
            fields = stamp.read_reply(answer)
            self.assertEqual(fields[0], n, 'it counts for itself')
            self.assertEqual(fields[4:7], stamp.read_request(packet))
            self.assertEqual(fields[7], 77)
            self.assertTrue(fields[3] <= fields[1], 'received before it was sent')
            self.assertLess(abs(fields[1] - stamp.now()) / 2**32, 5)

    def test_sessions_count_apart(self):
        self.reflect()
        first, second = self.open(), self.open()
        self.assertEqual([stamp.read_reply(first.ask(stamp.build_request(n)))[0] for n in range(3)], [0, 1, 2])
        self.assertEqual(stamp.read_reply(second.ask(stamp.build_request(9)))[0], 0)

    def test_answer_is_as_long_as_the_question(self):
        self.reflect()
        sender = self.open()
        for n in (44, 45, 100, 500, 1500):
            self.assertEqual(len(sender.ask(stamp.build_request(n).ljust(n, b'\xff'))), n)

    def test_what_is_no_request_gets_nothing(self):
        self.reflect()
        sender = self.open(timeout=0.2)
        for packet in (b'', b'\0', b'\0' * 43, b'\0' * 1501, b'\xff' * 9000):
            self.assertIsNone(sender.ask(packet), len(packet))
        self.assertIsNotNone(sender.ask(stamp.build_request(0)))

    def test_noise_changes_nothing(self):
        """A thousand random datagrams: none gets more than it sent, and a sender is served on."""
        self.reflect()
        noise = self.open(timeout=0.001)
        rng = random.Random(7)
        for _ in range(1000):
            packet = rng.randbytes(rng.randrange(0, 200))
            answer = noise.ask(packet)
            self.assertLessEqual(len(answer or b''), 200)
        self.assertIsNotNone(self.open(('127.0.0.9', 0)).ask(stamp.build_request(0)))

    def test_unknown_network_gets_nothing(self):
        """And the log one line, however often it asks."""
        self.reflect('networks=10.0.0.0/8\n')
        for _ in range(5):
            self.assertIsNone(self.open(timeout=0.1).ask(stamp.build_request(0)))
        self.monitor.stop()
        lines = [line for line in self.monitor.process.stderr if '[stamp]' in line]
        self.assertEqual(len(lines), 1, lines)
        self.assertIn('127.0.0.1: no answer', lines[0])

    def test_by_default_this_machine_alone(self):
        subprocess.run(['ip', 'address', 'add', '192.0.2.1/32', 'dev', 'lo'], check=True)
        self.reflect('')
        self.assertIsNotNone(self.open().ask(stamp.build_request(0)))
        self.assertIsNone(self.open(('192.0.2.1', 0)).ask(stamp.build_request(0)))

    def test_reflectors_never_answer_each_other(self):
        """An answer to such a port would be answered for ever."""
        self.start('[stamp]\nlisten=127.0.0.1:%d\n[targets]\nversion=1\n' % OURS)
        for port in (862, 8862):
            self.assertIsNone(self.open(('127.0.0.1', port)).ask(stamp.build_request(0)), port)
        forged = self.open(('127.0.0.2', OURS))
        self.assertIsNone(forged.ask(stamp.build_request(0)))

    def test_ipv6(self):
        self.reflect('networks=::1\n')
        self.assertIsNotNone(self.open(host='::1').ask(stamp.build_request(0)))
        self.assertIsNone(self.open().ask(stamp.build_request(0)))

    def test_answer_comes_from_the_address_that_was_asked(self):
        subprocess.run(['ip', 'address', 'add', '192.0.2.7/32', 'dev', 'lo'], check=True)
        self.reflect('networks=192.0.2.0/24 127.0.0.0/8\n')
        # A connected socket takes nothing from another address.
        self.assertIsNotNone(self.open(host='192.0.2.7').ask(stamp.build_request(0)))

    def test_key(self):
        self.reflect('networks=127.0.0.0/8\nkey-file=%s\n' % self.write_key())
        sender = self.open()
        answer = sender.ask(stamp.build_request(3, key=KEY))
        self.assertEqual(len(answer), 112)
        self.assertTrue(stamp.check(answer, KEY))
        self.assertEqual(stamp.read_reply(answer, KEY)[4], 3)
        for packet in (stamp.build_request(0), stamp.build_request(0, key=b'another key, 16b'),
                       stamp.build_request(0, key=KEY)[:111], stamp.build_request(0).ljust(112, b'\0')):
            self.assertIsNone(sender.ask(packet))

    def test_rate_of_one_address_is_limited(self):
        """200 at once, then 100 a second; another address is served meanwhile."""
        self.reflect()
        flood = self.open(timeout=0.05)
        for n in range(1500):
            flood.socket.send(stamp.build_request(n))
        n_answers = 0
        try:
            while flood.socket.recv(200):
                n_answers += 1
        except (TimeoutError, socket.timeout):
            pass
        self.assertGreater(n_answers, 100)
        self.assertLess(n_answers, 400)
        self.assertIsNotNone(self.open(('127.0.0.9', 0)).ask(stamp.build_request(0)))

    def test_sessions_of_one_address_are_limited(self):
        self.reflect()
        senders = [self.open(timeout=0.3) for _ in range(20)]
        answered = [sender.ask(stamp.build_request(0)) is not None for sender in senders]
        self.assertEqual(answered, [True] * 16 + [False] * 4)

    def test_port_in_use_is_said(self):
        other = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        self.addCleanup(other.close)
        other.bind(('::', OURS))
        self.reflect()
        desktop.wait('a problem', lambda: any('[stamp]' in problem and str(OURS) in problem
                                              for problem in self.monitor.get('Status').get('problems', [])))

    def test_both_ends_are_ours(self):
        """As tshark reads them too, which knows the fields of TWAMP's test packets that STAMP shares."""
        self.start('[stamp]\nlisten=*:%d\n[target udp://127.0.0.1:%d]\ninterval=100\n' % (OURS, OURS))
        key = 'udp://127.0.0.1:%d' % OURS
        desktop.wait('replies', lambda: self.monitor.target(key)['reply'] >= 10)
        capture = os.path.join(self.session.folder, 'stamp.pcap')
        tcpdump = subprocess.run(['timeout', '30', 'tcpdump', '-i', 'lo', '-c', '10', '-w', capture, 'udp', 'port', str(OURS)],
                                 capture_output=True, check=True)
        self.assertEqual(tcpdump.returncode, 0)
        fields = ['twamp.test.seq_number', 'twamp.test.sender_seq_number', 'twamp.test.sender_ttl', 'udp.srcport', 'udp.length',
                  'twamp.test.error_estimate.multiplier']
        lines = subprocess.run(['tshark', '-r', capture, '-d', 'udp.port==%d,twamp.test' % OURS, '-T', 'fields',
                                *(part for field in fields for part in ('-e', field))],
                               capture_output=True, text=True, check=True).stdout.splitlines()
        rows = [dict(zip(fields, line.split('\t'))) for line in lines]
        answers = [row for row in rows if row['udp.srcport'] == str(OURS)]
        self.assertGreaterEqual(len(answers), 4)
        for row in rows:
            self.assertEqual(row['udp.length'], '52', row)
        for row in answers:
            self.assertEqual(int(row['twamp.test.sender_seq_number']), int(row['twamp.test.seq_number']) + 1, row)
            self.assertEqual(row['twamp.test.sender_ttl'], '64', row)


if __name__ == '__main__':
    legs.run(__file__)
