# SPDX-License-Identifier: GPL-3.0-or-later
"""The real monitor on a session bus, as a client sees it."""

import signal
import subprocess
import time

from gi.repository import Gio, GLib

from lab import desktop

INTERFACE = 'io.github.pingem.Monitor1'


class Monitor:
    def __init__(self, program, session, *options):
        self.session = session
        self.process = session.spawn([program, '--source', 'raw', *options], stderr=subprocess.PIPE, text=True)
        desktop.wait('the monitor on the bus', lambda: self.process.poll() is not None
                     or session.has_owner(desktop.MONITOR_NAME))

    def get(self, key):
        return self.session.get_property(desktop.MONITOR_NAME, desktop.MONITOR_PATH, INTERFACE, key)

    def call(self, method, signature=None, *arguments):
        variant = GLib.Variant(signature, arguments) if signature else None
        return self.session.call(desktop.MONITOR_NAME, desktop.MONITOR_PATH, INTERFACE, method, variant)

    def refuses(self, error, method, signature, *arguments):
        try:
            self.call(method, signature, *arguments)
        except GLib.Error as problem:
            name = Gio.DBusError.get_remote_error(problem)
            assert name == 'io.github.pingem.Error.' + error, name
            return
        raise AssertionError(method + ' was not refused')

    def target(self, key):
        return next((target for target in self.get('Targets') if target['key'] == key), None)

    def columns(self, key, seconds=60, n=60):
        now = int(time.time() * 1000)
        return self.call('Columns', '(sxxu)', key, now - seconds * 1000, now, n)[0]

    def events(self, kind=None, n=100, from_ms=None):
        """Of the last ten minutes, unless it is told since when."""
        now = int(time.time() * 1000)
        events = self.call('Events', '(xxu)', from_ms or now - 600000, now + 1, n)[0]
        return [event for event in events if kind in (None, event['kind'])]

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        self.process.wait(10)
