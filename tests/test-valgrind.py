#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Unit tests of what reads foreign bytes, a short ping and a short trace, under memcheck. Arguments: pingemctl, test programs."""

import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import tap  # noqa: E402

PINGEMCTL, PROGRAMS = sys.argv[1], sys.argv[2:]
MEMCHECK = ['valgrind', '--quiet', '--leak-check=full', '--show-leak-kinds=definite,possible',
            '--errors-for-leak-kinds=definite,possible', '--error-exitcode=99',
            '--suppressions=' + os.path.join(os.path.dirname(os.path.abspath(__file__)), 'valgrind.supp')]
NETWORK = ['unshare', '--net', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh']


def check(command, wrapper=(), code=0, **options):
    """GLib's own allocator would hide what is lost."""
    if shutil.which('valgrind') is None:
        raise tap.Skip('valgrind is not installed')
    env = dict(os.environ, LC_ALL='C.UTF-8', G_SLICE='always-malloc', DBUS_SYSTEM_BUS_ADDRESS='unix:path=/nonexistent')
    result = subprocess.run([*wrapper, *MEMCHECK, *command], check=False, capture_output=True, text=True, timeout=120,
                            env=env, **options)
    assert result.returncode == code, '%s ended with %d\n%s' % (' '.join(command), result.returncode, result.stderr)
    return result.stdout


def ping(*arguments, **options):
    if os.geteuid() != 0:
        raise tap.Skip('needs root for a network namespace')
    return check([PINGEMCTL, 'ping', '--source', 'raw', *arguments], NETWORK, **options)


def pings_hosts():
    output = ping('-c', '5', '-i', '20', '127.0.0.1', '::1')
    assert output.count('5 answered') == 2, output


def pings_hosts_as_json():
    ping('-c', '2', '-i', '20', '--json', '127.0.0.1')


def pings_lines():
    output = ping(input='127.0.0.1,3,10\nno address\n127.0.0.2,2,5\n', code=2)
    assert output.count('\n') == 5, output


def pings_nobody():
    ping('-c', '2', '-i', '20', '-W', '50', '192.0.2.1', code=1)


def traces_a_host():
    if os.geteuid() != 0:
        raise tap.Skip('needs root for a network namespace')
    output = check([PINGEMCTL, 'trace', '--source', 'raw', '-n', '-c', '1', '127.0.0.1'], NETWORK)
    assert 'No loss on the way' in output, output


def make_case(program):
    def case():
        check([program])
    case.__name__ = os.path.basename(program).replace('-', '_')
    return case


tap.run([pings_hosts, pings_hosts_as_json, pings_lines, traces_a_host, pings_nobody, *map(make_case, PROGRAMS)])
