#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks by TCP: to any port, and by an exchange with an echo server; refused, silent and unreachable told apart.

Arguments: the monitor, pingemctl. In a network namespace of its own.
"""

import errno
import json
import os
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import desktop, instance, legs, network, servers  # noqa: E402

PORT = 8880
OURS = 8881
# Of one test alone.
UNSHARED = 8882


class Case(instance.Case):
    has_pair = True

    def serve(self, *arguments, host='127.0.0.1', port=PORT):
        server = servers.Server(host, port, *arguments)
        self.addCleanup(server.close)
        return server

    def check(self, address):
        self.key = address
        self.start('[target check]\naddress=%s\ninterval=200\ntimeout=1500\n' % address)

    def wait_for(self, what, claim, seconds=40):
        return desktop.wait(what, lambda: claim(self.monitor.target(self.key)) and self.monitor.target(self.key), seconds)

    def read_probes(self):
        """What is kept of each: its state and its errno."""
        lines = self.ctl('probes', self.key, '--json').stdout.splitlines()
        return [(probe['state'], probe['errno']) for probe in map(json.loads, lines) if 'state' in probe]


class TcpTest(Case):
    def test_accepted(self):
        server = self.serve()
        self.check('tcp://127.0.0.1:%d' % PORT)
        target = self.wait_for('replies', lambda target: target['reply'] >= 10)
        self.assertEqual((target['probe'], target['lost'], target['error']), ('tcp', 0, 0))
        self.assertGreaterEqual(server.accepted, 10)
        self.assertLess(target['rtt-us'], 50000)

    def test_nothing_is_left_behind(self):
        """Neither side keeps a connection, also not one that waits for its end."""
        self.serve(port=UNSHARED)
        self.check('tcp://127.0.0.1:%d' % UNSHARED)
        self.wait_for('replies', lambda target: target['reply'] >= 10)
        sockets = subprocess.run(['ss', '-tanH', 'dport', '=', str(UNSHARED)], capture_output=True, text=True,
                                 check=True).stdout
        self.assertNotIn('TIME-WAIT', sockets)

    def test_ipv6(self):
        self.serve(host='::1')
        self.check('tcp://[::1]:%d' % PORT)
        self.wait_for('replies', lambda target: target['reply'] >= 3)

    def test_refused(self):
        self.check('tcp://127.0.0.1:%d' % PORT)
        target = self.wait_for('errors', lambda target: target['error'] >= 5)
        self.assertEqual((target['reply'], target['lost'], target['unsent']), (0, 0, 0))
        self.assertEqual(set(self.read_probes()), {('error', errno.ECONNREFUSED)})
        self.assertIn('refused', self.ctl('probes', self.key).stdout)

    def test_silent(self):
        self.pair.far.run('nft -f -', input='table inet mute { chain in { type filter hook input priority 0; '
                                            'tcp dport %d drop; }; }' % PORT)
        self.check('tcp://%s:%d' % (network.Pair.FAR, PORT))
        target = self.wait_for('losses', lambda target: target['lost'] >= 3)
        self.assertEqual((target['reply'], target['error'], target['unsent']), (0, 0, 0))

    def test_unreachable(self):
        """This machine has no way there: that is no loss of anybody else's."""
        self.pair.near.run('ip route add unreachable 10.99.0.1')
        self.addCleanup(self.pair.near.run, 'ip route del unreachable 10.99.0.1')
        self.check('tcp://10.99.0.1:%d' % PORT)
        target = self.wait_for('unsent', lambda target: target['unsent'] >= 5)
        self.assertEqual((target['reply'], target['error'], target['lost']), (0, 0, 0))
        self.assertEqual(set(self.read_probes()), {('unsent', errno.EHOSTUNREACH)})

    def test_many_at_once(self):
        """A hundred silent targets, a check a second each: nothing but silence, and descriptors are given back."""
        self.pair.far.run('nft -f -', input='table inet mute { chain in { type filter hook input priority 0; '
                                            'tcp dport 1-65535 drop; }; }')
        self.start('[targets]\nversion=1\n' + ''.join('[target tcp://10.78.0.%d:80]\ninterval=1000\ntimeout=500\n' % n
                                                     for n in range(1, 101)))
        self.key = 'tcp://10.78.0.100:80'
        self.wait_for('losses', lambda target: target['lost'] >= 8)
        fds = len(os.listdir('/proc/%d/fd' % self.monitor.process.pid))
        self.assertLess(fds, 100 * 7 + 50)
        for n in range(1, 101):
            self.assertEqual(self.monitor.target('tcp://10.78.0.%d:80' % n)['unsent'], 0)

    def test_by_command(self):
        self.serve()
        self.start()
        for arguments, status in ((('127.0.0.1:%d' % PORT, '--probe', 'tcp'), 0), (('[::1]:%d' % PORT, '--probe', 'tcp'), 0),
                                  (('127.0.0.1', '--probe', 'tcp'), 2), (('127.0.0.1', '--probe', 'sctp'), 2),
                                  (('127.0.0.1', '--probe', 'udp'), 0), (('tcp://127.0.0.1:%d' % PORT,), 2)):
            self.assertEqual(self.ctl('target', 'add', *arguments).returncode, status, arguments)
        listed = {entry['address']: entry['probe'] for entry in json.loads(self.ctl('target', 'list', '--json').stdout)}
        self.assertEqual(listed['tcp://127.0.0.1:%d' % PORT], 'tcp')
        self.assertEqual(listed['tcp://[::1]:%d' % PORT], 'tcp')
        self.assertEqual(listed['udp://127.0.0.1'], 'udp')
        self.assertEqual(self.ctl('target', 'set', '127.0.0.1:%d' % PORT, '--probe', 'tcp', '--interval', '200').returncode, 0)
        self.monitor.stop()
        self.start()
        self.key = 'tcp://127.0.0.1:%d' % PORT
        target = self.wait_for('it is there again', lambda target: target is not None and target['reply'] >= 3)
        self.assertEqual(target['interval-ms'], 200)
        self.assertEqual(self.ctl('target', 'remove', self.key).returncode, 0)
        self.assertIsNone(self.monitor.target(self.key))

    def test_while_pings_cannot_be_sent(self):
        """Without the helper's privilege checks go on."""
        self.serve()
        self.session.env['DBUS_SYSTEM_BUS_ADDRESS'] = 'unix:path=/nonexistent'
        self.start('[target tcp://127.0.0.1:%d]\n' % PORT, '--source', 'helper')
        self.key = 'tcp://127.0.0.1:%d' % PORT
        self.wait_for('replies', lambda target: target['reply'] >= 3)


