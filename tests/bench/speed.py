# SPDX-License-Identifier: GPL-3.0-or-later
"""What a contest of speed has to tell."""

from bench.report import Figure, ratios


def per_second(results):
    return [result.replies / result.seconds for result in results]


def per_million(results):
    return [1e6 * result.cpu_s / result.sent for result in results]


def lost(results):
    return [result.sent - result.replies for result in results]


def figures(results, ours, targets):
    """For each program speed, cost and false loss; then ours in ratio to the others, with targets {(ours, other): target}."""
    rows = [Figure(name + ': answered probes per second', per_second(of), '/s') for name, of in results.items()]
    rows += [Figure('%s / %s, probes per second' % (one, other), ratios(per_second(results[one]), per_second(results[other])),
                    target=targets.get((one, other), ''))
             for one in ours for other in results if other not in ours]
    rows += [Figure(name + ': CPU per million probes', per_million(of), 's') for name, of in results.items()]
    rows += [Figure(name + ': answered, yet told as lost', lost(of), target='= 0' if name in ours else '', judge=max)
             for name, of in results.items()]
    return rows
