#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may do what, by the real dbus-daemon and polkitd: every member, caller and answer of polkit."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import xml.etree.ElementTree

from gi.repository import Gio, GLib

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from lab import desktop, login, tap  # noqa: E402

HELPER = 'io.github.pingem.Helper'
ACTION = 'io.github.pingem.helper.'
DATA = os.path.join(HERE, '..', 'data', 'helper')
RULE = '/usr/share/polkit-1/rules.d/00-test.rules'
LOG = '/run/dbus/pingem/log/dbus-daemon'
CALLER = [sys.executable, os.path.join(HERE, 'lab', 'helper_call.py')]
ASKING = {'OpenSession': 'probe', 'OpenSession intensive': 'probe-intensive', 'ListSessions others': 'inspect-others'}
NOT_ASKING = {'AddTargets': 'NotFound', 'ChangeTarget': 'NotFound', 'RemoveTarget': 'NotFound', 'Close': 'NotFound',
              'ListSessions': 'yes', 'Get Version': 'yes', 'Get Limits': 'yes', 'GetAll': 'yes', 'Set': 'AccessDenied',
              'Unknown': 'UnknownMethod'}
LOGINS = {'active': {}, 'inactive': {'active': False}, 'remote': {'remote': True, 'seat': ''}}
# Without a login session, so they may call while alice has one.
OTHERS = {'root': None, 'member': 'bob', 'nobody': 'nobody', 'helper': 'pingem'}
BY_POLICY = {
    'probe': {'active': 'yes', 'inactive': 'yes', 'member': 'yes', 'helper': 'yes'},
    'probe-intensive': {'active': 'AuthRequired', 'inactive': 'AuthRequired'},
    'inspect-others': {'active': 'AuthRequired', 'inactive': 'AuthRequired'},
}
# What a rule says of all actions, and what comes of it; polkit lets root do everything and asks no rule.
BY_RULE = {'yes': ('return polkit.Result.YES;', 'yes'), 'no': ('return polkit.Result.NO;', 'Denied'),
           'challenge': ('return polkit.Result.AUTH_ADMIN;', 'AuthRequired'),
           'dismissed': ('return polkit.Result.AUTH_ADMIN;', 'Denied'), 'error': ('throw new Error("test");', 'Denied')}


def find_process(name):
    bus = Gio.bus_get_sync(Gio.BusType.SYSTEM)
    return bus.call_sync('org.freedesktop.DBus', '/', 'org.freedesktop.DBus', 'GetConnectionUnixProcessID',
                         GLib.Variant('(s)', (name,)), None, 0, 5000).unpack()[0]


def has_owner(name):
    bus = Gio.bus_get_sync(Gio.BusType.SYSTEM)
    return bus.call_sync('org.freedesktop.DBus', '/', 'org.freedesktop.DBus', 'NameHasOwner', GLib.Variant('(s)', (name,)), None,
                         0, 5000).unpack()[0]


def renew_helper():
    """So that its limits are whole. Returns its process."""
    if has_owner(HELPER):
        os.kill(find_process(HELPER), signal.SIGTERM)
        desktop.wait('the end of the helper', lambda: not has_owner(HELPER))
    Gio.bus_get_sync(Gio.BusType.SYSTEM).call_sync('org.freedesktop.DBus', '/', 'org.freedesktop.DBus', 'StartServiceByName',
                                                   GLib.Variant('(su)', (HELPER, 0)), None, 0, 10000)
    return find_process(HELPER)


def wait_for_change(act):
    """Until polkit says that it has read its rules, and is quiet again: it reads them once or twice."""
    bus, context, said = Gio.bus_get_sync(Gio.BusType.SYSTEM), GLib.MainContext.default(), []
    watch = bus.signal_subscribe(None, 'org.freedesktop.PolicyKit1.Authority', 'Changed', None, None, Gio.DBusSignalFlags.NONE,
                                 lambda *_: said.append(time.monotonic()))
    act()
    end = time.monotonic() + 20
    while not said or time.monotonic() < said[-1] + 0.5:
        assert time.monotonic() < end, 'polkit does not read its rules'
        context.iteration(False)
        time.sleep(0.01)
    bus.signal_unsubscribe(watch)


