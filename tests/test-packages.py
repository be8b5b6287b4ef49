#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Debian packages, built from the release tarball: checked, installed, upgraded, removed and purged on clean systems, one of
them booted with a real systemd, one without.

Argument: the source folder. Needs root and Debian's mirror.
"""

import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import system, tap  # noqa: E402

SOURCE = os.path.abspath(sys.argv[1])
TOOLS = ('mmdebstrap', 'systemd-nspawn', 'lintian', 'dpkg-buildpackage', 'dh')
OURS = ('pingem', 'pingem-instance', 'pingem-helper')
# What a machine has before.
BOOTABLE = {'systemd', 'systemd-sysv', 'dbus', 'polkitd', 'libpam-systemd', 'libglib2.0-bin', 'procps', 'iproute2', 'xvfb', 'xauth'}
HISTORY = '/var/lib/pingem-instance/pingem/history.sqlite'


def run(*command, **options):
    result = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    assert result.returncode == 0, (command, result.stdout[-3000:], result.stderr[-3000:])
    return result.stdout


class PackagesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if os.geteuid() != 0 or not all(map(shutil.which, TOOLS)):
            raise tap.Skip('needs root and ' + ', '.join(TOOLS))
        cls.folder = tempfile.mkdtemp(prefix='pingem-test-')
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.debs = os.path.join(cls.folder, 'debs')
        run(os.path.join(SOURCE, 'build-aux', 'build-deb'), cls.debs, timeout=1200)
        cls.make_newer()
        cls.root = os.path.join(cls.folder, 'root')
        system.make_root(cls.root, BOOTABLE | cls.list_depends(OURS))

    @classmethod
    def find_deb(cls, name, version='0.1.0-1'):
        return glob.glob(os.path.join(cls.debs, '%s_%s_*.deb' % (name, version)))[0]

    @classmethod
    def list_depends(cls, names):
        """The first of alternatives, our own left out."""
        fields = [run('dpkg-deb', '-f', cls.find_deb(name), 'Depends') for name in names]
        found = {part.split('|')[0].split('(')[0].strip() for field in fields for part in field.split(',')}
        return {name for name in found if name and name not in OURS}

    @classmethod
    def make_newer(cls):
        """The same again as the next version."""
        for name in OURS:
            tree = os.path.join(cls.folder, 'newer-' + name)
            run('dpkg-deb', '-R', cls.find_deb(name), tree)
            control = os.path.join(tree, 'DEBIAN', 'control')
            with open(control, encoding='utf-8') as stream:
                text = stream.read().replace('0.1.0-1', '0.1.0-2')
            with open(control, 'w', encoding='utf-8') as stream:
                stream.write(text)
            run('dpkg-deb', '--root-owner-group', '-b', tree, cls.debs)

    def boot(self):
        booted = system.Booted(self.root, self.debs)
        self.addCleanup(booted.close)
        booted.must('ip', 'link', 'set', 'lo', 'up')
        for user in ('alice', 'bob'):
            booted.must('useradd', '--create-home', '--shell', '/bin/sh', user)
        return booted

    def install(self, booted, names=OURS[1:], version='0.1.0-1'):
        booted.must('dpkg', '-i', *('/debs/' + os.path.basename(self.find_deb(name, version)) for name in names))

    def ping(self, *arguments):
        return ('pingemctl', 'ping', '--source', 'helper', '-c', '3', '-i', '100', *arguments, '127.0.0.1')

    def test_lintian(self):
        debs = [self.find_deb(name) for name in OURS]
        result = subprocess.run(['lintian', '--allow-root', '--fail-on', 'error', *debs], capture_output=True, text=True,
                                check=False)
        self.assertEqual(result.returncode, 0, result.stdout)

    def test_tarball_is_whole(self):
        """Everything builds from it, and its tests run: those of one part stand for all, which CI runs from git."""
        run('tar', 'xf', glob.glob(os.path.join(self.debs, 'pingem-*.tar.xz'))[0], '-C', self.folder)
        tree = os.path.join(self.folder, 'pingem-0.1.0')
        run('meson', 'setup', tree + '/build', tree)
        run('meson', 'test', '-C', tree + '/build', '--suite', 'style', '--suite', 'translation', timeout=1200)

    def test_helper(self):
        """Started by the bus through systemd; an active session may probe, nobody else; confined as its unit says."""
        booted = self.boot()
        self.install(booted)
        refused = booted.run('runuser', '-u', 'bob', '--', *self.ping())
        self.assertEqual((refused.returncode, refused.stdout), (3, ''))
        allowed = booted.in_session('alice', *self.ping('-q'))
        self.assertEqual((allowed.returncode, allowed.stderr), (0, ''))
        pid = booted.must('systemctl', 'show', '-P', 'MainPID', 'pingem-helper').strip()
        status = dict(line.split(':\t', 1) for line in booted.must('cat', '/proc/%s/status' % pid).splitlines() if ':\t' in line)
        uid = booted.must('id', '-u', 'pingem').strip()
        self.assertEqual(set(status['Uid'].split()), {uid})
        self.assertEqual((status['CapEff'], status['CapPrm'], status['CapBnd']), ('0' * 16,) * 3)
        self.assertEqual((status['NoNewPrivs'], status['Seccomp']), ('1', '2'))
        for unit, threshold in (('pingem-helper', 3), ('pingem-rawsock', 14), ('pingem-instance', 15)):
            booted.must('systemd-analyze', 'security', '--threshold=%d' % threshold, unit)
        booted.must('gpasswd', '--add', 'bob', 'pingem')
        member = booted.run('runuser', '-u', 'bob', '--', *self.ping('-q'))
        self.assertEqual((member.returncode, member.stderr), (0, ''))

    def test_instance(self):
        """From its configuration to a measurement, as its own user, without one word of an error in the journal."""
        booted = self.boot()
        self.install(booted)
        self.assertNotEqual(booted.run('systemctl', 'is-active', 'pingem-instance').returncode, 0)
        booted.must('pingemctl', 'instance', 'init', '--networks', '127.0.0.0/8')
        booted.must('sed', '-i', 's/1.1.1.1/127.0.0.1/; s/8.8.8.8/127.0.0.2/', '/etc/pingem/instance.conf')
        booted.must('systemctl', 'enable', '--now', 'pingem-instance')
        self.wait_for_answers(booted)
        self.assertIn('*:9862', booted.must('ss', '-lnt'))
        self.assertIn(':862', booted.must('ss', '-lnu'))
        self.assertEqual(booted.must('stat', '-c', '%U', HISTORY), 'pingem-instance\n')
        booted.must('systemctl', 'reload', 'pingem-instance')
        booted.wait_for('it is read anew', lambda: 'was read anew' in booted.must('journalctl', '-b', '-u', 'pingem-instance'))
        self.assertEqual(booted.run('runuser', '-u', 'bob', '--', 'pingemctl', '--system', 'pause').returncode, 2)
        self.assertEqual(booted.run('runuser', '-u', 'bob', '--', 'pingemctl', 'pause', '--system').returncode, 3)

    def wait_for_answers(self, booted):
        def answers():
            text = booted.run('runuser', '-u', 'bob', '--', 'pingemctl', 'status', '--system', '--json').stdout
            return any(leg['target'] == '127.0.0.2' and leg['reply'] > 0 for leg in json.loads(text or '{"legs":[]}')['legs'])
        booted.wait_for('answers', answers)

    def list_replies(self, booted):
        lines = booted.must('pingemctl', 'probes', '127.0.0.1', '--system', '--csv').splitlines()
        return {line for line in lines if ',reply,' in line}

    def count_gaps(self, booted):
        return booted.must('pingemctl', 'events', '--system', '--json').count('"gap"')

    def test_upgrade_remove_purge(self):
        """While all of it runs: nothing is lost but a recorded gap; a removal leaves the history, a purge takes the system's."""
        booted = self.boot()
        self.install(booted)
        booted.must('pingemctl', 'instance', 'init')
        booted.must('sed', '-i', 's/1.1.1.1/127.0.0.1/; s/8.8.8.8/127.0.0.2/', '/etc/pingem/instance.conf')
        booted.must('systemctl', 'start', 'pingem-instance')
        self.wait_for_answers(booted)
        booted.wait_for('more of them', lambda: len(self.list_replies(booted)) >= 4)
        before = self.list_replies(booted)
        self.install(booted, version='0.1.0-2')
        self.assertEqual(booted.must('systemctl', 'is-active', 'pingem-instance'), 'active\n')
        self.wait_for_answers(booted)
        self.assertLessEqual(before, self.list_replies(booted), 'what was measured stays')
        self.assertGreaterEqual(self.count_gaps(booted), 1)

        booted.must('install', '-d', '-o', 'alice', '/home/alice/.local/state/pingem')
        booted.must('touch', '/home/alice/.local/state/pingem/history.sqlite')
        booted.must('dpkg', '--remove', 'pingem-instance', 'pingem-helper')
        self.assertNotEqual(booted.run('systemctl', 'is-active', 'pingem-instance').returncode, 0)
        for path in (HISTORY, '/etc/pingem/instance.conf'):
            booted.must('test', '-e', path)
        booted.must('dpkg', '--purge', 'pingem-instance', 'pingem-helper')
        for path in (HISTORY, '/etc/pingem', '/var/lib/pingem-instance', '/usr/share/polkit-1/rules.d/io.github.pingem.helper.rules',
                     '/lib/systemd/system/pingem-helper.service', '/usr/bin/pingemctl'):
            self.assertNotEqual(booted.run('test', '-e', path).returncode, 0, path)
        booted.must('test', '-e', '/home/alice/.local/state/pingem/history.sqlite')

    def test_desktop(self):
        """All three; the programs run without a source tree, and the session bus starts what it is asked for."""
        booted = self.boot()
        self.install(booted, OURS)
        self.assertEqual(booted.must('pingemctl', '--version'), 'pingemctl 0.1.0\n')
        result = booted.in_session('alice', 'dbus-run-session', '--', 'sh', '-c',
                                   'gdbus call --session -d io.github.pingem.Pingem.Monitor -o /io/github/pingem/Monitor -m '
                                   'org.freedesktop.DBus.Peer.Ping && sleep 3; pingemctl status; '
                                   'timeout 5 xvfb-run -a pingem; echo window $?; LANGUAGE=de LC_ALL=C.UTF-8 pingemctl --help')
        self.assertIn('Source: helper', result.stdout)
        # Still there when its time was up.
        self.assertIn('window 124', result.stdout, result.stderr)
        self.assertIn('Aufruf', result.stdout)

    def test_without_systemd_polkit_and_bus(self):
        """A chroot of the least that there is: it installs, and measures."""
        root = os.path.join(self.folder, 'bare')
        system.make_root(root, (self.list_depends(['pingem-instance']) - {'systemd'}) | {'systemd-standalone-sysusers'})
        shutil.copy(self.find_deb('pingem-instance'), root)
        inside = ['unshare', '--net', '--mount', '--pid', '--fork', '--kill-child', 'chroot', root, 'sh', '-c']
        script = ('mount -t proc proc /proc; ip link set lo up 2>/dev/null; dpkg -i /pingem-instance_*.deb && '
                  'test ! -e /run/systemd/system && printf "[target 127.0.0.1]\\n[metrics]\\nlisten=9862\\n" >/conf && '
                  '(timeout 4 /usr/libexec/pingem-monitor --source raw --config /conf; echo monitor $?) && '
                  'pingemctl ping -c 1 -q --source raw 127.0.0.1; dpkg --purge pingem-instance')
        result = subprocess.run(inside + [script], capture_output=True, text=True, check=False, timeout=300)
        self.assertEqual(result.returncode, 0, result.stderr[-2000:])
        self.assertIn('there is no session bus', result.stderr)
        self.assertIn('monitor 124', result.stdout)


if __name__ == '__main__':
    tap.run_cases(sys.argv[2:])
