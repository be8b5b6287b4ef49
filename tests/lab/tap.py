# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs test functions and says how each ended, as the Test Anything Protocol has it."""

import sys
import traceback
import unittest


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


class Result(unittest.TestResult):
    def say(self, word, test, comment=''):
        print('%s %d - %s%s' % (word, self.testsRun, test.id().replace('__main__.', ''), comment), flush=True)

    def addSuccess(self, test):
        self.say('ok', test)

    def addSkip(self, test, reason):
        self.say('ok', test, ' # SKIP ' + reason)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        traceback.print_exception(*err, file=sys.stderr)
        self.say('not ok', test)

    addError = addFailure


def run_cases(names=None):
    """The program's test cases, or those named: Case or Case.test. Ends the program."""
    program = sys.modules['__main__']
    loader = unittest.defaultTestLoader
    suite = loader.loadTestsFromNames(names, program) if names else loader.loadTestsFromModule(program)
    result = Result()
    print('TAP version 13\n1..%d' % suite.countTestCases(), flush=True)
    suite.run(result)
    sys.exit(0 if result.wasSuccessful() else 1)
