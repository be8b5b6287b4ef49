# SPDX-License-Identifier: GPL-3.0-or-later
"""A session of a test's own: folders and a session bus; a desktop too; and a Monitor1 whose answers the test sets."""

import glob
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from gi.repository import Gio, GLib

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MONITOR_NAME = 'io.github.pingem.Pingem.Monitor'
MONITOR_PATH = '/io/github/pingem/Monitor'


def wait(what, claim, seconds=30):
    """Runs the main context until claim() is true, and returns its value; fails after the deadline."""
    deadline = time.monotonic() + seconds
    context = GLib.MainContext.default()
    while True:
        while context.iteration(False):
            pass
        value = claim()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError('waited %d s in vain for: %s' % (seconds, what))
        time.sleep(0.02)


def output_folder():
    """Where pictures for people go."""
    folder = os.environ.get('PINGEM_TEST_OUTPUT') or os.path.join(os.getcwd(), 'tests', 'output')
    os.makedirs(folder, exist_ok=True)
    return folder


class Session:
    """Folders and a session bus, of a login's user where there is one. Everything in it ends with it, also when killed."""

    def __init__(self, login=None):
        signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(1))
        self.login = login
        self.folder = tempfile.mkdtemp(prefix='pingem-test-')
        self.processes = []
        self.bus = None
        self.env = dict(os.environ, HOME=self.folder, LC_ALL='C.UTF-8', LANGUAGE='')
        self.env.pop('DISPLAY', None)
        self.env.pop('WAYLAND_DISPLAY', None)
        for name in ('CONFIG', 'CACHE', 'DATA', 'STATE', 'RUNTIME'):
            path = os.path.join(self.folder, name.lower())
            os.mkdir(path, 0o700)
            self.env['XDG_%s_%s' % (name, 'DIR' if name == 'RUNTIME' else 'HOME')] = path
            self._give(path)
        self._give(self.folder)

    def _give(self, path):
        if self.login is not None:
            os.chown(path, self.login.uid, -1)

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def _link_services(self):
        """What the machine's session bus starts, but for an installed Pingem: the test has its own."""
        folder = os.path.join(self.folder, 'services')
        os.mkdir(folder, 0o755)
        for path in glob.glob('/usr/share/dbus-1/services/*.service'):
            if not os.path.basename(path).startswith('io.github.pingem.'):
                os.symlink(path, os.path.join(folder, os.path.basename(path)))
        return folder

    def _write_bus_config(self):
        """The machine's session bus, where the test itself may look on as root."""
        name = os.path.join(self.folder, 'session-bus.conf')
        folders = [os.path.join(self.env['XDG_RUNTIME_DIR'], 'dbus-1', 'services'), self._link_services()]
        with open(name, 'w', encoding='utf-8') as stream:
            stream.write('<busconfig><type>session</type><listen>unix:dir=%s</listen><auth>EXTERNAL</auth>%s'
                         '<policy context="default"><allow send_destination="*" eavesdrop="true"/>'
                         '<allow eavesdrop="true"/><allow own="*"/></policy>'
                         '<policy context="mandatory"><allow user="root"/></policy></busconfig>'
                         % (self.env['XDG_RUNTIME_DIR'], ''.join('<servicedir>%s</servicedir>' % path for path in folders)))
        return name

    def start(self):
        self.env['DBUS_SESSION_BUS_ADDRESS'] = self._start_printing(
            lambda fd: ['dbus-daemon', '--config-file=' + self._write_bus_config(), '--nofork', '--nopidfile',
                        '--print-address=%d' % fd])
        self.bus = self.connect()

    def __exit__(self, *_):
        self.close()

    def _start_printing(self, build_command):
        """Starts a server that writes where it is found to a descriptor, once it can be used."""
        read_end, write_end = os.pipe()
        self.spawn(build_command(write_end), pass_fds=[write_end], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(write_end)
        with os.fdopen(read_end) as stream:
            line = stream.readline().strip()
        assert line, 'the server ended before it could be used'
        return line

    def connect(self):
        """A connection of its own, so a name of its own on the bus."""
        flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
        return Gio.DBusConnection.new_for_address_sync(self.env['DBUS_SESSION_BUS_ADDRESS'], flags, None, None)

    def wrap(self, command):
        """The command as the session's user; it ends with this program."""
        if self.login is not None:
            return self.login.command(command)
        return ['setpriv', '--pdeathsig', 'TERM', '--'] + command

    def run(self, command, **options):
        return subprocess.run(self.wrap(command), env=self.env, capture_output=True, text=True, timeout=60, check=False,
                              **options)

    def add_service(self, name, command):
        """What the session bus starts for this name. Before the bus starts."""
        folder = self.env['XDG_RUNTIME_DIR']
        for part in ('dbus-1', 'services'):
            folder = os.path.join(folder, part)
            os.makedirs(folder, exist_ok=True)
            self._give(folder)  # the bus reads it only where it is the user's own
        with open(os.path.join(folder, name + '.service'), 'w', encoding='utf-8') as stream:
            stream.write('[D-BUS Service]\nName=%s\nExec=%s\n' % (name, command))

    def spawn(self, command, **options):
        options.setdefault('env', self.env)
        process = subprocess.Popen(self.wrap(command), **options)
        self.processes.append(process)
        return process

    def close(self):
        if self.bus is not None:
            self.bus.set_exit_on_close(False)
            self.bus.close_sync(None)
        for process in reversed(self.processes):
            stop(process)
        wait('the end of what the bus has started', lambda: not self._find_processes())
        shutil.rmtree(self.folder)

    def _find_processes(self):
        """Who runs with this session's folders; they end with its bus, a moment later."""
        found = []
        for name in glob.glob('/proc/[0-9]*/environ'):
            try:
                with open(name, 'rb') as stream:
                    if os.fsencode(self.folder) in stream.read():
                        found.append(name)
            except OSError:
                pass  # it has ended, or is somebody else's
        return found

    def call(self, name, path, interface, method, arguments=None):
        return self.bus.call_sync(name, path, interface, method, arguments, None, Gio.DBusCallFlags.NO_AUTO_START, 5000,
                                  None).unpack()

    def get_property(self, name, path, interface, key):
        return self.call(name, path, 'org.freedesktop.DBus.Properties', 'Get', GLib.Variant('(ss)', (interface, key)))[0]

    def has_owner(self, name):
        return self.call('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', 'NameHasOwner',
                         GLib.Variant('(s)', (name,)))[0]


class Desktop(Session):
    """A session with an X server."""

    def __init__(self, screen='800x600x24', login=None):
        super().__init__(login)
        self.screen = screen
        self.env.update(NO_AT_BRIDGE='1', GDK_BACKEND='x11', LIBGL_ALWAYS_SOFTWARE='1', XDG_CURRENT_DESKTOP='XFCE')

    def start(self):
        self.env['DISPLAY'] = ':' + self._start_printing(
            lambda fd: ['Xvfb', '-displayfd', str(fd), '-screen', '0', self.screen, '-nolisten', 'tcp', '-noreset'])
        super().start()

    def screenshot(self, file_name, crop=None):
        command = ['import', '-window', 'root', '-depth', '8'] + (['-crop', crop, '+repage'] if crop else [])
        subprocess.run(command + [file_name], env=self.env, check=True)

    def count_pixels(self, colour, crop):
        """How many pixels of the screen have exactly this colour, '#RRGGBB'."""
        text = subprocess.run(['import', '-window', 'root', '-depth', '8', '-crop', crop, 'txt:-'], env=self.env,
                              check=True, capture_output=True, text=True).stdout
        return text.upper().count(colour.upper())


def stop(process):
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()


class Service:
    """
    Objects on a connection of their own, under a name. `calls` says what they were asked: (method, arguments);
    `answers` holds a function per method that has to answer, or to refuse by raising GLib.Error.
    """

    def __init__(self, desktop, name, path, xml):
        self.name = name
        self.path = path
        self.calls = []
        self.properties = {}
        self.answers = {}
        self.bus = desktop.connect()
        self.bus.set_exit_on_close(False)
        for interface in Gio.DBusNodeInfo.new_for_xml(xml).interfaces:
            self.bus.register_object(path, interface, self._on_call, self._on_get, None)
        reply = self.bus.call_sync('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', 'RequestName',
                                   GLib.Variant('(su)', (name, 4)), None, Gio.DBusCallFlags.NONE, 5000, None).unpack()
        assert reply[0] == 1, name + ' is owned already'

    def _on_call(self, bus, sender, path, interface, method, arguments, invocation):
        self.calls.append((method, arguments.unpack()))
        answer = self.answers.get(method)
        try:
            invocation.return_value(answer(*arguments.unpack()) if answer else None)
        except GLib.Error as error:
            invocation.return_dbus_error('io.github.pingem.Error.Failed', error.message)

    def _on_get(self, bus, sender, path, interface, key):
        return self.properties[key]

    def close(self):
        if not self.bus.is_closed():
            self.bus.close_sync(None)


class FakeMonitor(Service):
    """Monitor1's edge: the test says what is measured."""

    def __init__(self, desktop, status=None, targets=()):
        with open(os.path.join(SOURCE, 'src', 'ipc', 'io.github.pingem.Monitor1.xml'), encoding='utf-8') as stream:
            xml = stream.read()
        super().__init__(desktop, MONITOR_NAME, MONITOR_PATH, xml)
        self.answers['Events'] = lambda from_ms, to_ms, n: GLib.Variant('(aa{sv})', ([],))
        self.properties = {
            'Status': GLib.Variant('a{sv}', status or make_status('ok', 'good')),
            'Targets': GLib.Variant('aa{sv}', targets),
            'Settings': GLib.Variant('a{sv}', {'window-s': GLib.Variant('u', 30)}),
            'Source': GLib.Variant('(ss)', ('raw', 'The test says so.')),
        }

    def set(self, status=None, targets=None, settings=None):
        changed = {}
        if status is not None:
            changed['Status'] = GLib.Variant('a{sv}', status)
        if targets is not None:
            changed['Targets'] = GLib.Variant('aa{sv}', targets)
        if settings is not None:
            changed['Settings'] = GLib.Variant('a{sv}', settings)
        self.properties.update(changed)
        self.bus.emit_signal(None, self.path, 'org.freedesktop.DBus.Properties', 'PropertiesChanged',
                             GLib.Variant('(sa{sv}as)', ('io.github.pingem.Monitor1', changed, [])))


def make_dictionary(values):
    """Python's strings, numbers and booleans as Monitor1's a{sv}; underlines in names become hyphens."""
    kinds = {str: 's', int: 'u', float: 'd', bool: 'b', list: 'as'}
    return {name.replace('_', '-'): GLib.Variant(kinds[type(value)], value) for name, value in values.items()}


def make_event(kind, from_ms, to_ms=None, **words):
    """One of Monitor1's Events."""
    times = {'from-ms': from_ms, 'to-ms': from_ms if to_ms is None else to_ms}
    return dict(make_dictionary(dict(words, kind=kind)), **{name: GLib.Variant('x', ms) for name, ms in times.items()})


def make_status(verdict, level, **more):
    return make_dictionary(dict({'verdict': verdict, 'level': level, 'window-s': 30}, **more))


def make_target(key, name, leg, due=30, lost=0, **more):
    values = {'key': key, 'address': key, 'name': name, 'leg': leg, 'probe': 'icmp', 'interval-ms': 1000,
              'timeout-ms': 2000, 'size': 56, 'dscp': 0, 'ttl': 0, 'fixed': key == 'router', 'numeric': key,
              'level': 'good', 'due': due, 'reply': due - lost, 'late': 0, 'lost': lost, 'error': 0, 'unsent': 0,
              'held': 0, 'in-flight': 0, 'duplicates': 0}
    if due > lost:
        values.update({'rtt-us': 1200, 'last-rtt-us': 1300, 'p95-us': 2000, 'jitter-us': 100, 'mos': 4.4})
    return make_dictionary(dict(values, **more))
