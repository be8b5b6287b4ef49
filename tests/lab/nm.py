# SPDX-License-Identifier: GPL-3.0-or-later
"""The real NetworkManager, with files of its own, on the private system bus; and the page by which it knows portals."""

import os
import subprocess
import tempfile

from lab import network

PORT = 8091
PAGE = [os.path.join(os.path.dirname(os.path.abspath(__file__)), 'page.py'), str(PORT)]
CONFIGURATION = '''[main]
plugins=keyfile
dhcp=internal
dns=none
rc-manager=unmanaged
systemd-resolved=false
auth-polkit=false
[logging]
level=INFO
[connectivity]
uri=http://%s:%d/check
response=online
interval=1
[keyfile]
unmanaged-devices=except:interface-name:wlan0
'''
FOLDERS = ('/run/NetworkManager', '/var/lib/NetworkManager', '/etc/NetworkManager')
# In a mount namespace of its own, all that it would read or write of the machine's is empty. With a /sys that cannot be
# written it does not wait for udev.
START = 'for folder in %s; do mkdir -p $folder && mount -t tmpfs tmpfs $folder || exit; done; mount -t sysfs -o ro sysfs /sys && exec NetworkManager ' % (
    ' '.join(FOLDERS)) + '--no-daemon --config "$0" --config-dir /etc/NetworkManager/none'


class NetworkManager:
    """Looks after wlan0 as it is: what is set up there already stays. May be closed twice."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        path = os.path.join(self.folder.name, 'NetworkManager.conf')
        with open(path, 'w', encoding='utf-8') as stream:
            stream.write(CONFIGURATION % (network.ANCHORS[1], PORT))
        self.log = open(os.path.join(self.folder.name, 'log'), 'w', encoding='utf-8')
        self.process = subprocess.Popen(['setpriv', '--pdeathsig', 'KILL', '--', 'unshare', '--mount', 'sh', '-c', START, path],
                                        stdout=self.log, stderr=self.log)

    def close(self):
        self.process.terminate()
        self.process.wait()
        self.log.close()
        self.folder.cleanup()


class Page:
    """What answers there, on that host: the page itself, or a portal's."""

    def __init__(self, host, is_portal):
        self.process = subprocess.Popen(
            ['setpriv', '--pdeathsig', 'KILL', '--'] + host.command(PAGE + ['portal'] * is_portal), stdout=subprocess.PIPE)
        assert self.process.stdout.readline(), 'no page'

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
