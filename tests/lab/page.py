#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A web server with one page, "online", or with "portal" one that leads elsewhere. Prints a line when it is ready."""

import http.server
import sys


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        text = b'sign in first' if IS_PORTAL else b'online'
        self.send_response(302 if IS_PORTAL else 200)
        if IS_PORTAL:
            self.send_header('Location', 'http://login.example/')
        self.send_header('Content-Length', str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


IS_PORTAL = sys.argv[2:] == ['portal']
SERVER = http.server.ThreadingHTTPServer(('', int(sys.argv[1])), Handler)
print(flush=True)
SERVER.serve_forever()
