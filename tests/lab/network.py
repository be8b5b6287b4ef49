# SPDX-License-Identifier: GPL-3.0-or-later
"""A way into the internet, built around this process's own network namespace: client - router - provider - internet.

The other hosts are namespaces without names, each held by one process that ends with this one: nothing can stay behind.
"""

import os
import subprocess

ROUTER = '192.168.77.1'
PROVIDER = '100.64.0.1'
ANCHORS = ('1.1.1.1', '8.8.8.8')
ROUTER_6 = 'fd00:77::1'
PROVIDER_6 = 'fd00:64::1'
ANCHOR_6 = '2606:4700:4700::1111'
HOLDER = ['setpriv', '--pdeathsig', 'KILL', '--', 'unshare', '--net', '--', 'sh', '-c', 'echo; exec sleep infinity']
WAYS = {'there': ('prerouting', 'echo-request'), 'back': ('postrouting', 'echo-reply')}


def check_is_own():
    """Routes and addresses are made here: never in the machine's namespace, which has a way out already."""
    with open('/proc/self/net/route', encoding='ascii') as stream:
        if len(stream.readlines()) > 1:
            raise AssertionError('this network has routes, so it may be the machine\'s: run it under "system-bus --lab"')


class Host:
    """A network namespace; without a holder it is this process's own."""

    def __init__(self, holder=None):
        self.holder = holder
        self.run('ip link set lo up')
        self.run('sysctl -qw net.ipv4.ip_forward=1 net.ipv4.icmp_ratelimit=0')

    def command(self, command):
        """The command inside this host's network."""
        if self.holder is None:
            return command
        return ['nsenter', '--net=/proc/%d/ns/net' % self.holder.pid, '--'] + command

    def run(self, line, **options):
        result = subprocess.run(self.command(line.split()), check=False, capture_output=True, text=True, **options)
        assert result.returncode == 0, '%s: %s' % (line, result.stderr)
        return result.stdout

    def drop(self, percent, way='there', of=None):
        """Loses that share of the echo requests that come here (to that address), or of the replies that leave, until heal()."""
        hook, kind = WAYS[way]
        to = 'ip daddr %s' % of if of else ''
        share = 'numgen random mod 100 < %d' % percent if percent < 100 else ''
        self.run('nft -f -', input='''
            table inet loss {
              chain %s {
                type filter hook %s priority -300;
                %s icmp type %s %s drop
                icmpv6 type %s %s drop
              }
            }''' % (way, hook, to, kind, share, kind, share))

    def heal(self):
        self.run('nft -f -', input='table inet loss\ndelete table inet loss')

    def close(self):
        if self.holder is not None:
            self.holder.kill()
            self.holder.wait()
            self.holder.stdout.close()


def hold():
    """A process whose network namespace is a new host's."""
    holder = subprocess.Popen(HOLDER, stdout=subprocess.PIPE)
    holder.stdout.readline()
    return holder


def link(near, near_name, near_address, far, far_name, far_address):
    """A cable between two hosts; the far one has a holder."""
    near.run('ip link add %s type veth peer name %s netns %d' % (near_name, far_name, far.holder.pid))
    for host, name, address in ((near, near_name, near_address), (far, far_name, far_address)):
        host.run('ip address add %s dev %s' % (address, name))
        host.run('ip link set %s up' % name)


def close_hosts(hosts, device):
    """Ends them; the first one's device goes at once, not a moment later with the cable's far end."""
    if os.path.exists('/proc/sys/net/ipv4/conf/' + device):
        hosts[0].run('ip link delete ' + device)
    for host in reversed(hosts):
        host.close()


class Chain:
    """The four hosts; `client` is where this process is. IPv6 where it is asked for."""

    def __init__(self, has_ipv6=False):
        check_is_own()
        self.hosts = []
        try:
            self.client = self._add(None)
            self.router, self.provider, self.internet = (self._add(hold()) for _ in range(3))
            if has_ipv6:
                self._prepare_ipv6()
            self._connect()
            if has_ipv6:
                self._connect_ipv6()
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _add(self, holder):
        self.hosts.append(Host(holder))
        return self.hosts[-1]

    def _connect(self):
        link(self.client, 'wlan0', '192.168.77.2/24', self.router, 'lan0', ROUTER + '/24')
        link(self.router, 'wan0', '100.64.0.2/24', self.provider, 'customer0', PROVIDER + '/24')
        link(self.provider, 'uplink0', '203.0.113.1/24', self.internet, 'net0', '203.0.113.2/24')
        for anchor in ANCHORS:
            self.internet.run('ip address add %s/32 dev lo' % anchor)
        self.client.run('ip route add default via ' + ROUTER)
        self.router.run('ip route add default via ' + PROVIDER)
        self.provider.run('ip route add 192.168.77.0/24 via 100.64.0.2')
        self.provider.run('ip route add default via 203.0.113.2')
        self.internet.run('ip route add default via 203.0.113.1')

    def _prepare_ipv6(self):
        """Addresses are of use at once, without a search for duplicates."""
        for host in self.hosts:
            host.run('sysctl -qw net.ipv6.conf.all.forwarding=1 net.ipv6.conf.default.accept_dad=0 net.ipv6.icmp.ratelimit=0')

    def _connect_ipv6(self):
        for near, near_name, far, far_name, prefix in ((self.client, 'wlan0', self.router, 'lan0', 'fd00:77::'),
                                                       (self.router, 'wan0', self.provider, 'customer0', 'fd00:64::'),
                                                       (self.provider, 'uplink0', self.internet, 'net0', 'fd00:203::')):
            up, down = (1, 2) if far is not self.internet else (2, 1)
            near.run('ip address add %s%d/64 dev %s nodad' % (prefix, down, near_name))
            far.run('ip address add %s%d/64 dev %s nodad' % (prefix, up, far_name))
            near.run('ip route add default via %s%d' % (prefix, up))
            if near is not self.client:
                far.run('ip route add fd00:77::/64 via %s%d' % (prefix, down))
        self.internet.run('ip route add default via fd00:203::1')
        self.internet.run('ip address add %s/128 dev lo nodad' % ANCHOR_6)

    def close(self):
        close_hosts(self.hosts, 'wlan0')


class Pair:
    """Two hosts on one cable: `near` is where this process is, and all that `far` has no other route for comes to it.

    `far` answers for 65,536 addresses and for the anchors, and for as many a second as come.
    """

    NEAR = '10.77.0.1'
    FAR = '10.77.0.2'
    ANSWERING = '10.78.0.0/16'

    def __init__(self):
        check_is_own()
        self.hosts = []
        try:
            self.near = Host()
            self.hosts.append(self.near)
            self.far = Host(hold())
            self.hosts.append(self.far)
            self._connect()
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _connect(self):
        link(self.near, 'near0', self.NEAR + '/24', self.far, 'far0', self.FAR + '/24')
        self.far.run('sysctl -qwe net.ipv4.icmp_msgs_per_sec=10000000')
        for network in (self.ANSWERING, *ANCHORS):
            self.far.run('ip route add local %s dev lo' % network)
        self.near.run('ip route add default via ' + self.FAR)

    def close(self):
        close_hosts(self.hosts, 'near0')
