# SPDX-License-Identifier: GPL-3.0-or-later
"""The far side of the wire, answering as a script says, and its log of what came and what it wrote."""

import collections
import ipaddress
import json
import os
import shutil
import struct
import subprocess
import tempfile

from . import network

# Of this side of the device; the responder answers for all addresses of the routes.
OWN = ('10.255.0.1', 'fd00:ff::1')
ROUTES = ('10.64.0.0/16', 'fd00:64::/64')
ENTRY = struct.Struct('=qQ16s16sIHHHBBBBBB')
REQUEST, ANSWER, FAILED = range(3)

# As in responder-log.h, the addresses as bytes: iterating over a million of them has to be fast.
Entry = collections.namedtuple('Entry', 'time_ns number source destination request n_bytes identifier wire_seq family ttl '
                                        'dscp event line action')


def address_of(raw, family):
    return str(ipaddress.ip_address(raw[:4] if family == 4 else raw))


class Responder:
    """Runs from its making to stop(); `script` is the text that responder-script.h describes."""

    def __init__(self, program, script, host=None, routes=ROUTES, device='lab0', mtu=1500):
        self.host = host or network.Host()
        self.device = device
        self.folder = tempfile.mkdtemp(prefix='pingem-responder-')
        self.process = None
        self.has_device = False
        try:
            self._start(program, script)
            self._connect(routes, mtu)
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _path(self, name):
        return os.path.join(self.folder, name)

    def _start(self, program, script):
        with open(self._path('script'), 'w', encoding='ascii') as stream:
            stream.write(script)
        command = self.host.command([program, self.device, self._path('script'), self._path('log')])
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if self.process.stdout.readline() != 'ready\n':
            raise AssertionError(self.process.stderr.read())
        self.has_device = True

    def _connect(self, routes, mtu):
        """A queue so long that a burst finds room: what is lost, the script has lost."""
        run = self.host.run
        run('ip link set %s addrgenmode none' % self.device)  # no address but ours, and nothing sent by itself
        run('ip link set %s txqueuelen 200000 mtu %d up' % (self.device, mtu))
        for address in OWN:
            run('ip address add %s dev %s%s' % (address, self.device, ' nodad' if ':' in address else ''))
        for route in routes:
            run('ip route add %s dev %s' % (route, self.device))

    def count_dropped(self):
        """Requests that found no room in the device's queue."""
        return json.loads(self.host.run('ip -j -s link show ' + self.device))[0]['stats64']['tx']['dropped']

    def stop(self):
        """How many requests came, and answers were written and could not be."""
        self.process.terminate()
        output, errors = self.process.communicate(timeout=30)
        if self.process.returncode != 0:
            raise AssertionError('the responder ended with %d: %s' % (self.process.returncode, errors))
        return tuple(int(word) for word in output.split()[1:6:2])

    def log(self):
        """Its entries; all of them after stop()."""
        with open(self._path('log'), 'rb') as stream:
            data = stream.read()
        return map(Entry._make, ENTRY.iter_unpack(data))

    def close(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
            self.process.stderr.close()
        if self.has_device:
            self.host.run('ip link delete ' + self.device)
        shutil.rmtree(self.folder)
