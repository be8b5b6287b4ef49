#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A VPN that comes, loses packets and goes: what the monitor makes of it, with a real tunnel.

Argument: the monitor.
"""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import desktop, legs, network  # noqa: E402


class VpnTest(legs.Case):
    def open_vpn(self, **options):
        self.vpn = network.Vpn(self.chain)
        self.addCleanup(self.vpn.close)
        self.vpn.open(**options)

    def test_a_vpn_is_a_leg_of_its_own(self):
        self.start()
        self.wait_for_provider(numeric=network.PROVIDER)
        self.wait_for_verdict('ok')
        self.assertIsNone(self.monitor.target('vpn'))
        self.assertEqual(self.monitor.events('vpn'), [])

        self.open_vpn()
        vpn = self.wait_for_target('vpn', numeric=network.VPN)
        self.assertEqual((vpn['address'], vpn['name'], vpn['leg'], vpn['ttl'], vpn['fixed']), (network.VPN, 'VPN', 'vpn', 1, True))
        self.assertEqual(self.find_legs()[:4], ['router', 'provider', 'vpn', 'internet'])
        self.assertEqual([event['text'] for event in self.monitor.events('vpn')], ['tun0'])
        self.assertEqual(self.monitor.target('router')['numeric'], network.ROUTER)
        self.assertEqual(self.monitor.get('Status')['gateway'], network.ROUTER)
        provider = self.wait_for_provider(numeric=network.PROVIDER)
        self.assertGreater(provider['due'], 5, 'what was measured before still holds')
        self.monitor.refuses('BadValue', 'RemoveTarget', '(s)', 'vpn')
        self.wait_for_verdict('ok')
        self.vpn.host.drop(40)
        status = self.wait_for_verdict('vpn')
        self.assertEqual((status['bad-leg'], status['bad-name'], status['cleared']), ('vpn', 'VPN', True), status)
        self.vpn.host.heal()
        self.wait_for_verdict('ok')

        self.vpn.close()
        desktop.wait('no VPN', lambda: self.monitor.target('vpn') is None)
        self.assertEqual([event.get('text') for event in self.monitor.events('vpn')], ['tun0', None])
        self.wait_for_verdict('ok')
        self.assertEqual(self.monitor.target('provider')['numeric'], network.PROVIDER)
        self.assertEqual([event for event in self.monitor.events('outage') if event.get('leg') in ('router', 'provider')], [])

    def test_what_the_provider_loses_is_not_the_vpns(self):
        self.open_vpn(by_rules=True)
        self.start()
        self.wait_for_target('vpn', numeric=network.VPN)
        self.wait_for_provider(numeric=network.PROVIDER)
        self.wait_for_verdict('ok')
        self.chain.provider.drop_from('customer0', 30)
        self.assertEqual(self.wait_for_verdict('provider')['bad-leg'], 'provider')

    def test_a_silent_vpn_is_told_and_nobody_else_blamed(self):
        self.open_vpn()
        self.vpn.host.run('nft -f -', input=legs.MUTE)
        self.start()
        vpn = self.wait_for_target('vpn', problem='The far end of the VPN answers no probes')
        self.assertNotIn('numeric', vpn)
        self.wait_for_provider(numeric=network.PROVIDER)
        self.wait_for_verdict('ok')
        self.vpn.host.drop(40)
        self.assertEqual(self.wait_for_verdict('internet')['bad-leg'], 'internet')


if __name__ == '__main__':
    legs.run(__file__)
