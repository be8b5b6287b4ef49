#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""IPv6 beside IPv4, alone, and not at all: whom the monitor watches, and what it says where one of both is broken.

Argument: the monitor.
"""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import desktop, legs, network  # noqa: E402

GATEWAY = 'fe80::77'


class Ipv6Test(legs.Case):
    has_ipv6 = True

    def setUp(self):
        super().setUp()
        self.chain.client.run('ip -6 route del default')
        self.chain.router.run('ip address add %s/64 dev lan0 nodad' % GATEWAY)

    def add_route(self):
        self.chain.client.run('ip -6 route add default via %s dev wlan0' % GATEWAY)

    def find_keys(self):
        return [target['key'] for target in self.monitor.get('Targets')]

    def read_config(self):
        with open(os.path.join(self.session.env['XDG_CONFIG_HOME'], 'pingem', 'pingem.conf'), encoding='utf-8') as stream:
            return stream.read()

    def test_ipv6_comes_and_goes(self):
        self.start()
        self.wait_for_provider(numeric=network.PROVIDER)
        self.assertEqual(self.find_keys(), ['router', 'provider', *network.ANCHORS])

        self.add_route()
        router = self.wait_for_target('router6', numeric=GATEWAY + '%')
        self.assertEqual((router['leg'], router['name'], router['fixed']), ('router', 'IPv6 router', True))
        provider = self.wait_for_target('provider6', numeric=network.PROVIDER_6)
        self.assertEqual((provider['leg'], provider['ttl']), ('provider', 2))
        self.assertEqual(self.find_keys(), ['router', 'router6', 'provider', 'provider6', *network.ANCHORS, *network.ANCHORS_6])
        self.assertEqual(self.monitor.target('router')['numeric'], network.ROUTER)
        self.assertEqual(self.monitor.target('provider')['numeric'], network.PROVIDER)
        for key in ('router6', *network.ANCHORS_6):
            desktop.wait(key + ' answers', lambda key=key: self.monitor.target(key).get('reply', 0) > 0)

        self.chain.client.run('ip -6 route del default')
        desktop.wait('IPv4 alone', lambda: self.find_keys() == ['router', 'provider', *network.ANCHORS])
        self.assertEqual(self.wait_for_verdict('ok')['level'], 'good')
        self.assertEqual(self.monitor.events('outage'), [])

    def test_what_is_not_watched_is_kept(self):
        """It can be removed, but not be added again."""
        self.start()
        self.monitor.refuses('Exists', 'AddTarget', '(a{sv})', desktop.make_dictionary({'address': network.ANCHOR_6}))
        self.monitor.call('RemoveTarget', '(s)', network.ANCHORS_6[1])
        config = self.read_config()
        self.assertIn('[target %s]' % network.ANCHOR_6, config)
        self.assertNotIn(network.ANCHORS_6[1], config)
        self.add_route()
        self.wait_for_target(network.ANCHOR_6)
        self.assertNotIn(network.ANCHORS_6[1], self.find_keys())

    def test_a_call_is_watched_in_any_case(self):
        self.start()
        self.monitor.call('ChangeTarget', '(sa{sv})', network.ANCHOR_6, desktop.make_dictionary({'leg': 'call'}))
        self.assertEqual(self.monitor.target(network.ANCHOR_6)['leg'], 'call')

    def test_one_family_is_broken(self):
        self.add_route()
        self.start()
        self.wait_for_target('provider6', numeric=network.PROVIDER_6)
        self.wait_for_provider(numeric=network.PROVIDER)
        self.wait_for_verdict('ok')
        for host, percent, protocol, family, verdict, name in (
                (self.chain.provider, 40, 'icmpv6', 'IPv6', 'provider', 'IPv6 provider'),
                (self.chain.internet, 100, 'icmp', 'IPv4', 'internet', 'Cloudflare')):
            host.drop(percent, protocols=[protocol])
            status = self.wait_for_verdict(verdict)
            self.assertEqual((status['family'], status['level'], status['bad-name']), (family, 'degraded', name), status)
            host.heal()
            self.wait_for_verdict('ok')

    def test_ipv6_alone(self):
        self.chain.client.run('ip route del default')
        self.add_route()
        self.start()
        self.wait_for_provider(numeric=network.PROVIDER_6)
        self.assertIn(GATEWAY, self.monitor.target('router')['numeric'])
        self.assertIn(GATEWAY, self.monitor.get('Status')['gateway'])
        self.wait_for_verdict('ok')
        self.assertEqual([key for key in self.find_keys() if key.endswith('6')], [])


if __name__ == '__main__':
    legs.run(__file__)