def write_rule(body):
    with open(RULE + '.new', 'w', encoding='ascii') as stream:
        stream.write('polkit.addRule(function(action, subject) { if (action.id.indexOf("%s") == 0) { %s } });\n' % (ACTION, body))
    os.rename(RULE + '.new', RULE)


@contextlib.contextmanager
def rule(body):
    wait_for_change(lambda: write_rule(body))
    try:
        yield
    finally:
        wait_for_change(lambda: os.unlink(RULE))


def run_caller(command, options):
    result = subprocess.run(command(CALLER + options), check=False, capture_output=True, text=True, timeout=100)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def call_all(options):
    """{caller: {member: result}}; those with and those without a login session call beside each other."""
    results = {}

    def call(name, command):
        results[name] = run_caller(command, options)

    def call_others():
        for name, user in OTHERS.items():
            call(name, lambda command, user=user: login.become(user, command) if user else command)

    thread = threading.Thread(target=call_others)
    thread.start()
    for name, state in LOGINS.items():
        with login.Login('alice', **state) as session:
            call(name, session.command)
    call('sessionless', lambda command: login.become('alice', command))
    thread.join()
    return results


def expect(caller, outcome, member):
    if member in NOT_ASKING:
        return NOT_ASKING[member]
    if outcome in ('absent', 'timeout'):
        return 'Failed'
    if caller == 'root':
        answer = 'yes'
    elif outcome in BY_RULE:
        answer = BY_RULE[outcome][1]
    else:
        answer = BY_POLICY[ASKING[member]].get(caller, 'Denied')
    return 'channel' if answer == 'yes' and member.startswith('OpenSession') else answer


def count_allowed():
    with open(LOG, encoding='utf-8') as stream:
        return len(re.findall(r'^.*: session for .* allowed', stream.read(), flags=re.MULTILINE))


def check_outcome(outcome, options=()):
    """All cells; the log has as many yes as the table, and nobody's channel is left in the helper."""
    helper, allowed = find_process(HELPER), count_allowed()
    files = len(os.listdir('/proc/%d/fd' % helper))
    found = call_all(list(options))
    assert len(found) == 8, found
    cells = {(caller, member): result for caller, results in found.items() for member, result in results.items()}
    wanted = {(caller, member): expect(caller, outcome, member) for caller in found for member in {**ASKING, **NOT_ASKING}}
    assert len(wanted) == 104 and cells == wanted, (outcome, sorted(set(cells.items()) ^ set(wanted.items())))
    n_yes = sum(cells[cell] in ('yes', 'channel') for cell in cells if cell[1] in ASKING)
    assert count_allowed() - allowed == n_yes, (count_allowed() - allowed, n_yes)
    desktop.wait('the channels to be closed', lambda: len(os.listdir('/proc/%d/fd' % helper)) == files)
    assert find_process(HELPER) == helper


def cells_by_policy():
    renew_helper()
    check_outcome('policy')


def bind_rule(outcome):
    def cells():
        renew_helper()
        with rule(BY_RULE[outcome][0]):
            check_outcome(outcome, ['dismiss'] if outcome == 'dismissed' else [])
    cells.__name__ = 'R3 R7 R13 cells where polkit says %s' % outcome
    return cells


def cells_while_polkit_stands_still():
    renew_helper()
    polkitd = find_process('org.freedesktop.PolicyKit1')
    os.kill(polkitd, signal.SIGSTOP)
    try:
        check_outcome('timeout', ['at-once'])
    finally:
        os.kill(polkitd, signal.SIGCONT)


def cells_without_polkit():
    """The last one: nobody starts it again."""
    renew_helper()
    os.kill(find_process('org.freedesktop.PolicyKit1'), signal.SIGTERM)
    desktop.wait('the end of polkit', lambda: not has_owner('org.freedesktop.PolicyKit1'))
    check_outcome('absent')


