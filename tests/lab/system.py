# SPDX-License-Identifier: GPL-3.0-or-later
"""A clean Debian in a folder, and the same booted with a real systemd: what is done in it is gone when it is switched off."""

import os
import subprocess
import time

SOURCES = ('/etc/apt/sources.list.d/debian.sources', '/etc/apt/sources.list')
CODENAME = 'bookworm'


def find_sources():
    """The machine's own: where it gets its packages from."""
    return next(path for path in SOURCES if os.path.exists(path) and os.path.getsize(path) > 0)


def make_root(folder, packages):
    result = subprocess.run(['mmdebstrap', '--variant=minbase', '--include=' + ','.join(sorted(packages)), CODENAME, folder,
                             find_sources()], capture_output=True, text=True, check=False, timeout=900)
    assert result.returncode == 0, result.stderr[-3000:]


class Booted:
    """That root, with /debs from outside. It ends with this program."""

    def __init__(self, root, debs):
        self.name = 'pingem-%d' % os.getpid()
        self.nspawn = subprocess.Popen(
            ['setpriv', '--pdeathsig', 'TERM', '--', 'systemd-nspawn', '--quiet', '--directory=' + root, '--volatile=overlay',
             '--bind-ro=%s:/debs' % debs, '--boot', '--register=no', '--keep-unit', '--private-network', '--console=pipe',
             '--machine=' + self.name],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.leader = self._wait(lambda: subprocess.run(['pgrep', '-P', str(self.nspawn.pid), '-x', 'systemd'], check=False,
                                                        capture_output=True, text=True).stdout.strip())
        self._wait(lambda: self.run('systemctl', 'is-system-running').stdout.strip() in ('running', 'degraded'))

    def _wait(self, claim, seconds=60):
        end = time.monotonic() + seconds
        while True:
            value = claim()
            if value:
                return value
            assert self.nspawn.poll() is None and time.monotonic() < end, 'it does not boot'
            time.sleep(0.1)

    def run(self, *command, **options):
        return subprocess.run(['nsenter', '--target', self.leader, '--all', '--', *command], capture_output=True, text=True,
                              check=False, timeout=120, **options)

    def must(self, *command):
        """Its output; fails where it does."""
        result = self.run(*command)
        assert result.returncode == 0, (command, result.stdout[-2000:], result.stderr[-2000:])
        return result.stdout

    def in_session(self, user, *command):
        """In a login session of the user's at the machine's own seat."""
        return self.run('systemd-run', '--quiet', '--pipe', '--wait', '-p', 'PAMName=login', '-p', 'User=' + user, '-E',
                        'XDG_SESSION_TYPE=x11', '-E', 'XDG_SEAT=seat0', '-E', 'XDG_SESSION_CLASS=user', *command)

    def wait_for(self, what, claim, seconds=30):
        try:
            return self._wait(claim, seconds)
        except AssertionError as problem:
            raise AssertionError('waited in vain for: ' + what) from problem

    def close(self):
        self.run('systemctl', 'poweroff')
        try:
            self.nspawn.wait(30)
        except subprocess.TimeoutExpired:
            self.nspawn.kill()
            self.nspawn.wait()
