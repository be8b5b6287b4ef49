# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures as people read them: median, least and most, beside the target."""

import operator
import statistics

OPERATORS = {'>=': operator.ge, '<=': operator.le, '=': operator.eq}


class Figure:
    """`values`: one per round. `target`: '>= 1.25', compared with the median (or with `judged`, 'worst')."""

    def __init__(self, name, values, unit='', target='', judge=statistics.median):
        self.name = name
        self.values = list(values)
        self.unit = unit
        self.target = target
        self.judge = judge

    def is_met(self):
        sign, limit = self.target.split()[:2]
        return OPERATORS[sign](self.judge(self.values), float(limit.replace(',', '')))

    def cells(self):
        median, least, most = (show(f(self.values)) for f in (statistics.median, min, max))
        spread = '%s to %s' % (least, most) if least != most else ''
        verdict = '' if not self.target else 'reached' if self.is_met() else '**short**'
        unit = ' ' + self.unit if self.unit else ''
        return [self.name, median + unit, spread, self.target + (unit if self.target else ''), verdict]


class Table:
    """`figures`: what has cells(), one for each of the header."""

    def __init__(self, title, note, figures, header=('figure', 'median', 'least to most', 'target', '')):
        self.title = title
        self.note = note
        self.figures = figures
        self.header = header


def show(value):
    """Three digits that count, and no more."""
    if value == int(value) or abs(value) >= 1000:
        return '{:,}'.format(round(value))
    for digits, limit in ((0, 100), (1, 10), (2, 1)):
        if abs(value) >= limit:
            return '%.*f' % (digits, value)
    return '%.3g' % value


def ratios(ours, others):
    """Round by round."""
    return [a / b for a, b in zip(ours, others) if b]


def render(table):
    """A section of Markdown that is read as text as well."""
    rows = [table.header] + [figure.cells() for figure in table.figures]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ['| ' + ' | '.join(cell.ljust(width) for cell, width in zip(row, widths)) + ' |' for row in rows]
    lines.insert(1, '|' + '|'.join('-' * (width + 2) for width in widths) + '|')
    return '\n'.join(['### ' + table.title, '', table.note, '', *lines, ''])
