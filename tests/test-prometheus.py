#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Debian's Prometheus collects from two instances, one on a laptop and one on the router, and tells LAN from WAN.

Arguments: the monitor, the source folder. In a network namespace of its own: a way of three hops to the anchors.
"""

import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import desktop, legs, monitor, network  # noqa: E402

LAPTOP = '127.0.0.1:9862'
ROUTER = network.ROUTER + ':9862'
CONFIG = '''
[metrics]
listen=%s
[stamp]
listen=*:8862
networks=192.168.77.0/24
[echo]
listen=*:8862
networks=192.168.77.0/24
[throughput]
%s
seconds=2
max-mbits=50
[target 1.1.1.1]
leg=internet
[target 8.8.8.8]
leg=internet
%s'''
PEERS = ''.join('[target %s%s]\nname=%s\nleg=other\n' % (scheme, network.ROUTER + port, scheme or 'icmp')
                for scheme, port in (('', ''), ('udp://', ':8862'), ('echo://', ''), ('tcp://', ':9862')))


def read_expressions(source):
    """Of the dashboard and of the rules, with the dashboard's variables filled in."""
    with open(os.path.join(source, 'data', 'grafana', 'pingem.json'), encoding='utf-8') as stream:
        dashboard = json.load(stream)
    expressions = [target['expr'] for panel in dashboard['panels'] for target in panel['targets']]
    expressions += [note['expr'] for note in dashboard['annotations']['list']]
    queries = [variable['query']['query'] for variable in dashboard['templating']['list'] if variable['type'] == 'query']
    expressions += [query[query.index('(') + 1:query.rindex(',')] for query in queries]
    filled = []
    for expression in expressions:
        for name, value in (('$__rate_interval', '1m'), ('$instance', '.*'), ('$target', '.*')):
            expression = expression.replace(name, value)
        assert '$' not in expression, expression
        filled.append(expression)
    return filled


class PrometheusTest(legs.Case):
    def setUp(self):
        super().setUp()
        self.source = os.path.abspath(sys.argv[2])
        self.start_instances()
        self.start_prometheus()

    def write(self, name, text):
        path = os.path.join(self.session.folder, name)
        with open(path, 'w', encoding='utf-8') as stream:
            stream.write(text)
        return path

    def start_instances(self):
        laptop = self.write('laptop.conf', CONFIG % (LAPTOP, 'peers=' + network.ROUTER, PEERS))
        router = self.write('router.conf', CONFIG % (ROUTER, 'listen=%s:5201' % network.ROUTER, ''))
        self.monitor = monitor.Monitor(os.path.abspath(sys.argv[1]), self.session, '--config', laptop,
                                       '--database', os.path.join(self.session.folder, 'laptop.sqlite'))
        # On a router there is no session bus, and none is needed.
        self.session.spawn(self.chain.router.command([os.path.abspath(sys.argv[1]), '--source', 'raw', '--config', router,
                                                      '--database', os.path.join(self.session.folder, 'router.sqlite')]),
                           env=dict(self.session.env, DBUS_SESSION_BUS_ADDRESS='unix:path=/nonexistent'))

    def start_prometheus(self):
        with open(os.path.join(self.source, 'data', 'prometheus', 'prometheus.yml'), encoding='utf-8') as stream:
            text = stream.read()
        self.assertEqual(text.count('15s'), 2)
        text = text.replace('15s', '1s').replace('pingem.rules.yml',
                                                 os.path.join(self.source, 'data', 'prometheus', 'pingem.rules.yml'))
        self.assertIn('[%s]' % LAPTOP, text)
        config = self.write('prometheus.yml', text.replace(LAPTOP, LAPTOP + ', ' + ROUTER))
        self.session.spawn(['prometheus', '--config.file=' + config, '--web.listen-address=127.0.0.1:9090', '--log.level=error',
                            '--storage.tsdb.path=' + os.path.join(self.session.folder, 'tsdb')])
        desktop.wait('Prometheus has both', lambda: len(self.query('up == 1')) == 2, 60)

    def query(self, expression):
        url = 'http://127.0.0.1:9090/api/v1/query?' + urllib.parse.urlencode({'query': expression})
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return json.load(answer)['data']['result']
        except urllib.error.HTTPError as problem:
            if problem.code == 503:  # it starts
                return []
            raise AssertionError('%s: %s' % (expression, problem.read())) from problem
        except OSError:
            return []

    def fires(self, alert):
        return self.query('ALERTS{alertname="%s",alertstate="firing",instance="%s"}' % (alert, LAPTOP))

    def has_ever_fired(self, alert):
        return self.query('max_over_time(ALERTS_FOR_STATE{alertname="%s"}[10m]) and '
                          'max_over_time(ALERTS{alertname="%s",alertstate="firing"}[10m])' % (alert, alert))

    def wait_for_data(self, expressions):
        empty = list(expressions)

        def none_is_empty():
            empty[:] = [expression for expression in empty if not self.query(expression)]
            return not empty
        try:
            desktop.wait('data', none_is_empty, 60)
        except AssertionError as problem:
            raise AssertionError('no data for ' + '; '.join(empty)) from problem

    def test_lan_or_wan(self):
        expressions = read_expressions(self.source)
        self.assertGreater(len(expressions), 15)
        faulty = [expression for expression in expressions if expression.endswith('== 1') and 'level' in expression]
        self.wait_for_verdict('ok')
        measured = self.monitor.call('MeasureThroughput', '(s)', network.ROUTER)[0]
        self.assertGreater(measured['up-bps'], 1e6)
        self.wait_for_data([expression for expression in expressions if expression not in faulty])
        # What an alert looks at is there, and is not so.
        self.wait_for_data(['pingem_verdict{verdict="no-network"}', 'pingem_source_info{kind="raw"}', 'up{job="pingem"}'])
        # Three kinds of check between the two, all of them answered.
        self.wait_for_data(['rate(pingem_probes_replied_total{instance="%s",name="%s"}[10s]) > 0' % (LAPTOP, name)
                            for name in ('icmp', 'udp://', 'echo://', 'tcp://')])

        self.chain.router.drop(40)
        desktop.wait('the LAN alert', lambda: self.fires('PingemLanFault'), 120)
        self.wait_for_data(faulty)
        self.assertFalse(self.has_ever_fired('PingemWanFault'))
        self.chain.router.heal()
        desktop.wait('its end', lambda: not self.fires('PingemLanFault'), 120)

        self.chain.provider.drop(40)
        desktop.wait('the WAN alert', lambda: self.fires('PingemWanFault'), 120)
        self.assertFalse(self.fires('PingemLanFault'))


if __name__ == '__main__':
    legs.run(__file__, 2)
