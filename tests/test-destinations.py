#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which addresses are refused, beside what Python's ipaddress says of them: named ones and a million random ones.

Argument: lab-refusal.
"""

import ipaddress
import os
import random
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import tap  # noqa: E402

REFUSAL = sys.argv[1]
N_RANDOM = 1000000
REFUSED = '''
0.0.0.0 0.0.0.1 0.255.255.255 224.0.0.0 224.0.0.1 224.0.0.251 232.1.2.3 239.255.255.250 239.255.255.255 240.0.0.0 240.0.0.1
250.1.2.3 255.0.0.0 255.255.255.254 255.255.255.255
:: ::2 ::ff ::1.2.3.4 ::127.0.0.1 ::255.255.255.255 ::ffff:0:0 ::ffff:127.0.0.1 ::ffff:1.1.1.1 ::ffff:224.0.0.1
::ffff:255.255.255.255 ff00:: ff01::1 ff02::1 ff02::2 ff02::fb ff02::1:ff00:1 ff05::2 ff0e::1 ff1e::1 ff32::1 ff3e::8000:1
ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff fec0:: fec0::1 feff::1 feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff fe80:: fe80::1
fe80::ffff:ffff:ffff:ffff febf:ffff::1
'''.split()
PROBED = '''
1.0.0.0 1.1.1.1 8.8.8.8 9.9.9.9 10.0.0.1 10.255.255.254 100.64.0.1 127.0.0.1 127.255.255.254 169.254.1.1 172.16.0.1
192.0.0.8 192.0.2.1 192.88.99.1 192.168.0.1 192.168.1.254 198.18.0.1 198.51.100.1 203.0.113.1 223.255.255.255
::1 1::1 64:ff9b::1.1.1.1 100::1 2001::1 2001:db8::1 2001:4860:4860::8888 2002:c000:204::1 2606:4700:4700::1111 3ffe::1
3fff::1 5f00::1 fc00::1 fd00::1 fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff fe7f:ffff::1 ::1:0:0 ::fffe:1.1.1.1
'''.split()
ZERO_NETWORK = ipaddress.ip_network('0.0.0.0/8')
COMPATIBLE = ipaddress.ip_network('::/96')
LOOPBACK_6 = ipaddress.ip_address('::1')
NEAR = [ipaddress.ip_network(text) for text in (
    '::/96', '::/80', '::ffff:0:0/96', '::fffe:0:0/95', 'fe80::/10', 'fec0::/10', 'fe00::/9', 'ff00::/8', 'fe00::/7', '2000::/3')]


def refuses(address):
    """By Python's reading of the registries alone."""
    if address.version == 4:
        return address.is_multicast or address.is_reserved or address in ZERO_NETWORK
    if address in COMPATIBLE:
        return address != LOOPBACK_6
    return address.is_multicast or address.ipv4_mapped is not None or address.is_site_local or address.is_link_local


def ask(addresses):
    data = b''.join(bytes([len(packed)]) + packed for packed in (address.packed for address in addresses))
    answers = subprocess.run([REFUSAL], input=data, stdout=subprocess.PIPE, check=True).stdout
    assert len(answers) == len(addresses)
    return [answer == ord('1') for answer in answers]


def named_addresses():
    for texts, wanted in ((REFUSED, True), (PROBED, False)):
        addresses = [ipaddress.ip_address(text) for text in texts]
        wrong = [str(address) for address, refused in zip(addresses, ask(addresses))
                 if refused != wanted or refuses(address) != wanted]
        assert not wrong, wrong
    assert len(REFUSED) + len(PROBED) >= 80


def make_random(source):
    kind = source.random()
    if kind < 0.5:
        return ipaddress.IPv4Address(source.getrandbits(32))
    if kind < 0.6:
        return ipaddress.IPv6Address(source.getrandbits(128))
    near = source.choice(NEAR)
    return near[source.getrandbits(128 - near.prefixlen)]


def random_addresses():
    seed = random.SystemRandom().getrandbits(32)
    print('# seed %d' % seed, flush=True)
    source = random.Random(seed)
    addresses = [make_random(source) for _ in range(N_RANDOM)]
    wrong = [str(address) for address, refused in zip(addresses, ask(addresses)) if refused != refuses(address)]
    assert not wrong, wrong[:20]


def name(test, text):
    test.__name__ = text
    return test


tap.run([name(named_addresses, 'R10 named addresses'), name(random_addresses, 'R10 a million random addresses')])
