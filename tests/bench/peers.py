# SPDX-License-Identifier: GPL-3.0-or-later
"""How each program is called for the same work, and how it says what it did."""

import re

from bench.harness import Program


def count_engine(result):
    values = result.values()
    return int(values['sent']), int(values['replies'])


def count_ctl(result):
    """Of the last summary: of many hosts that of all."""
    counts = re.findall(r'^(\d+) due, loss .*: (\d+) answered, \d+ late, \d+ lost, (\d+) not sent', result.output, re.M)
    due, replies, unsent = map(int, counts[-1])
    return due - unsent, replies


def count_fping(result):
    """Of "HOST : xmt/rcv/%loss = 3/3/0%" lines."""
    counts = re.findall(r'xmt/rcv/%loss = (\d+)/(\d+)/', result.errors)
    return sum(int(sent) for sent, _ in counts) or int(''), sum(int(replies) for _, replies in counts)


def count_ping(result):
    return tuple(map(int, re.search(r'(\d+) packets transmitted, (\d+) (?:packets )?received', result.output).groups()))


def count_oping(result):
    counts = re.findall(r'(\d+) packets transmitted, (\d+) received', result.output)
    return sum(int(sent) for sent, _ in counts) or int(''), sum(int(replies) for _, replies in counts)


def engine(bench, *arguments):
    return Program([bench.program('bench-engine'), *arguments], count_engine)


def ctl(bench, *arguments, source='raw'):
    return Program([bench.program('pingemctl'), 'ping', '--source', source, '-q', *arguments], count_ctl)


def fping(*arguments):
    return Program(['fping', '-q', *arguments], count_fping)


def fping_alive(n, *arguments):
    """One probe to each of n hosts, the answering ones printed."""
    return Program(['fping', '-a', '-r', '0', '-i', '0', *arguments], lambda result: (n, result.output.count('\n')))


def ping(*arguments):
    return Program(['ping', '-n', '-q', *arguments], count_ping)


def oping(*arguments):
    return Program(['oping', *arguments], count_oping)


def count_channel(result):
    """Records instead of probes."""
    values = result.values()
    return int(values['read'] + values['dropped']), int(values['read'])
