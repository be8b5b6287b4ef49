# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers of a test's own, each with a thread: what TCP checks meet."""

import socket
import threading


class Server(threading.Thread):
    """Calls serve(connection) for each, in a thread of its own, until it is closed."""

    def __init__(self, host, port, serve=lambda connection: None):
        super().__init__(daemon=True)
        self.serve = serve
        self.accepted = 0
        self.connections = []
        self.socket = socket.socket(socket.AF_INET6 if ':' in host else socket.AF_INET)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind((host, port))
        self.socket.listen(64)
        self.start()

    def run(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.accepted += 1
            self.connections.append(connection)
            threading.Thread(target=self._run_one, args=(connection,), daemon=True).start()

    def _run_one(self, connection):
        try:
            self.serve(connection)
        except OSError:
            pass  # the other side has gone

    def hang_up(self):
        for connection in self.connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            connection.close()
        self.connections.clear()

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.hang_up()
        self.join()


def echo(connection):
    """RFC 862."""
    while True:
        data = connection.recv(4096)
        if not data:
            return
        connection.sendall(data)


def swallow(connection):
    while connection.recv(4096):
        pass


def babble(connection):
    while connection.recv(4096):
        connection.sendall(b'HTTP/1.1 400 Bad Request\r\n\r\n')