def sessions_are_revoked_by_a_rule():
    """A session that was allowed ends when polkit would not allow it any more, and its channel with it."""
    helper = renew_helper()
    files = len(os.listdir('/proc/%d/fd' % helper))
    bus = Gio.bus_get_sync(Gio.BusType.SYSTEM)
    script = os.path.join(HERE, 'lab', 'helper_hold.py')
    with login.Login('alice') as session:
        process = subprocess.Popen(session.command([sys.executable, script]), stdout=subprocess.PIPE, text=True)
        assert process.stdout.readline() == 'open\n'
        assert len(list_sessions(bus)) == 1
        with rule('return polkit.Result.NO;'):
            assert process.stdout.readline() == 'closed\n'
            assert process.wait(timeout=30) == 0
            assert list_sessions(bus) == []
    desktop.wait('the channel to be closed', lambda: len(os.listdir('/proc/%d/fd' % helper)) == files)
    with open(LOG, encoding='utf-8') as stream:
        assert 'session for io.github.pingem.helper.probe revoked' in stream.read()


def list_sessions(bus, others=True):
    return bus.call_sync(HELPER, '/io/github/pingem/Helper', HELPER + '1', 'ListSessions', GLib.Variant('(b)', (others,)), None, 0,
                         10000).unpack()[0]


def hostile_inputs_leave_no_trace_in_the_log():
    """200 calls, each with bytes of its own: 30 lines, and one that tells how many more there would be."""
    renew_helper()
    with open(LOG, encoding='utf-8') as stream:
        before = len(stream.read())
    stranger = login.become('nobody', [sys.executable, os.path.join(HERE, 'lab', 'helper_hostile.py'), '200'])
    result = subprocess.run(stranger, check=False, capture_output=True, text=True, timeout=100)
    assert result.returncode == 0 and result.stdout == '200 refused\n', result
    renew_helper()
    with open(LOG, encoding='utf-8', errors='surrogateescape') as stream:
        text = stream.read()[before:]
    lines = re.findall(r'uid [0-9]+[:,] .*', text)
    assert 'HOSTILE' not in text and '\\x' not in text and '\udcff' not in text, text
    assert len(lines) == 31 and re.search(r'[0-9]+ lines left out, [0-9]+ calls refused', lines[-1]), lines


def a_member_without_a_rule_is_no_program(build):
    """The compiler refuses the table when the interface has a method, or a property, more."""
    with open(os.path.join(build, 'compile_commands.json'), encoding='utf-8') as stream:
        entry = next(entry for entry in json.load(stream) if entry['file'].endswith('/helper/access.c'))
    with open(os.path.join(HERE, '..', 'src', 'ipc', HELPER + '1.xml'), encoding='utf-8') as stream:
        text = stream.read()
    for member, compiles in (('', True), ('<method name="Steal"/>', False),
                             ('<property name="Secret" type="s" access="read"/>', False)):
        with tempfile.TemporaryDirectory() as folder:
            os.mkdir(os.path.join(folder, 'helper'))
            with open(os.path.join(folder, 'new.xml'), 'w', encoding='utf-8') as stream:
                stream.write(text.replace('</interface>', member + '</interface>'))
            subprocess.run([sys.executable, os.path.join(HERE, '..', 'src', 'helper', 'list-members.py'),
                            os.path.join(folder, 'new.xml'), os.path.join(folder, 'helper', 'members.h')], check=True)
            words = [word for word in entry['command'].split() if word not in ('-MD', '-Werror')]
            command = [words[0], '-I' + folder] + words[1:words.index('-MQ')] + ['-fsyntax-only', entry['file']]
            result = subprocess.run(command, check=False, capture_output=True, text=True, cwd=entry['directory'])
            assert (result.returncode == 0) == compiles, result.stderr
            assert compiles or 'PINGEM_MEMBER_' in result.stderr, result.stderr


def the_bus_policy_is_a_list():
    """pingem alone owns the name; everybody sends to named interfaces, and of Properties to its reading members."""
    root = xml.etree.ElementTree.parse(os.path.join(DATA, HELPER + '.conf')).getroot()
    rules = [(dict(policy.attrib), rule.tag, dict(rule.attrib)) for policy in root for rule in policy]
    own = [entry for entry in rules if 'own' in entry[2]]
    assert own == [({'user': 'pingem'}, 'allow', {'own': HELPER})], own
    sent = {(entry['send_interface'], entry.get('send_member', '')) for policy, tag, entry in rules if 'own' not in entry
            if policy == {'context': 'default'} and tag == 'allow' and entry['send_destination'] == HELPER}
    freedesktop = 'org.freedesktop.DBus.'
    assert sent == {(HELPER + '1', ''), (freedesktop + 'Introspectable', ''), (freedesktop + 'Peer', ''),
                    (freedesktop + 'Properties', 'Get'), (freedesktop + 'Properties', 'GetAll')}, sent
    assert len(rules) == 6 and not any('*' in value for _, _, entry in rules for value in entry.values()), rules


