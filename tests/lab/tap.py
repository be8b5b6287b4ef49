# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs tests and says how each ended, as the Test Anything Protocol has it."""

import sys
import traceback
import unittest


# What cannot be run here; the text says why.
Skip = unittest.SkipTest


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


def run_suite(suite):
    """Each test goes on where an earlier one failed. Ends the program."""
    result = Result()
    print('TAP version 13\n1..%d' % suite.countTestCases(), flush=True)
    suite.run(result)
    sys.exit(0 if result.wasSuccessful() else 1)


def run(functions):
    run_suite(unittest.TestSuite(unittest.FunctionTestCase(function) for function in functions))


def run_cases(names=None):
    """The program's test cases, or those named: Case or Case.test."""
    program = sys.modules['__main__']
    loader = unittest.defaultTestLoader
    run_suite(loader.loadTestsFromNames(names, program) if names else loader.loadTestsFromModule(program))
