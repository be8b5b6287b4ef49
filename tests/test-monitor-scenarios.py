#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the real monitor makes of delays, loss and a network that goes away: a test for each case that other tools miscount.

Arguments: pingem-monitor, the responder. The network is the test's own, and so is the list of name servers.
"""

import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import desktop, monitor as lab_monitor, network, responder, tap  # noqa: E402

MONITOR, RESPONDER = (os.path.abspath(path) for path in sys.argv[1:3])
REPLY, LATE, LOST, UNSENT, HELD, ERROR, IN_FLIGHT = range(2, 9)
ENDS = (REPLY, LATE, LOST, UNSENT, ERROR)
ANCHOR = network.ANCHORS[0]
LIMIT = '''
    table inet scarce {
      chain scarce {
        type filter hook output priority 0;
        icmp type time-exceeded numgen random mod 100 < 80 drop
      }
    }'''
NAME = 'call.example'
HEADER, ANSWER = struct.Struct('!6H'), struct.Struct('!HHHIH4s')


class ScenarioTest(unittest.TestCase):
    def start(self, *lines):
        """Without lines with the default anchors."""
        self.session = desktop.Session()
        self.session.__enter__()
        self.addCleanup(self.session.close)
        options = ()
        if lines:
            options = ('--config', os.path.join(self.session.folder, 'lab.conf'))
            with open(options[1], 'w', encoding='ascii') as stream:
                stream.write('\n'.join(lines) + '\n')
        self.monitor = lab_monitor.Monitor(MONITOR, self.session, *options)

    def status(self):
        return self.monitor.get('Status')

    def wait_for_verdict(self, verdict):
        desktop.wait('the verdict ' + verdict, lambda: self.status()['verdict'] == verdict, 90)

    def count(self, key, until_s=0):
        """Slots by their state, of the last minutes but for the last seconds."""
        now = int(time.time() * 1000)
        columns = self.monitor.call('Columns', '(sxxu)', key, now - 600000, now - int(until_s * 1000), 1)[0]
        return columns[0]

    def build_chain(self):
        self.chain = network.Chain()
        self.addCleanup(self.chain.close)


class DelayTest(ScenarioTest):
    def answer(self, script):
        lab = responder.Responder(RESPONDER, 'end 300\n' + script)
        self.addCleanup(lab.close)

    def test_an_rtt_beyond_the_interval_is_no_loss(self):
        self.answer('on any reply after 300')
        self.start('[target 10.64.0.7]', 'leg=internet', 'interval=200')
        desktop.wait('60 replies', lambda: self.count('10.64.0.7')[REPLY] >= 60, 60)
        self.assertEqual(self.count('10.64.0.7')[LOST], 0)
        target = self.monitor.target('10.64.0.7')
        self.assertGreaterEqual(target['rtt-us'], 300000)
        self.assertEqual(target['due'], target['reply'], target)

    def test_every_reply_4_s_late_is_late_and_not_lost(self):
        self.answer('on any reply after 4000')
        self.start('[target 10.64.0.7]', 'leg=internet', 'interval=200', 'timeout=2000')
        desktop.wait('60 late replies', lambda: self.count('10.64.0.7', 6)[LATE] >= 60, 60)
        column = self.count('10.64.0.7', 6)
        self.assertEqual([column[end] for end in ENDS], [0, column[LATE], 0, 0, 0])


class Bursts:
    """A host that drops everything for so many seconds of each period; step() is called all the time."""

    def __init__(self, host, length_s, period_s):
        self.host, self.length_s, self.period_s = host, length_s, period_s
        self.begin = time.monotonic()
        self.drops = False

    def step(self):
        drops = (time.monotonic() - self.begin) % self.period_s < self.length_s
        if drops and not self.drops:
            self.host.drop(100)
        elif self.drops and not drops:
            self.host.heal()
        self.drops = drops


class ChainTest(ScenarioTest):
    def setUp(self):
        self.build_chain()

    def test_no_route_from_the_start_is_no_network(self):
        self.chain.client.run('ip route del default')
        self.start()
        self.wait_for_verdict('no-network')
        status = self.status()
        self.assertEqual((status['level'], status['errno']), ('down', 101))
        column = self.count(ANCHOR)
        self.assertGreaterEqual(column[UNSENT], 3)
        self.assertEqual([column[end] for end in ENDS if end != UNSENT], [0, 0, 0, 0])

    def test_an_address_that_is_gone_for_2_s_is_no_loss(self):
        self.start()
        self.wait_for_verdict('ok')
        self.chain.client.run('ip address del 192.168.77.2/24 dev wlan0')
        desktop.wait('unsent probes', lambda: self.count(ANCHOR)[UNSENT] >= 2)
        self.assertNotIn('bad-leg', self.status())
        self.chain.client.run('ip address add 192.168.77.2/24 dev wlan0')
        self.chain.client.run('ip route add default via ' + network.ROUTER)
        before = self.count(ANCHOR)[REPLY]
        desktop.wait('replies again', lambda: self.count(ANCHOR)[REPLY] >= before + 3)
        for key in network.ANCHORS:
            column = self.count(key)
            self.assertEqual((column[LATE], column[LOST], column[ERROR]), (0, 0, 0), column)
        self.wait_for_verdict('ok')

    def test_a_hop_that_limits_its_answers_is_not_accused(self):
        self.start()
        desktop.wait('the provider', lambda: (self.monitor.target('provider') or {}).get('reply', 0) >= 5, 60)
        self.wait_for_verdict('ok')
        self.chain.provider.run('nft -f -', input=LIMIT)

        def is_limited():
            self.assertEqual(self.status()['verdict'], 'ok', self.monitor.get('Targets'))
            provider = self.monitor.target('provider')
            return provider['lost'] >= 12 and provider['lost'] > 2 * provider['reply']
        desktop.wait('a hop that mostly stays silent', is_limited, 120)
        # That is known now: so it is not taken for the place of a real fault, either.
        self.chain.internet.drop(60)
        seen = set()
        desktop.wait('the internet is named', lambda: seen.add(self.status()['verdict']) or 'internet' in seen, 90)
        self.assertNotIn('provider', seen)

    def test_5_percent_between_router_and_provider_are_the_providers(self):
        """In bursts of 6 s: as random losses they are too few in half a minute to prove anything."""
        self.start()
        desktop.wait('the provider', lambda: (self.monitor.target('provider') or {}).get('due', 0) >= 25, 60)
        seen = set()
        bursts = Bursts(self.chain.provider, 6, 120)

        def is_named():
            bursts.step()
            seen.add(self.status()['verdict'])
            return 'provider' in seen
        desktop.wait('the verdict provider', is_named, 300)
        self.assertNotIn('local', seen)

    def test_loss_of_the_gateway_and_behind_it_at_once_is_local(self):
        self.start()
        self.wait_for_verdict('ok')
        bursts = Bursts(self.chain.router, 1, 4)

        def is_local():
            bursts.step()
            verdict = self.status()['verdict']
            self.assertIn(verdict, ('ok', 'unknown', 'local', 'no-network'))
            return verdict == 'local'
        desktop.wait('the verdict local', is_local, 120)
        self.assertEqual(self.status()['bad-leg'], 'router')

    def test_one_lost_packet_shows_in_300_columns_of_a_day(self):
        self.start()
        self.wait_for_verdict('ok')
        self.chain.internet.drop(100)
        desktop.wait('a lost probe', lambda: self.count(ANCHOR)[LOST] >= 1)
        self.chain.internet.heal()
        before = self.count(ANCHOR)[REPLY]
        desktop.wait('all is decided', lambda: self.count(ANCHOR)[REPLY] >= before + 4)
        columns = self.monitor.columns(ANCHOR, 86400, 300)
        lost = sum(column[LOST] for column in columns)
        self.assertEqual(lost, self.count(ANCHOR)[LOST])
        self.assertIn(sum(column[LOST] > 0 for column in columns), (1, 2))


class NameServer:
    """Answers each question with one address, or not at all."""

    def __init__(self, address):
        self.address = address
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(('127.0.0.1', 53))
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self):
        while True:
            packet, peer = self.socket.recvfrom(2048)
            if not packet:
                return
            self.socket.sendto(self._answer(packet), peer)

    def _answer(self, packet):
        end = packet.index(b'\0', HEADER.size) + 5
        number, (kind,) = HEADER.unpack_from(packet)[0], struct.unpack_from('!H', packet, end - 4)
        answer = ANSWER.pack(0xc00c, 1, 1, 1, 4, socket.inet_aton(self.address)) if kind == 1 else b''
        return HEADER.pack(number, 0x8180, 1, 1 if answer else 0, 0, 0) + packet[HEADER.size:end] + answer

    def close(self):
        """An empty question ends it."""
        self.socket.sendto(b'', self.socket.getsockname())
        self.thread.join()
        self.socket.close()


class NameTest(ScenarioTest):
    def setUp(self):
        self.build_chain()
        with tempfile.NamedTemporaryFile('w', prefix='pingem-test-') as stream:
            stream.write('nameserver 127.0.0.1\noptions timeout:1 attempts:1\n')
            stream.flush()
            subprocess.run(['mount', '--bind', stream.name, '/etc/resolv.conf'], check=True)
        self.addCleanup(subprocess.run, ['umount', '/etc/resolv.conf'], check=True)

    def test_names_are_found_once_there_is_a_name_server_and_kept_without_one(self):
        self.start('[target %s]' % ANCHOR, 'leg=internet', '[target %s]' % NAME, 'leg=call')
        desktop.wait('a name that is not found', lambda: 'not found' in self.monitor.target(NAME).get('problem', ''))
        self.wait_for_verdict('ok')
        server = NameServer(network.ANCHORS[1])
        desktop.wait('the name', lambda: self.monitor.target(NAME).get('numeric') == network.ANCHORS[1], 90)
        self.assertNotIn('problem', self.monitor.target(NAME))
        server.address = ANCHOR
        self.chain.client.run('ip route del default')
        self.chain.client.run('ip route add default via ' + network.ROUTER)
        desktop.wait('another address, on another network', lambda: self.monitor.target(NAME).get('numeric') == ANCHOR, 60)
        event = desktop.wait('the event', lambda: self.monitor.events('address'))[0]
        self.assertEqual((event['key'], event['text']), (NAME, ANCHOR))
        server.close()
        before = self.count(NAME)[REPLY]
        desktop.wait('replies without a name server', lambda: self.count(NAME)[REPLY] >= before + 5)
        self.assertEqual(self.count(NAME)[LOST], 0)


if __name__ == '__main__':
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    if os.geteuid() != 0:
        print('1..0 # SKIP needs root for namespaces')
    elif not os.path.exists('/dev/net/tun'):
        print('1..0 # SKIP needs /dev/net/tun')
    elif sys.argv[3:4] != ['inside']:
        os.execvp('unshare', ['unshare', '--net', '--mount', '--propagation', 'private', '--', os.path.abspath(__file__),
                              MONITOR, RESPONDER, 'inside'] + sys.argv[3:])
    else:
        network.check_is_own()
        tap.run_cases(sys.argv[4:])