class EchoTest(Case):
    ADDRESS = 'echo://127.0.0.1:%d' % PORT

    def test_answered_over_one_connection(self):
        server = self.serve(servers.echo)
        self.check(self.ADDRESS)
        target = self.wait_for('replies', lambda target: target['reply'] >= 15)
        self.assertEqual((target['probe'], target['lost'], target['error'], server.accepted), ('echo', 0, 0, 1))

    def test_refused_then_there(self):
        self.check(self.ADDRESS)
        self.wait_for('errors', lambda target: target['error'] >= 5)
        self.assertEqual(set(self.read_probes()), {('error', errno.ECONNREFUSED)})
        self.serve(servers.echo)
        self.wait_for('replies', lambda target: target['reply'] >= 5)

    def test_hung_up(self):
        """What was under way is an error; the next check opens another connection."""
        server = self.serve(servers.echo)
        self.check(self.ADDRESS)
        self.wait_for('replies', lambda target: target['reply'] >= 3)
        server.serve = servers.echo
        server.hang_up()
        replies = self.monitor.target(self.key)['reply']
        self.wait_for('more replies', lambda target: target['reply'] >= replies + 5)
        self.assertEqual(server.accepted, 2)

    def test_silent_then_given_up(self):
        """Read and not answered: loss. What comes at last is late."""
        self.serve(servers.swallow)
        self.check(self.ADDRESS)
        target = self.wait_for('losses', lambda target: target['lost'] >= 5)
        self.assertEqual((target['reply'], target['error']), (0, 0))

    def test_something_else(self):
        self.serve(servers.babble)
        self.check(self.ADDRESS)
        self.wait_for('errors', lambda target: target['error'] >= 5)
        self.assertEqual(set(self.read_probes()), {('error', errno.EPROTO)})

    def test_way_that_breaks(self):
        """Silence for seconds; TCP itself sends again, and nobody has to open anything."""
        self.pair.far.run('ip address add 10.77.0.9/32 dev lo')
        server = subprocess.Popen(self.pair.far.command(
            ['python3', '-c', 'import sys; sys.path.insert(0, %r); from lab import servers; import time; '
             'servers.Server("10.77.0.2", %d, servers.echo); time.sleep(1000)' % (os.path.dirname(os.path.abspath(__file__)),
                                                                                 PORT)]))
        self.addCleanup(lambda: (server.kill(), server.wait()))
        self.check('echo://%s:%d' % (network.Pair.FAR, PORT))
        self.wait_for('replies', lambda target: target['reply'] >= 5)
        self.pair.near.run('ip link set near0 down')
        self.wait_for('no replies', lambda target: target['lost'] + target['unsent'] + target['error'] >= 10)
        self.pair.near.run('ip link set near0 up')
        self.pair.near.run('ip route replace default via ' + network.Pair.FAR)
        replies = self.monitor.target(self.key)['reply']
        self.wait_for('replies again', lambda target: target['last-rtt-us'] >= 0 and target['reply'] != replies, 60)


