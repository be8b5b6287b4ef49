#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a hostile client gets onto the wire, counted by nftables on the far side: no more than the limits say.

Runs inside `build-aux/system-bus --lab`. Ten seconds for each of two profiles; --long: ten minutes for each of four."""

import os
import re
import subprocess
import sys
import time

from gi.repository import Gio, GLib

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from lab import login, network, tap  # noqa: E402

LONG = '--long' in sys.argv
SECONDS, TOLERANCE = (600, 1.01) if LONG else (10, 1.05)
FLOOD = [sys.executable, os.path.join(HERE, 'lab', 'helper_flood.py'), str(SECONDS)]
COUNTER = '''
table inet rate {
  counter requests { }
  chain prerouting {
    type filter hook prerouting priority -400;
    icmp type echo-request counter name requests
  }
}'''


def count_requests(host):
    return int(re.search(r'packets (\d+)', host.run('nft list counter inet rate requests'))[1])


def check(commands, per_second, burst):
    """The commands beside each other; the counter begins at zero, with whole buckets."""
    bus = Gio.bus_get_sync(Gio.BusType.SYSTEM)
    bus.call_sync('org.freedesktop.DBus', '/', 'org.freedesktop.DBus', 'StartServiceByName',
                  GLib.Variant('(su)', ('io.github.pingem.Helper', 0)), None, 0, 10000)
    with network.Pair() as pair:
        pair.far.run('nft -f -', input=COUNTER)
        floods = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for command in commands]
        seconds = max(float(flood.communicate(timeout=SECONDS + 60)[0]) for flood in floods)
        time.sleep(0.5)
        n, limit = count_requests(pair.far), per_second * seconds + burst
    print('# %d echo requests in %.1f s, %.4f of %d/s and %d at once' % (n, seconds, n / limit, per_second, burst), flush=True)
    # Less than nine tenths is no attack, and proves nothing.
    assert 0.9 * limit <= n <= TOLERANCE * limit, (n, limit)
    time.sleep(3)


def flood(flags, first, n_addresses):
    return FLOOD + [str(flags), first, str(n_addresses)]


def make_bob_a_member():
    with open('/etc/group', encoding='utf-8') as stream:
        text = stream.read()
    with open('/etc/group', 'w', encoding='utf-8') as stream:
        stream.write(re.sub(r'^(pingem:.*:)$', r'\1bob', text, flags=re.MULTILINE))


def one_host():
    with login.Login('alice') as session:
        check([session.command(flood(0, '10.78.0.1', 1))], 10, 20)


def many_hosts():
    with login.Login('alice') as session:
        check([session.command(flood(0, '10.78.0.1', 200))], 250, 500)


def two_users_and_one_host():
    with login.Login('alice') as session:
        check([session.command(flood(0, '10.78.0.1', 1)), login.become('bob', flood(0, '10.78.0.1', 1))], 10, 20)


def intensive():
    check([flood(1, '10.78.0.1', 200)], 20000, 40000)


def name(test, text):
    test.__name__ = text
    return test


make_bob_a_member()
tap.run([name(one_host, 'R12 one host'), name(many_hosts, 'R12 many hosts')]
        + ([name(two_users_and_one_host, 'R12 two users and one host'), name(intensive, 'R12 intensive')] if LONG else []))
