# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs "pingemctl ping --json" and reads what it says."""

import json
import os
import subprocess

KINDS = ('raw', 'datagram')


def make_env():
    """No bus of the machine's is ever asked."""
    env = dict(os.environ, LC_ALL='C.UTF-8', LANGUAGE='', XDG_RUNTIME_DIR='/nonexistent',
               DBUS_SYSTEM_BUS_ADDRESS='unix:path=/nonexistent')
    for name in ('DBUS_SESSION_BUS_ADDRESS', 'DISPLAY'):
        env.pop(name, None)
    return env


def allow_datagram_sockets():
    with open('/proc/sys/net/ipv4/ping_group_range', 'w', encoding='ascii') as stream:
        stream.write('0 2147483647')


class Ping:
    """A run from its making on; finish() has the rest of it."""

    def __init__(self, program, kind, *arguments, wrapper=()):
        self.probes = []
        self.process = subprocess.Popen([*wrapper, program, 'ping', '--json', '--source', kind, *map(str, arguments)],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        env=make_env())

    def read(self):
        """The next probe that is told; fails at the end of the run, so that has to have one."""
        probe = json.loads(self.process.stdout.readline())
        assert 'summary' not in probe, probe
        self.probes.append(probe)
        return probe

    def finish(self):
        """All probes, and the row of the summary of each host; the exit status and errors are in the fields of that name."""
        try:
            output, self.errors = self.process.communicate(timeout=100)
        except BaseException:
            self.process.kill()
            raise
        self.status = self.process.returncode
        lines = [json.loads(line) for line in output.splitlines()]
        assert lines and 'summary' in lines[-1], (output[-300:], self.errors, self.status)
        self.probes += lines[:-1]
        return self.probes, {row['target']: row for row in lines[-1]['summary']}

    def close(self):
        self.process.kill()
        self.process.communicate()


def ping(program, kind, *arguments):
    return Ping(program, kind, *arguments).finish()
