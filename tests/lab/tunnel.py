#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""One end of a VPN: what the kernel sends into the device crosses the network in UDP, and what comes is taken out of it.

Arguments: the device to make, which goes when this ends, the own address, and the far end's. Says so when it is ready.
Its own packets carry the port's number as their mark, so that rules can tell them from those they wrap.
"""

import fcntl
import os
import selectors
import socket
import struct
import sys

PORT = 51820
TUNSETIFF = 0x400454ca
IFF_TUN = 1
IFF_NO_PI = 0x1000


def make_device(name):
    device = os.open('/dev/net/tun', os.O_RDWR)
    fcntl.ioctl(device, TUNSETIFF, struct.pack('16sH22x', name.encode(), IFF_TUN | IFF_NO_PI))
    return device


def forward(from_fd, to_fd):
    """A packet that finds no way is lost, as on any other wire."""
    try:
        os.write(to_fd, os.read(from_fd, 65536))
    except OSError:
        pass


def main(name, near, far):
    device = make_device(name)
    wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, PORT)
    wire.bind((near, PORT))
    wire.connect((far, PORT))
    print('ready', flush=True)
    ways = selectors.DefaultSelector()
    ways.register(device, selectors.EVENT_READ, wire.fileno())
    ways.register(wire, selectors.EVENT_READ, device)
    while True:
        for key, _ in ways.select():
            forward(key.fd, key.data)


if __name__ == '__main__':
    main(*sys.argv[1:])
