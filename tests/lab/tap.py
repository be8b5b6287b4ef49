# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs test functions and says how each ended, as the Test Anything Protocol has it."""

import sys
import traceback


class Skip(Exception):
    """What cannot be run here; the text says why."""


def run(tests):
    """Each test goes on where an earlier one failed. Ends the program."""
    failed = 0
    print('TAP version 13\n1..%d' % len(tests), flush=True)
    for number, test in enumerate(tests, 1):
        try:
            test()
            line = 'ok %d - %s' % (number, test.__name__)
        except Skip as reason:
            line = 'ok %d - %s # SKIP %s' % (number, test.__name__, reason)
        except Exception:
            traceback.print_exc(file=sys.stderr)
            line = 'not ok %d - %s' % (number, test.__name__)
            failed += 1
        print(line, flush=True)
    sys.exit(1 if failed else 0)
