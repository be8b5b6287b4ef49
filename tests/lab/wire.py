# SPDX-License-Identifier: GPL-3.0-or-later
"""What a packet capture saw: echo requests, and which of the packets that came back answer them."""

import os
import re
import shutil
import signal
import struct
import subprocess
import tempfile
import time

HEADER = struct.Struct('=IHHiIII')
PACKET = struct.Struct('=IIII')
MAGIC_NS = 0xa1b23c4d
# What stands before the IP header, by kind of device: a TUN device's nothing, Ethernet's addresses.
N_LINK_BYTES = {101: 0, 1: 14}
COUNTS = re.compile(r'(\d+) packets? captured, (\d+) packets? received by filter, (\d+) packets? dropped by kernel')


class Capture:
    """tcpdump on a device, from its making to stop()."""

    def __init__(self, device, host=None, snap=128):
        self.folder = tempfile.mkdtemp(prefix='pingem-capture-')
        self.path = os.path.join(self.folder, 'pcap')
        command = ['tcpdump', '-i', device, '-n', '-s', str(snap), '-B', '65536', '--time-stamp-precision=nano', '-Z', 'root',
                   '-w', self.path]
        if host is not None:
            command = host.command(command)
        self.process = subprocess.Popen(['setpriv', '--pdeathsig', 'TERM', '--'] + command, stderr=subprocess.PIPE, text=True)
        line = self.process.stderr.readline()
        while line and 'listening on' not in line:
            line = self.process.stderr.readline()
        if not line:
            self.close()
            raise AssertionError('tcpdump does not run')

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _count(self):
        self.process.send_signal(signal.SIGUSR1)
        while True:
            line = self.process.stderr.readline()
            assert line, 'tcpdump has ended'
            counts = COUNTS.search(line)
            if counts:
                return map(int, counts.groups())

    def stop(self):
        """How many packets it has; fails where it missed one. What the kernel still keeps is waited for."""
        deadline = time.monotonic() + 30
        while True:
            captured, received, dropped = self._count()
            assert dropped == 0, 'the capture missed %d packets' % dropped
            if captured == received:
                break
            assert time.monotonic() < deadline, 'captured %d of %d packets' % (captured, received)
            time.sleep(0.1)
        self.process.terminate()
        self.process.communicate(timeout=60)
        return captured

    def packets(self):
        """Time in ns and bytes of each, in order of capture."""
        with open(self.path, 'rb') as stream:
            data = stream.read()
        magic, _, _, _, _, _, link = HEADER.unpack_from(data)
        assert magic == MAGIC_NS and link & 0xffff in N_LINK_BYTES, 'not what was asked for: %x %d' % (magic, link)
        n_link = N_LINK_BYTES[link & 0xffff]
        at = HEADER.size
        while at < len(data):
            seconds, ns, n_captured, n_bytes = PACKET.unpack_from(data, at)
            at += PACKET.size
            assert n_captured == n_bytes, 'the capture cuts packets of %d bytes' % n_bytes
            yield seconds * 1000000000 + ns, data[at + n_link:at + n_captured]
            at += n_captured

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stderr.close()
        shutil.rmtree(self.folder)


def checks(data):
    """Whether the Internet checksum over it is right: the sum of its words is a multiple of 65535."""
    return int.from_bytes(data + b'\0' * (len(data) % 2), 'big') % 0xffff == 0


def split4(packet):
    """Source, destination and ICMP message; None for what no ICMP socket may believe."""
    n_header = (packet[0] & 0xf) * 4
    if packet[9] != 1 or packet[6] & 0x3f or packet[7] or int.from_bytes(packet[2:4], 'big') != len(packet):
        return None
    return (packet[12:16], packet[16:20], packet[n_header:]) if checks(packet[n_header:]) else None


def split6(packet):
    if packet[6] != 58 or int.from_bytes(packet[4:6], 'big') != len(packet) - 40:
        return None
    pseudo = packet[8:40] + struct.pack('>II', len(packet) - 40, 58)
    return (packet[8:24], packet[24:40], packet[40:]) if checks(pseudo + packet[40:]) else None


# What stands in a request of the Ledger: the number it bears, when it left, when an ICMP error quoted it (0: never), and
# from there on when each reply to it came.
NUMBER, SENT, ERROR, REPLIES = range(4)
# Types of request, reply and errors; length of the IP header.
IPV4_TYPES = (8, 0, (3, 11), 20)
IPV6_TYPES = (128, 129, (1, 3), 40)


class Ledger:
    """For each destination its requests in order, each a list as above.

    A reply is the request's own bytes from its destination, but for type and checksum, and nothing else is; an error
    quotes the whole request.
    """

    def __init__(self, packets):
        self.requests = {}
        self.n_requests = 0
        self.n_others = 0  # that came and answer nothing
        self._sent = {}
        for time_ns, packet in packets:
            self._take(time_ns, packet)

    def _take(self, time_ns, packet):
        is_ipv4 = packet[0] >> 4 == 4
        parts = split4(packet) if is_ipv4 else split6(packet)
        if parts is None or len(parts[2]) < 16:
            self.n_others += 1
            return
        source, destination, message = parts
        request_type, reply_type, error_types, n_header = IPV4_TYPES if is_ipv4 else IPV6_TYPES
        if message[0] == request_type and message[1] == 0:
            request = [int.from_bytes(message[8:16], 'big'), time_ns, 0]
            self.requests.setdefault(destination, []).append(request)
            self._sent[destination + source + message[4:]] = request
            self.n_requests += 1
            return
        request = None
        if message[0] == reply_type and message[1] == 0:
            request = self._sent.get(source + destination + message[4:])
        elif message[0] in error_types:
            quoted = message[8:]
            request = self._sent.get(quoted[n_header - len(source):n_header] + destination + quoted[n_header + 4:])
            if request is not None and request[ERROR] == 0:
                request[ERROR] = time_ns
                return
        if request is None:
            self.n_others += 1
        else:
            request.append(time_ns)
