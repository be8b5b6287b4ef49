#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A million targets for the real pingemctl, in a network of the test's own. Argument: pingemctl."""

import os
import subprocess
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import tap  # noqa: E402

PINGEMCTL = sys.argv[1]
NETWORK = ['unshare', '--net', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh']
MILLION = 1000000
MAX_MEMORY_KB = 400000


def make_address(number):
    return '127.%d.%d.%d' % (number >> 16, number >> 8 & 255, number & 255)


def write_lines(stream):
    with stream:
        for number in range(MILLION):
            stream.write('%s,1,1000\n' % make_address(number))


def a_million_lines_are_answered_each():
    if os.geteuid() != 0:
        raise tap.Skip('needs root for a network namespace')
    env = dict(os.environ, LC_ALL='C.UTF-8', DBUS_SYSTEM_BUS_ADDRESS='unix:path=/nonexistent')
    with subprocess.Popen([*NETWORK, PINGEMCTL, 'ping', '--source', 'raw'], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          text=True, env=env) as process:
        writer = threading.Thread(target=write_lines, args=[process.stdin])
        writer.start()
        answered = {line.split(',')[0] for line in process.stdout}
        writer.join()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, process.returncode
    assert answered == {make_address(number) for number in range(MILLION)}, len(answered)
    assert usage.ru_maxrss < MAX_MEMORY_KB, usage.ru_maxrss


tap.run([a_million_lines_are_answered_each])
