# SPDX-License-Identifier: GPL-3.0-or-later
"""Login sessions as polkitd sees them, without logind: its files and the caller's cgroup. Inside system-bus --lab."""

import os
import pwd
import subprocess

from . import tap

RUN = '/run/systemd'


def find_cgroups():
    """The tree that libsystemd looks at."""
    for folder in ('/sys/fs/cgroup', '/sys/fs/cgroup/unified', '/sys/fs/cgroup/systemd'):
        if os.path.exists(os.path.join(folder, 'cgroup.procs')):
            return folder
    raise tap.Skip('there is no cgroup tree for login sessions')


def check_is_lab():
    try:
        with open('/proc/mounts', encoding='utf-8') as stream:
            if any(line.startswith('pingem-lab %s ' % RUN) for line in stream):
                return
    except OSError:
        pass
    raise AssertionError('login sessions are made inside "system-bus --lab" only: they are not for the machine')


def become(user, command):
    """The command as a user without a session; it ends with its parent."""
    entry = pwd.getpwnam(user)
    return ['setpriv', '--reuid', str(entry.pw_uid), '--regid', str(entry.pw_gid), '--clear-groups', '--pdeathsig', 'TERM',
            '--'] + command


class Login:
    """A login session of a user; a local one has a seat. Its processes have to end before it."""

    def __init__(self, user, active=True, remote=False, seat='seat0'):
        check_is_lab()
        self.user = user
        self.uid = pwd.getpwnam(user).pw_uid
        self.name = 'pingem%d' % os.getpid()
        self.slice = os.path.join(find_cgroups(), 'user.slice', 'user-%d.slice' % self.uid)
        self.scope = os.path.join(self.slice, 'session-%s.scope' % self.name)
        try:
            os.makedirs(self.scope, exist_ok=True)
        except OSError as problem:
            raise tap.Skip('a cgroup cannot be made: %s' % problem) from problem
        self.set(active, remote, seat)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def set(self, active=True, remote=False, seat='seat0'):
        """What logind would write when the user switches away, for example."""
        state = 'active' if active else 'online'
        self._write('sessions', self.name, UID=self.uid, USER=self.user, ACTIVE=int(active), IS_DISPLAY=1, STATE=state,
                    REMOTE=int(remote), TYPE='x11', CLASS='user', SEAT=seat)
        self._write('users', str(self.uid), NAME=self.user, STATE=state, DISPLAY=self.name, SESSIONS=self.name,
                    ACTIVE_SESSIONS=self.name if active else '', SEATS=seat)

    def _write(self, folder, name, **values):
        with open(os.path.join(RUN, folder, name), 'w', encoding='utf-8') as stream:
            stream.write(''.join('%s=%s\n' % item for item in values.items()))

    def command(self, command):
        """The command in this session, as its user."""
        join = 'echo $$ >"$1/cgroup.procs" && shift && exec "$@"'
        return ['sh', '-c', join, 'login', self.scope] + become(self.user, command)

    def run(self, command, **options):
        return subprocess.run(self.command(command), check=False, capture_output=True, text=True, **options)

    def close(self):
        for path in (os.path.join(RUN, 'sessions', self.name), os.path.join(RUN, 'users', str(self.uid))):
            if os.path.exists(path):
                os.unlink(path)
        for folder in (self.scope, self.slice, os.path.dirname(self.slice)):
            try:
                os.rmdir(folder)
            except OSError:
                break  # another test's session lives beside this one
