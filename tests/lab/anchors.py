# SPDX-License-Identifier: GPL-3.0-or-later
"""A network namespace where the anchors are addresses of its own: nothing leaves it."""

import ctypes
import os
import subprocess
import sys

CLONE_NEWNET = 0x40000000


def enter_network():
    """This program is in it from now on."""
    if os.geteuid() != 0:
        print('1..0 # SKIP needs root for a network namespace')
        sys.exit(0)
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), 'unshare')
    run_ip('link set lo up')
    add_anchors()


def run_ip(command):
    subprocess.run(['ip'] + command.split(), check=True)


def add_anchors():
    for address in ('127.0.0.1/8', '1.1.1.1/32', '8.8.8.8/32'):
        run_ip('address replace %s dev lo' % address)


def answer_echo(answer):
    with open('/proc/sys/net/ipv4/icmp_echo_ignore_all', 'w', encoding='ascii') as stream:
        stream.write('0' if answer else '1')
