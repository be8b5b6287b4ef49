# SPDX-License-Identifier: GPL-3.0-or-later
"""A user's language: its texts as they were built, and its numbers and dates."""

import os
import subprocess


def texts_of(program):
    """Where the translations are that were built with it."""
    return os.path.abspath(os.path.join(os.path.dirname(program), '..', '..', 'po'))


def make_locale(folder, name, program):
    """The environment of a user of, say, 'de_DE', whatever the machine has installed."""
    full_name = name + '.UTF-8'
    path = os.path.join(folder, full_name)
    if not os.path.exists(path):
        subprocess.run(['localedef', '--no-archive', '-i', name, '-f', 'UTF-8', path], check=True)
    return {'LOCPATH': folder, 'LC_ALL': full_name, 'LANGUAGE': name, 'PINGEM_LOCALE_DIR': texts_of(program)}