class EchoServerTest(Case):
    """What others get from the monitor."""

    def answer(self, more='networks=127.0.0.0/8\n'):
        self.start('[echo]\nlisten=*:%d\n%s[targets]\nversion=1\n' % (OURS, more))

    def open(self, source='127.0.0.1'):
        connection = socket.socket()
        connection.settimeout(5)
        connection.bind((source, 0))
        connection.connect(('127.0.0.1', OURS))
        self.addCleanup(connection.close)
        return connection

    def test_gives_back(self):
        self.answer()
        connection = self.open()
        for data in (b'x', b'hello', os.urandom(3000)):
            connection.sendall(data)
            got = b''
            while len(got) < len(data):
                got += connection.recv(4096)
            self.assertEqual(got, data)

    def test_unknown_network_is_hung_up_on(self):
        self.answer('networks=10.0.0.0/8\n')
        for _ in range(5):
            self.assertEqual(self.open().recv(10), b'')
        self.monitor.stop()
        self.assertEqual(sum('[echo]' in line for line in self.monitor.process.stderr), 1)

    def test_connections_of_one_address_are_limited(self):
        self.answer()
        served = []
        for connection in [self.open() for _ in range(10)]:
            try:
                connection.sendall(b'x')
                served.append(connection.recv(10) == b'x')
            except OSError:
                served.append(False)
        self.assertEqual(served, [True] * 8 + [False] * 2)
        other = self.open('127.0.0.2')
        other.sendall(b'x')
        self.assertEqual(other.recv(10), b'x')

    def test_a_thousand_connections(self):
        """They are let go; who measures goes on, and one that was there before is served on."""
        self.start('[echo]\nlisten=*:%d\n[target echo://127.0.0.1:%d]\ninterval=200\n' % (OURS, OURS))
        self.key = 'echo://127.0.0.1:%d' % OURS
        self.wait_for('replies', lambda target: target['reply'] >= 3)
        crowd = []
        for n in range(1000):
            connection = socket.socket()
            connection.setblocking(False)
            connection.bind(('127.0.1.%d' % (n % 250 + 1), 0))
            connection.connect_ex(('127.0.0.1', OURS))
            crowd.append(connection)
        self.addCleanup(lambda: [connection.close() for connection in crowd])
        replies = self.monitor.target(self.key)['reply']
        target = self.wait_for('more replies', lambda target: target['reply'] >= replies + 10)
        self.assertEqual(target['error'], 0)
        self.assertLess(len(os.listdir('/proc/%d/fd' % self.monitor.process.pid)), 150)

    def test_rate_is_limited(self):
        """100 KiB a second and a chunk or two."""
        self.answer()
        connection = self.open()
        connection.settimeout(0.2)
        end = time.monotonic() + 3
        n_back = 0
        while time.monotonic() < end:
            try:
                connection.send(b'x' * 4096)
            except (TimeoutError, socket.timeout):
                pass
            try:
                n_back += len(connection.recv(65536))
            except (TimeoutError, socket.timeout):
                pass
        self.assertLess(n_back, 100 * 1024 * 4)
        self.assertGreater(n_back, 50 * 1024)


if __name__ == '__main__':
    legs.run(__file__, 2)
