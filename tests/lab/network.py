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
ANCHORS_6 = (ANCHOR_6, '2001:4860:4860::8888')
HOLDER = ['setpriv', '--pdeathsig', 'KILL', '--', 'unshare', '--net', '--', 'sh', '-c', 'echo; exec sleep infinity']
VPN = '10.8.0.1'
TUNNEL = [os.path.join(os.path.dirname(os.path.abspath(__file__)), 'tunnel.py')]
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

    def drop(self, percent, way='there', protocols=('icmp', 'icmpv6'), of=None):
        """Loses that share of the echo requests that come here (to that IPv4 address alone, if any), or of the echo
        replies that leave, until heal()."""
        hook, kind = WAYS[way]
        to = 'ip daddr %s' % of if of else ''
        protocols = protocols[:1] if of else protocols
        share = 'numgen random mod 100 < %d' % percent if percent < 100 else ''
        self.run('nft -f -', input='''
            table inet loss {
              chain %s {
                type filter hook %s priority -300;
                %s
              }
            }''' % (way, hook, '\n'.join('%s %s type %s %s drop' % (to, protocol, kind, share) for protocol in protocols)))

    def drop_from(self, device, percent):
        """Loses that share of whatever comes from there, to this host or to others, until heal()."""
        self.run('nft -f -', input='''
            table inet loss {
              chain there {
                type filter hook prerouting priority -300;
                iifname %s numgen random mod 100 < %d drop
              }
            }''' % (device, percent))

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
            self.client = self.add_host(None)
            self.router, self.provider, self.internet = (self.add_host() for _ in range(3))
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

    def add_host(self, *holder):
        """One more, with a holder of its own unless it is told; it ends with the chain."""
        self.hosts.append(Host(*(holder or [hold()])))
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
        for anchor in ANCHORS_6:
            self.internet.run('ip address add %s/128 dev lo nodad' % anchor)

    def close(self):
        close_hosts(self.hosts, 'wlan0')


class Vpn:
    """A host behind the chain's provider, and a tunnel through which the client can reach the internet from there."""

    NEAR = '10.8.0.2'
    HOST = '198.51.100.2'
    RULES = ('not fwmark 51820 table 51820', 'table main suppress_prefixlength 0')

    def __init__(self, chain):
        self.rules = []
        self.client = chain.client
        self.host = chain.add_host()
        self.ends = []
        link(chain.provider, 'vpn0', '198.51.100.1/24', self.host, 'net0', self.HOST + '/24')
        self.host.run('ip route add default via 198.51.100.1')
        chain.provider.run('ip route add %s/32 via %s' % (self.NEAR, self.HOST))

    def _open(self, host, near, far, near_inside, far_inside):
        process = subprocess.Popen(['setpriv', '--pdeathsig', 'KILL', '--'] + host.command(TUNNEL + ['tun0', near, far]),
                                   stdout=subprocess.PIPE)
        self.ends.append(process)
        assert process.stdout.readline(), 'the tunnel ended before it was ready'
        host.run('ip address add %s peer %s dev tun0' % (near_inside, far_inside))
        host.run('ip link set tun0 up')

    def _add_rules(self):
        self.client.run('ip route add default dev tun0 table 51820')
        for rule in self.RULES:
            self.client.run('ip rule add ' + rule)
            self.rules.append(rule)

    def _add_halves(self):
        self.client.run('ip route add %s via %s' % (self.HOST, ROUTER))
        for half in ('0.0.0.0/1', '128.0.0.0/1'):
            self.client.run('ip route add %s dev tun0' % half)

    def open(self, by_rules=False):
        """All but its own packets goes through it, beside a default route that stays: as with OpenVPN, or with wg-quick."""
        self._open(self.host, self.HOST, '192.168.77.2', VPN, self.NEAR)
        self._open(self.client, '192.168.77.2', self.HOST, self.NEAR, VPN)
        if by_rules:
            self._add_rules()
        else:
            self._add_halves()

    def close(self):
        """With the devices go their routes."""
        for process in self.ends:
            process.kill()
            process.wait()
            process.stdout.close()
        self.ends.clear()
        while self.rules:
            self.client.run('ip rule del ' + self.rules.pop())


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
