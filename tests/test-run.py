#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""build-aux/run on a machine without a display, in a network of its own where the default targets answer."""

import glob
import os
import pty
import re
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import desktop, tap  # noqa: E402

NETWORK = 'ip link set lo up; ip address add 1.1.1.1/32 dev lo; ip address add 8.8.8.8/32 dev lo; exec "$@"'
RUN = sys.argv[1:]


class Started:
    """The script in a home of its own, as it is used."""

    def __init__(self, *options, variables=(), **streams):
        self.home = tempfile.TemporaryDirectory(prefix='pingem-test-')
        env = {name: value for name, value in os.environ.items()
               if name not in ('DISPLAY', 'WAYLAND_DISPLAY', 'MESON_BUILD_ROOT') and not name.startswith('XDG_')}
        env.update(HOME=self.home.name, TMPDIR=self.home.name, PINGEM_SKIP_PACKAGES='1', LC_ALL='C.UTF-8', LANGUAGE='')
        env.update(variables)
        # A signal that whoever runs the tests ignores (nohup) could not be heeded by a script.
        command = ['env', '--default-signal'] + RUN
        self.process = subprocess.Popen(command + list(options), env=env, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                        text=True, start_new_session=True, **streams)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
        self.process.communicate()
        self.home.cleanup()

    def find_processes(self):
        """What runs with this home."""
        found = []
        for path in glob.glob('/proc/[0-9]*/environ'):
            try:
                with open(path, 'rb') as stream:
                    if b'HOME=' + self.home.name.encode() in stream.read().split(b'\0'):
                        found.append(path)
            except OSError:
                continue
        return found


def a_line_a_second_until_the_time_is_over():
    with Started('--for', '8', stdout=subprocess.PIPE) as run:
        output, messages = run.process.communicate(timeout=60)
        assert run.process.returncode == 0, messages
        for text in ('there is no display', 'private system bus', 'source of the probes: helper ('):
            assert text in messages, messages
        lines = output.splitlines()
        assert len(lines) >= 5 and all(re.match(r'\d{4}-\d\d-\d\dT', line) for line in lines), output
        assert ' good ' in lines[-1] and '1.1.1.1 0.0%' in lines[-1], output
        assert os.path.getsize(run.home.name + '/.local/state/pingem/history.sqlite') > 0
        assert not glob.glob(run.home.name + '/pingem-run.*')
        assert not run.find_processes()


def a_page_on_a_terminal_until_control_c():
    master, slave = pty.openpty()
    with Started(stdout=slave) as run:
        os.close(slave)
        page = b''
        while b'1.1.1.1' not in page:
            page += os.read(master, 4096)
        assert b'\x1b[' in page, page
        os.killpg(run.process.pid, signal.SIGINT)
        os.set_blocking(master, False)
        desktop.wait('the end', lambda: drain(master) and run.process.poll() is not None)
        assert run.process.returncode == 0, run.process.stderr.read()
        assert not glob.glob(run.home.name + '/pingem-run.*')
        desktop.wait('the end of all processes', lambda: not run.find_processes())
    os.close(master)


def drain(descriptor):
    try:
        while os.read(descriptor, 4096):
            pass
    except OSError:
        pass
    return True


def a_signal_to_the_script_alone_ends_it():
    for number, code in ((signal.SIGTERM, 143), (signal.SIGHUP, 143), (signal.SIGINT, 0)):
        with Started(stdout=subprocess.PIPE) as run:
            run.process.stdout.readline()
            run.process.send_signal(number)
            desktop.wait('the end', lambda run=run: run.process.poll() is not None)
            assert run.process.returncode == code, (number, run.process.returncode)
            assert not glob.glob(run.home.name + '/pingem-run.*')
            desktop.wait('the end of all processes', lambda run=run: not run.find_processes())


def nothing_runs_on_when_killed():
    with Started(stdout=subprocess.PIPE) as run:
        run.process.stdout.readline()
        assert len(run.find_processes()) > 4
        run.process.kill()
        desktop.wait('the end of all processes', lambda: not run.find_processes())


def build_only_stops_there():
    with Started('--build-only', stdout=subprocess.PIPE) as run:
        output, messages = run.process.communicate(timeout=60)
        assert run.process.returncode == 0 and not output and 'meson devenv' in messages, messages


def under_sudo_the_caller_builds():
    sudo = {'SUDO_UID': '65534', 'SUDO_GID': '65534', 'SUDO_USER': 'nobody'}
    with Started('--build-only', '--build', '/nobody-may-build-here', variables=sudo, stdout=subprocess.PIPE) as run:
        messages = run.process.communicate(timeout=60)[1]
        assert run.process.returncode == 1 and 'run: built' not in messages, messages


def a_display_that_cannot_be_opened_is_told():
    with Started('--for', '8', variables={'DISPLAY': ':no-such-display'}, stdout=subprocess.PIPE) as run:
        messages = run.process.communicate(timeout=60)[1]
        assert run.process.returncode == 1, messages
        assert 'There is no display' in messages and 'the icon cannot be shown' in messages, messages


def bad_options_are_refused():
    for options, text in ((('--for',), '--for wants'), (('--for', '1.5'), '--for wants'), (('--fast',), 'usage')):
        with Started(*options, stdout=subprocess.PIPE) as run:
            messages = run.process.communicate(timeout=60)[1]
            assert run.process.returncode == 2 and text in messages, messages


TESTS = [a_line_a_second_until_the_time_is_over, a_page_on_a_terminal_until_control_c,
         a_signal_to_the_script_alone_ends_it, nothing_runs_on_when_killed, build_only_stops_there,
         under_sudo_the_caller_builds, a_display_that_cannot_be_opened_is_told, bad_options_are_refused]

if os.geteuid() != 0:
    print('1..0 # SKIP needs root for a network namespace')
elif os.environ.get('PINGEM_TEST_RUN_INSIDE') is None:
    os.environ['PINGEM_TEST_RUN_INSIDE'] = 'yes'
    os.execvp('unshare', ['unshare', '--net', '--', 'sh', '-c', NETWORK, 'sh', os.path.abspath(__file__)] + RUN)
else:
    tap.run(TESTS)
