#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every string of the source is in po/pingem.pot, and translated in every language. Argument: source folder."""

import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import tap  # noqa: E402

SOURCE = sys.argv[1]
PO = os.path.join(SOURCE, 'po')
# As meson's preset "glib" has it.
KEYWORDS = ['_', 'N_', 'C_:1c,2', 'NC_:1c,2', 'g_dcgettext:2', 'g_dngettext:2,3', 'g_dpgettext2:2c,3']
# Complete in every release; Hebrew is also how a layout from right to left is tested.
LANGUAGES = {'de', 'he'}
HINT = 'run "meson compile -C build pingem-update-po" and translate what is new in po/*.po'


def run(*command):
    return subprocess.run(command, check=False, capture_output=True, text=True)


def extract(target):
    result = run('xgettext', '--directory=' + SOURCE, '--files-from=' + os.path.join(PO, 'POTFILES.in'),
                 '--from-code=UTF-8', '--output=' + target, *('--keyword=' + keyword for keyword in KEYWORDS))
    assert result.returncode == 0, result.stderr


def list_languages():
    with open(os.path.join(PO, 'LINGUAS'), encoding='utf-8') as stream:
        return stream.read().split()


def template_is_current():
    with tempfile.TemporaryDirectory() as folder:
        fresh = os.path.join(folder, 'fresh.pot')
        extract(fresh)
        template = os.path.join(PO, 'pingem.pot')
        for one, other in ((template, fresh), (fresh, template)):
            result = run('msgcmp', '--use-fuzzy', '--use-untranslated', one, other)
            assert result.returncode == 0, '%s\n%s' % (result.stderr, HINT)


def translations_are_complete():
    assert LANGUAGES <= set(list_languages()), list_languages()
    for language in list_languages():
        path = os.path.join(PO, language + '.po')
        for command in (('msgcmp', path, os.path.join(PO, 'pingem.pot')),
                        ('msgfmt', '--check', '--output-file=/dev/null', path)):
            result = run(*command)
            assert result.returncode == 0, '%s\n%s' % (result.stderr, HINT)


def isolates_are_closed():
    """U+2068 to U+2069: one left open would turn all that follows."""
    for language in list_languages():
        with open(os.path.join(PO, language + '.po'), encoding='utf-8') as stream:
            for message in stream.read().split('\n\n'):
                assert message.count('\u2068') == message.count('\u2069'), message


tap.run([template_is_current, translations_are_complete, isolates_are_closed])
