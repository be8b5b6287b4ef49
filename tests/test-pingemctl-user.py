#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an ordinary user gets from pingemctl: probes through the real helper, where the real polkit allows them."""

import json
import os
import signal
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import login, network, tap  # noqa: E402

ENV = dict(os.environ, LC_ALL='C.UTF-8', LANGUAGE='')


def ping(*arguments, stdin='', wrap):
    return subprocess.run(wrap([PINGEMCTL, 'ping', *arguments]), input=stdin, check=False, capture_output=True, text=True,
                          timeout=60, env=ENV)


def an_active_session_needs_no_privilege():
    with login.Login('alice') as session:
        result = ping('-v', stdin='127.0.0.1,3,100\n', wrap=session.command)
    lines = [line.split(',') for line in result.stdout.splitlines()]
    assert [line[:2] for line in lines] == [['127.0.0.1', '0'], ['127.0.0.1', '1'], ['127.0.0.1', '2']], result
    assert result.stderr == 'Probes are sent by the helper, as it answers and allows it.\n', result
    assert result.returncode == 0, result


def more_lines_than_a_session_of_the_helper_takes():
    lines = ['127.0.%d.%d,1,1' % (i // 250, 1 + i % 250) for i in range(1000)]
    with login.Login('alice') as session:
        result = ping('--source', 'helper', stdin='\n'.join(lines), wrap=session.command)
    assert result.returncode == 0 and len(result.stdout.splitlines()) == 1000, (result.returncode, result.stderr)


def more_hosts_than_a_session_of_the_helper_takes():
    hosts = '\n'.join('127.0.%d.%d' % (i // 250, 1 + i % 250) for i in range(600))
    arguments = ['--source', 'helper', '-q', '--targets', '-']
    with login.Login('alice') as session:
        result = ping('-c', '2', '-i', '10', *arguments, stdin=hosts, wrap=session.command)
        assert result.returncode == 0 and result.stderr == '', (result.returncode, result.stderr)
        assert result.stdout.startswith('--- Hosts: 600, of which not all was answered in time: 0\n1200 due, loss 0 %'), result

        process = subprocess.Popen(session.command([PINGEMCTL, 'ping', *arguments]), stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   env=dict(os.environ, LC_ALL='C.UTF-8', LANGUAGE=''))
        process.stdin.write(hosts)
        process.stdin.close()
        refusal = process.stderr.readline()
        process.send_signal(signal.SIGINT)
        output = process.stdout.read()
        process.wait(timeout=30)
    assert refusal.startswith('standard input, line 251: 127.0.1.1: so many hosts at once'), refusal
    assert '--- Hosts: 250,' in output and process.returncode == 2, (output, process.returncode)


def what_the_helper_refuses_does_not_stop_the_others():
    with login.Login('alice') as session:
        result = ping('--source', 'helper', '-c', '1', '--size', '57', '127.0.0.1', wrap=session.command)
        assert result.returncode == 3 and 'administrator' in result.stderr, result
        result = ping('--source', 'helper', '-c', '2', '-i', '10', '127.0.0.1', '::1', wrap=session.command)
        assert result.returncode == 0 and result.stdout.count('loss 0 %') == 2, result


def the_helper_obeys_an_interface_but_no_source_address():
    with login.Login('alice') as session:
        arguments = ['--source', 'helper', '-c', '2', '-i', '10']
        result = ping(*arguments, '--df', '-I', 'lo', '127.0.0.1', '::1', wrap=session.command)
        assert result.returncode == 0 and result.stdout.count('loss 0 %') == 2, result
        result = ping(*arguments, '-I', '127.0.0.1', '127.0.0.1', wrap=session.command)
        assert result.returncode == 2 and 'name an interface instead' in result.stderr, result


def run_helper(session, *arguments):
    return subprocess.run(session.command([PINGEMCTL, 'helper', *arguments]), check=False, capture_output=True, text=True,
                          timeout=60, env=ENV)


def the_helper_lists_its_sessions():
    with login.Login('alice') as session:
        command = session.command([PINGEMCTL, 'ping', '--source', 'helper', '-i', '100', '127.0.0.1'])
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=ENV)
        process.stdout.readline()
        found = json.loads(run_helper(session, '--json').stdout)
        text = run_helper(session)
        refused = run_helper(session, '--all')
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
        gone = json.loads(run_helper(session, '--json').stdout)
    assert len(found) == 1 and found[0]['uid'] == session.uid and found[0]['targets'] == 1, found
    assert found[0]['intensive'] is False and found[0]['sent'] >= found[0]['replied'] >= 1 and found[0]['held'] == 0, found
    lines = text.stdout.splitlines()
    assert text.returncode == 0 and len(lines) == 2, text
    assert lines[0].split() == ['User', 'Bus', 'name', 'Since', 'Targets', 'Sent', 'Answered', 'Held', 'back', 'Limits'], lines
    assert lines[1].split()[:2] == [str(session.uid), found[0]['bus_name']] and lines[1].endswith('ordinary'), lines
    assert refused.returncode == 3 and 'password' in refused.stderr and refused.stdout == '', refused
    assert gone == [], gone


def without_a_helper_it_says_so():
    result = subprocess.run([PINGEMCTL, 'helper'], check=False, capture_output=True, text=True, timeout=60,
                            env=dict(ENV, DBUS_SYSTEM_BUS_ADDRESS='unix:path=/nonexistent'))
    assert result.returncode == 3 and result.stderr.startswith('There is no helper to ask'), result


def a_trace_through_the_helper():
    with login.Login('alice') as session, network.Chain():
        command = session.command([PINGEMCTL, 'trace', '-n', '-v', '-c', '2', '--json', '1.1.1.1'])
        result = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60, env=ENV)
        refused = subprocess.run(session.command([PINGEMCTL, 'trace', '-c', '2', '--size', '57', '1.1.1.1']), check=False,
                                 capture_output=True, text=True, timeout=60, env=ENV)
    assert result.stderr.startswith('Probes are sent by the helper'), result
    rows = json.loads(result.stdout)['hops']
    assert [[entry['address'] for entry in row['addresses']] for row in rows] == \
        [[network.ROUTER], [network.PROVIDER], ['1.1.1.1']], rows
    assert [row['reply'] for row in rows] == [2, 2, 2] and result.returncode == 0, rows
    assert refused.returncode == 3 and 'administrator' in refused.stderr, refused


def find_helper():
    """The process id of the helper on the private bus."""
    call = ['gdbus', 'call', '--system', '-d', 'org.freedesktop.DBus', '-o', '/', '-m',
            'org.freedesktop.DBus.GetConnectionUnixProcessID', 'io.github.pingem.Helper']
    return int(subprocess.run(call, check=True, capture_output=True, text=True).stdout.strip('()\n,').split()[1])


def a_helper_that_ends_ends_the_run():
    with login.Login('alice') as session:
        process = subprocess.Popen(session.command([PINGEMCTL, 'ping', '--source', 'helper', '127.0.0.1']),
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        process.stdout.readline()
        os.kill(find_helper(), signal.SIGKILL)
        output, errors = process.communicate(timeout=30)
    assert process.returncode == 3 and '--- 127.0.0.1' in output, (process.returncode, output)
    assert errors == 'The helper has ended the session: it was stopped or restarted\n', errors


def as_fast_as_possible_needs_an_administrator():
    with login.Login('alice') as session:
        result = ping('--source', 'helper', '-i', '0', '-c', '11', '127.0.0.1', wrap=session.command)
    assert result.returncode == 3 and 'the helper refuses' in result.stderr, result


def without_a_session_it_says_what_to_do():
    result = ping(stdin='127.0.0.1,3,100\n', wrap=lambda command: login.become('alice', command))
    assert result.returncode == 3 and result.stdout == '', result
    assert 'the helper refuses' in result.stderr and 'sudo sysctl -w net.ipv4.ping_group_range' in result.stderr, result
    assert 'install' not in result.stderr, 'the helper is installed'


if __name__ == '__main__':
    PINGEMCTL, system_bus = sys.argv[1], sys.argv[2:]
    if os.geteuid() != 0:
        print('1..0 # SKIP needs root for a private system bus')
    elif system_bus:
        os.execv(system_bus[0], system_bus + [os.path.abspath(__file__), PINGEMCTL])
    else:
        tap.run([an_active_session_needs_no_privilege, more_lines_than_a_session_of_the_helper_takes,
                 more_hosts_than_a_session_of_the_helper_takes, what_the_helper_refuses_does_not_stop_the_others,
                 the_helper_obeys_an_interface_but_no_source_address, the_helper_lists_its_sessions,
                 without_a_helper_it_says_so, a_trace_through_the_helper, a_helper_that_ends_ends_the_run,
                 as_fast_as_possible_needs_an_administrator, without_a_session_it_says_what_to_do])
