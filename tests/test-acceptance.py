#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Of all replies that differ in source, identifier, sequence, cookie, checksum and length, exactly one is believed.

Argument: pingemctl. This process is the network, on a TUN device.
"""

import fcntl
import ipaddress
import itertools
import os
import random
import struct
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import ctl, network, tap  # noqa: E402

PINGEMCTL = sys.argv[1]
DEVICE = 'lab0'
IFF_TUN, IFF_NO_PI, TUNSETIFF = 1, 0x1000, 0x400454ca
NETWORKS = {4: ('10.64.0.1', '10.64.0.2', '10.64.0.3'), 6: ('fd00:64::1', 'fd00:64::2', 'fd00:64::3')}
COUNT = 3
PATIENCE_S = 20


def run(line):
    subprocess.run(line.split(), check=True)


def open_network():
    tun = os.open('/dev/net/tun', os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack('16sH22x', DEVICE.encode(), IFF_TUN | IFF_NO_PI))
    run('ip link set lo up')
    run('ip link set %s up' % DEVICE)
    run('ip address add %s/24 dev %s' % (NETWORKS[4][0], DEVICE))
    run('ip address add %s/64 dev %s nodad' % (NETWORKS[6][0], DEVICE))
    return tun


def checksum(data):
    total = sum(struct.unpack('!%dH' % ((len(data) + 1) // 2), data + b'\0' * (len(data) % 2)))
    while total > 0xffff:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


class Request:
    def __init__(self, packet):
        self.version = packet[0] >> 4
        n_header = (packet[0] & 0xf) * 4 if self.version == 4 else 40
        size = 4 if self.version == 4 else 16
        start = 12 if self.version == 4 else 8
        self.client = packet[start:start + size]
        self.host = packet[start + size:start + 2 * size]
        self.icmp = packet[n_header:]
        self.came_s = time.monotonic()


def is_request(packet):
    if packet[0] >> 4 == 4:
        return packet[9] == 1 and packet[20] == 8
    return packet[6] == 58 and packet[40] == 128


def build(request, source, icmp, is_summed):
    """An IP packet from there, with the right or a wrong checksum of ICMP."""
    pseudo = b'' if request.version == 4 else source + request.client + struct.pack('!II', len(icmp), 58)
    total = checksum(pseudo + icmp[:2] + b'\0\0' + icmp[4:]) ^ (0 if is_summed else 0x0100)
    icmp = icmp[:2] + struct.pack('!H', total) + icmp[4:]
    if request.version == 6:
        return struct.pack('!IHBB', 6 << 28, len(icmp), 58, 64) + source + request.client + icmp
    header = struct.pack('!BBHHHBBH', 0x45, 0, 20 + len(icmp), 0, 0, 64, 1, 0) + source + request.client
    return header[:10] + struct.pack('!H', checksum(header)) + header[12:] + icmp


def make_all(requests, other):
    """The right reply to the first request, and all that are wrong in at least one of six ways."""
    first, second = requests[:2]
    icmp = bytes([0 if first.version == 4 else 129]) + first.icmp[1:]
    identifier, sequence, number, cookie, rest = icmp[4:6], icmp[6:8], icmp[8:16], icmp[16:24], icmp[24:]
    sources = [first.host, other, first.client]
    identifiers = [identifier, bytes([identifier[0] ^ 1, identifier[1]])]
    sequences = [sequence, second.icmp[6:8], struct.pack('!H', struct.unpack('!H', sequence)[0] + 1000 & 0xffff)]
    cookies = [cookie, bytes(8), bytes([cookie[0] ^ 0x80]) + cookie[1:], cookie[:7] + bytes([cookie[7] ^ 1]), second.icmp[16:24]]
    tails = [rest, rest[:-1], rest + b'\0']
    packets = [build(first, source, icmp[:4] + identifier + sequence + number + cookie + tail, is_summed)
               for source, identifier, sequence, cookie, tail, is_summed
               in itertools.product(sources, identifiers, sequences, cookies, tails, (True, False))]
    assert len(set(packets)) == 540, len(set(packets))
    return packets[0], packets[1:]


def read_requests(tun):
    requests, end_s = [], time.monotonic() + PATIENCE_S
    while len(requests) < COUNT:
        assert time.monotonic() < end_s, 'no request came'
        try:
            packet = os.read(tun, 65536)
        except BlockingIOError:
            time.sleep(0.001)
            continue
        if is_request(packet):
            requests.append(Request(packet))
    return requests


def check(tun, kind, version):
    _, host, other = NETWORKS[version]
    process = ctl.Ping(PINGEMCTL, kind, '-c', COUNT, '-i', 10, '-W', 3000, '--hold', 300, host)
    try:
        requests = read_requests(tun)
        right, wrong = make_all(requests, ipaddress.ip_address(other).packed)
        random.Random(version).shuffle(wrong)
        for packet in wrong:
            os.write(tun, packet)
        sent_s = time.monotonic()
        os.write(tun, right)
        probes, summary = process.finish()
    finally:
        process.close()
    told = {name: summary[host][name] for name in ('reply', 'late', 'lost', 'unsent', 'error', 'duplicates')}
    assert told == {'reply': 1, 'late': 0, 'lost': COUNT - 1, 'unsent': 0, 'error': 0, 'duplicates': 0}, told
    [rtt_us] = [probe['rtt_us'] for probe in probes if probe['state'] == 'reply']
    # It was the last one: those before came earlier.
    assert rtt_us >= (sent_s - requests[0].came_s) * 1000000, (rtt_us, sent_s - requests[0].came_s)


def bind(tun, kind, version):
    def test():
        check(tun, kind, version)
    test.__name__ = 'R14 R16 one of 540 replies is believed, IPv%d, %s' % (version, kind)
    return test


if os.geteuid() != 0:
    print('1..0 # SKIP needs root for network namespaces')
elif not os.path.exists('/dev/net/tun'):
    print('1..0 # SKIP needs /dev/net/tun')
elif sys.argv[2:] != ['inside']:
    os.execvp('unshare', ['unshare', '--net', '--', os.path.abspath(__file__), PINGEMCTL, 'inside'])
else:
    network.check_is_own()
    ctl.allow_datagram_sockets()
    device = open_network()
    tap.run([bind(device, kind, version) for kind in ctl.KINDS for version in NETWORKS])
