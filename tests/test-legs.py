#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom the monitor takes for router and provider, and whom it blames, on a real way of three hops.

Argument: the monitor.
"""

import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import desktop, legs, network  # noqa: E402


ACCEPTING = '''
import socket
listening = socket.create_server(("", 443))
while True:
    listening.accept()[0].close()
'''


class LegsTest(legs.Case):
    def test_the_provider_is_the_first_router_behind_ours(self):
        self.start()
        provider = self.wait_for_provider(numeric=network.PROVIDER)
        self.assertEqual((provider['address'], provider['name'], provider['leg'], provider['ttl'], provider['fixed']),
                         (network.PROVIDER, 'Provider', 'provider', 2, True))
        self.assertEqual(self.find_legs()[:2], ['router', 'provider'])
        self.wait_for_verdict('ok')
        for method, signature, arguments in (('RemoveTarget', '(s)', ('provider',)),
                                             ('ChangeTarget', '(sa{sv})', ('provider', {}))):
            self.monitor.refuses('BadValue', method, signature, *arguments)
        self.monitor.refuses('BadAddress', 'AddTarget', '(a{sv})', desktop.make_dictionary({'address': 'provider'}))
        columns = desktop.wait('it in the history', lambda: self.monitor.columns('provider'))
        self.assertFalse(sum(column[4] for column in columns), 'the search is no loss')

    def test_who_loses_packets_is_named(self):
        self.start()
        self.wait_for_provider(numeric=network.PROVIDER)
        self.wait_for_verdict('ok')
        for host, verdict, leg in ((self.chain.provider, 'provider', 'provider'), (self.chain.router, 'local', 'router')):
            host.drop(40)
            status = self.wait_for_verdict(verdict)
            self.assertEqual(status['bad-leg'], leg, status)
            host.heal()
            self.wait_for_verdict('ok')

    def count_due(self, key, seconds):
        """Most probes in one of the last seconds."""
        return max(sum(column[2:9]) for column in self.monitor.columns(key, seconds, seconds))

    def test_suspicion_is_looked_at_closely(self):
        """Router and anchors five times a second, a hop never; and not for long."""
        self.start()
        self.wait_for_provider(numeric=network.PROVIDER)
        self.wait_for_verdict('ok')
        targets = ('router', 'provider') + network.ANCHORS
        self.assertLessEqual(max(self.count_due(key, 3) for key in targets), 2)
        self.chain.provider.drop(40)
        desktop.wait('suspects probed five times a second', lambda: min(
            self.count_due(key, 30) for key in ('router',) + network.ANCHORS) >= 5, 40)
        self.chain.provider.heal()
        desktop.wait('no haste any more', lambda: max(self.count_due(key, 3) for key in targets) <= 2, 40)
        self.assertLessEqual(self.count_due('provider', 60), 2)

    def test_a_silent_provider_is_told_and_not_blamed(self):
        self.chain.provider.run('nft -f -', input=legs.MUTE)
        self.start()
        provider = self.wait_for_provider(problem='No router of the provider answers')
        self.assertNotIn('numeric', provider)
        self.assertEqual(provider['due'], 0, provider)
        self.assertEqual(self.wait_for_verdict('ok')['level'], 'good')
        self.chain.internet.drop(40)
        self.assertEqual(self.wait_for_verdict('internet')['bad-leg'], 'internet')

    def test_who_stops_answering_ping_and_accepts_connections_is_not_lost(self):
        """Both anchors: nothing is known of the internet. One of them: the other knows."""
        server = subprocess.Popen(self.chain.internet.command([sys.executable, '-c', ACCEPTING]))
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        self.start()
        desktop.wait('a window in which one lost packet is not much', lambda: self.monitor.target('1.1.1.1')['due'] >= 25, 60)
        self.chain.internet.drop(100)
        status = desktop.wait('no answer to ping', lambda: self.monitor.get('Status').get('cause') == 'no-ping'
                              and self.monitor.get('Status'), 30)
        self.assertEqual((status['verdict'], status['level'], status['bad-leg']), ('unknown', 'unknown', 'internet'))
        self.assertEqual([self.monitor.target(anchor)['level'] for anchor in network.ANCHORS], ['unknown', 'unknown'])
        self.assertIn('accepts connections', self.monitor.target('1.1.1.1')['problem'])
        desktop.wait('a silence too long for a way that came back', lambda: min(
            self.monitor.target(anchor)['lost'] for anchor in network.ANCHORS) >= 60, 60)
        self.chain.internet.heal()
        self.chain.internet.drop(100, of=network.ANCHORS[0])
        self.wait_for_verdict('ok')
        self.assertEqual(self.monitor.get('Status')['level'], 'good')
        server.kill()
        desktop.wait('a silent anchor', lambda: self.monitor.target('1.1.1.1')['level'] == 'down', 60)
        self.assertEqual(self.monitor.get('Status')['level'], 'good')
        self.assertEqual(self.monitor.events('outage'), [])

    def test_it_follows_the_route(self):
        self.start()
        self.wait_for_provider(numeric=network.PROVIDER)
        self.chain.client.run('ip route del default')
        desktop.wait('nobody there', lambda: 'numeric' not in self.monitor.target('provider'), 20)
        self.chain.client.run('ip route add default via ' + network.ROUTER)
        self.wait_for_provider(numeric=network.PROVIDER)

    def test_no_provider_where_our_router_leads_to_the_anchor(self):
        """Nothing is said of a leg that does not exist."""
        for anchor in network.ANCHORS:
            self.chain.router.run('ip address add %s/32 dev lo' % anchor)
        self.start()
        self.wait_for_verdict('ok')
        self.assertIsNone(self.monitor.target('provider'))


if __name__ == '__main__':
    legs.run(__file__)