def the_actions_are_ours():
    root = xml.etree.ElementTree.parse(os.path.join(DATA, 'io.github.pingem.helper.policy')).getroot()
    found = {}
    for action in root.iter('action'):
        notes = {note.get('key').rsplit('.', 1)[1]: note.text for note in action.iter('annotate')}
        defaults = action.find('defaults')
        found[action.get('id')] = [defaults.find('allow_' + who).text for who in ('any', 'inactive', 'active')]
        assert notes['owner'] == 'unix-user:pingem', notes
        assert notes.get('imply') == (ACTION + 'probe' if action.get('id').endswith('-intensive') else None), notes
        for tag in ('description', 'message'):
            texts = [(node.get('{http://www.w3.org/XML/1998/namespace}lang'), node.text.strip()) for node in action.iter(tag)]
            assert [language for language, _ in texts] == [None, 'de', 'he'] and all(text for _, text in texts), texts
    assert found == {ACTION + 'probe': ['no', 'yes', 'yes'], ACTION + 'probe-intensive': ['no', 'auth_admin', 'auth_admin_keep'],
                     ACTION + 'inspect-others': ['no', 'auth_admin', 'auth_admin']}, found


def users_see_their_own_sessions_alone():
    renew_helper()
    bus = Gio.bus_get_sync(Gio.BusType.SYSTEM)
    script = os.path.join(HERE, 'lab', 'helper_hold.py')
    lister = [sys.executable, '-c', """
from gi.repository import Gio, GLib
bus = Gio.bus_get_sync(Gio.BusType.SYSTEM)
print(len(bus.call_sync('%s', '/io/github/pingem/Helper', '%s1', 'ListSessions', GLib.Variant('(b)', (False,)), None, 0, 10000)
          .unpack()[0]))""" % (HELPER, HELPER)]
    with login.Login('alice') as session:
        process = subprocess.Popen(session.command([sys.executable, script]), stdout=subprocess.PIPE, text=True)
        assert process.stdout.readline() == 'open\n'
        assert session.run(lister).stdout == '1\n'
        assert subprocess.run(login.become('bob', lister), check=True, capture_output=True, text=True).stdout == '0\n'
        assert list_sessions(bus, others=False) == [] and len(list_sessions(bus)) == 1
        process.terminate()
        process.wait(timeout=30)


def name(test, text, *arguments):
    def named():
        test(*arguments)
    named.__name__ = text
    return named


def make_bob_a_member():
    with open('/etc/group', encoding='utf-8') as stream:
        text = stream.read()
    with open('/etc/group', 'w', encoding='utf-8') as stream:
        stream.write(re.sub(r'^(pingem:.*:)$', r'\1bob', text, flags=re.MULTILINE))


def main():
    build, inside, system_bus = sys.argv[1], sys.argv[2] == 'inside', sys.argv[2:]
    if os.geteuid() != 0:
        print('1..0 # SKIP needs root for a private system bus')
    elif not inside:
        os.execv(system_bus[0], system_bus + [os.path.abspath(__file__), build, 'inside'])
    else:
        make_bob_a_member()
        tap.run([name(a_member_without_a_rule_is_no_program, 'R1 a member without a rule is no program', build),
                 name(the_bus_policy_is_a_list, 'R8 the bus policy is a list'),
                 name(the_actions_are_ours, 'R4 the actions have an owner'),
                 name(cells_by_policy, 'R2 R3 R13 cells by the policy')]
                + [bind_rule(outcome) for outcome in BY_RULE]
                + [name(users_see_their_own_sessions_alone, 'R13 users see their own sessions alone'),
                   name(sessions_are_revoked_by_a_rule, 'R6 sessions are revoked by a rule'),
                   name(hostile_inputs_leave_no_trace_in_the_log, 'R9 R26 hostile inputs leave no trace in the log'),
                   name(cells_while_polkit_stands_still, 'R3 cells while polkit stands still'),
                   name(cells_without_polkit, 'R3 cells without polkit')])


main()
