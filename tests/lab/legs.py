# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests of the monitor's legs share: it runs at the near end of a way of three hops."""

import os
import sys
import unittest

from lab import desktop, monitor, network, tap

MUTE = '''
    table inet mute {
      chain mute {
        type filter hook output priority 0;
        icmp type time-exceeded drop
        icmpv6 type time-exceeded drop
      }
    }'''


class Case(unittest.TestCase):
    has_ipv6 = False

    def setUp(self):
        self.chain = network.Chain(has_ipv6=self.has_ipv6)
        self.addCleanup(self.chain.close)
        self.session = desktop.Session()
        self.session.__enter__()
        self.addCleanup(self.session.__exit__, None, None, None)

    def start(self):
        self.monitor = monitor.Monitor(os.path.abspath(sys.argv[1]), self.session)

    def wait_for_verdict(self, verdict):
        desktop.wait('the verdict ' + verdict, lambda: self.monitor.get('Status')['verdict'] == verdict, 90)
        return self.monitor.get('Status')

    def wait_for_target(self, key, **words):
        def is_so():
            target = self.monitor.target(key)
            return target is not None and all(words[word] in str(target.get(word)) for word in words) and target
        return desktop.wait('%s with %s' % (key, words), is_so, 60)

    def wait_for_provider(self, **words):
        return self.wait_for_target('provider', **words)

    def find_legs(self):
        return [target['leg'] for target in self.monitor.get('Targets')]


def run(path, n_programs=1):
    """Runs the cases of the program at that path, whose first arguments are programs, in a network namespace of its own."""
    programs, rest = sys.argv[1:n_programs + 1], sys.argv[n_programs + 1:]
    if os.geteuid() != 0:
        print('1..0 # SKIP needs root for network namespaces')
    elif rest[:1] != ['inside']:
        os.execvp('unshare', ['unshare', '--net', '--', os.path.abspath(path), *programs, 'inside'] + rest)
    else:
        tap.run_cases(rest[1:])
