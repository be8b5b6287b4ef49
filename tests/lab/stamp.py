# SPDX-License-Identifier: GPL-3.0-or-later
"""STAMP written from RFC 8762 alone, for tests: a session-reflector whose every answer a script decides, and a sender."""

import hashlib
import hmac
import socket
import struct
import threading
import time

NTP = 2208988800
# Figure 2, and figure 4 without its HMAC; figures 5 and 7 likewise.
REQUEST, SIGNED_REQUEST = '>IQH30x', '>I12xQH70x'
REPLY, SIGNED_REPLY = '>IQH2xQIQH2xB3x', '>I12xQH6xQ8xI12xQH6xB15x'
SIZES = {False: 44, True: 112}
ERROR_ESTIMATE = 0x0101


def now(offset=0):
    seconds = time.time() + NTP + offset
    return int(seconds) % 2**32 << 32 | int(seconds % 1 * 2**32)


def sign(packet, key):
    return packet + hmac.new(key, packet, hashlib.sha256).digest()[:16] if key else packet


def check(packet, key):
    return not key or hmac.compare_digest(sign(packet[:96], key), packet[:112])


def build_request(seq, sent=None, key=None):
    return sign(struct.pack(SIGNED_REQUEST if key else REQUEST, seq, now() if sent is None else sent, ERROR_ESTIMATE), key)


def read_request(packet, key=None):
    """Sequence number, time and error estimate."""
    size = SIZES[bool(key)] - (16 if key else 0)
    return struct.unpack(SIGNED_REQUEST if key else REQUEST, packet[:size])


def build_reply(seq, received, request, key=None, offset=0, ttl=64):
    return sign(struct.pack(SIGNED_REPLY if key else REPLY, seq, now(offset), ERROR_ESTIMATE, received, *request, ttl), key)


def read_reply(packet, key=None):
    """Sequence number, time, error estimate; when it was received; the request's three; its TTL."""
    size = SIZES[bool(key)] - (16 if key else 0)
    return struct.unpack(SIGNED_REPLY if key else REPLY, packet[:size])


class Reflector(threading.Thread):
    """
    `script(n, request)` of the nth packet says what becomes of it: "answer", "up" (it never came), "down" (the answer is
    lost), or bytes to send instead.
    """

    def __init__(self, host, port, script=lambda n, request: 'answer', stateful=True, key=None, offset=0):
        super().__init__(daemon=True)
        self.script, self.stateful, self.key, self.offset = script, stateful, key, offset
        self.packets = []
        self.counts = {}
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((host, port))
        self.start()

    def run(self):
        while True:
            try:
                packet, sender = self.socket.recvfrom(4096)
            except OSError:
                return
            if not packet:
                return
            self._take(packet, sender, now(self.offset))

    def _take(self, packet, sender, received):
        assert len(packet) == SIZES[bool(self.key)] and check(packet, self.key), packet
        request = read_request(packet, self.key)
        self.packets.append(request)
        what = self.script(len(self.packets) - 1, request)
        if what == 'up':
            return
        seq = self.counts.get(sender, 0) if self.stateful else request[0]
        self.counts[sender] = self.counts.get(sender, 0) + 1
        if what == 'answer':
            what = build_reply(seq, received, request, self.key, self.offset)
        if what != 'down':
            self.socket.sendto(what, sender)

    def close(self):
        self.socket.sendto(b'', self.socket.getsockname())
        self.join()
        self.socket.close()


class Sender:
    """One session; ask() gives the answer's bytes, or None."""

    def __init__(self, host, port, source=None, timeout=0.5):
        self.socket = socket.socket(socket.AF_INET6 if ':' in host else socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.settimeout(timeout)
        if source is not None:
            self.socket.bind(source)
        self.socket.connect((host, port))

    def ask(self, packet):
        self.socket.send(packet)
        try:
            return self.socket.recv(4096)
        except (TimeoutError, socket.timeout, ConnectionRefusedError):
            return None

    def close(self):
        self.socket.close()
