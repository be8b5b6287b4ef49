#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks for an input that breaks a fuzz target. Arguments: the target, its corpus, for how many seconds."""

import os
import shutil
import subprocess
import sys

FUZZER, CORPUS, SECONDS = sys.argv[1:]
LIMITS = ['-timeout=10', '-rss_limit_mb=1024', '-max_len=4096']


def main():
    # What is found beside goes into the build folder: the corpus changes by hand alone.
    work = FUZZER + '.corpus'
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(CORPUS, work)
    found = FUZZER + '.found-'
    result = subprocess.run([FUZZER, '-max_total_time=' + SECONDS, '-print_final_stats=1', '-artifact_prefix=' + found,
                             *LIMITS, work], check=False, stderr=subprocess.PIPE, text=True, errors='replace')
    print('\n'.join(result.stderr.splitlines()[-60:]), file=sys.stderr)
    kept = [os.path.join(os.path.dirname(found), name) for name in os.listdir(os.path.dirname(found))
            if name.startswith(os.path.basename(found))]
    if result.returncode != 0:
        print('%s ended with %d; to see it again: %s %s' % (os.path.basename(FUZZER), result.returncode, FUZZER,
                                                           ' '.join(kept)), file=sys.stderr)
    sys.exit(1 if result.returncode != 0 else 0)


main()
