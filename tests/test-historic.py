#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bugs that programs like this one had, put back one at a time by the patches in historic/: the tests catch each.

The engine and its tests are compiled with sanitizers, apart from the build; without a bug the same tests pass.
"""

import concurrent.futures
import glob
import os
import shlex
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from lab import tap  # noqa: E402

SOURCE = os.path.dirname(HERE)
SANITIZE = ['-fsanitize=address,undefined', '-fno-sanitize-recover=undefined']
# A bug may be an endless loop.
PATIENCE_S = 20
PROGRAMS = {
    'test-match': ['test-match.c'],
    'test-packet': ['test-packet.c'],
    **{'replay-' + name: ['fuzz/%s.c' % name, 'fuzz/replay.c'] for name in ('packet-ipv4', 'packet-ipv6', 'control', 'match')},
}


def run(command, **options):
    return subprocess.run(command, check=False, capture_output=True, text=True, **options)


def get_flags():
    glib = run(['pkg-config', '--cflags', '--libs', 'gio-2.0']).stdout.split()
    return [flag for flag in glib if not flag.startswith('-l')], [flag for flag in glib if flag.startswith('-l')]


class Tree:
    """The engine and its tests, compiled apart from the build."""

    def __init__(self, folder):
        self.folder = folder
        self.engine = [os.path.relpath(path, SOURCE) for path in sorted(glob.glob(os.path.join(SOURCE, 'src/engine/*.c')))]
        self.flags, self.libraries = get_flags()
        self.compiler = shlex.split(os.environ.get('CC', 'cc'))

    def compile(self, path, out, root=SOURCE):
        command = self.compiler + SANITIZE + ['-g', '-O1', '-D_GNU_SOURCE', '-I' + os.path.join(root, 'src'),
                                              '-I' + os.path.join(SOURCE, 'src'), '-I' + HERE, *self.flags, '-c',
                                              os.path.join(root, path), '-o', out]
        result = run(command)
        assert result.returncode == 0, result.stderr
        return out

    def object_of(self, path):
        return os.path.join(self.folder, path.replace('/', '-') + '.o')

    def build(self):
        paths = self.engine + sorted({'tests/' + path for paths in PROGRAMS.values() for path in paths})
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(lambda path: self.compile(path, self.object_of(path)), paths))

    def find_failures(self, objects, folder):
        """Links each program with these objects of the engine; the names of those that fail."""
        failed = []
        for name, paths in PROGRAMS.items():
            program = os.path.join(folder, name)
            result = run(self.compiler + SANITIZE + [self.object_of('tests/' + path) for path in paths] + objects
                         + ['-o', program, *self.libraries])
            assert result.returncode == 0, result.stderr
            arguments = [os.path.join(HERE, 'corpus', name[len('replay-'):])] if name.startswith('replay-') else []
            try:
                code = run([program, *arguments], timeout=PATIENCE_S, cwd=folder).returncode
            except subprocess.TimeoutExpired:
                code = 'endless'
            if code != 0:
                failed.append(name)
        return failed


def make_tests(tree):
    objects = {path: tree.object_of(path) for path in tree.engine}

    def nothing_fails_as_it_is():
        with tempfile.TemporaryDirectory() as folder:
            assert tree.find_failures(list(objects.values()), folder) == []

    def bind(patch):
        def caught():
            with tempfile.TemporaryDirectory() as folder, open(patch, encoding='utf-8') as stream:
                text = stream.read()
                path = next(line[len('+++ b/'):] for line in text.splitlines() if line.startswith('+++ b/'))
                os.makedirs(os.path.join(folder, os.path.dirname(path)))
                with open(os.path.join(SOURCE, path), encoding='utf-8') as original, \
                        open(os.path.join(folder, path), 'w', encoding='utf-8') as copy:
                    copy.write(original.read())
                result = run(['patch', '--fuzz=0', '-p1'], input=text, cwd=folder)
                assert result.returncode == 0, result.stdout
                patched = tree.compile(path, os.path.join(folder, 'patched.o'), folder)
                failed = tree.find_failures([patched if each == path else name for each, name in objects.items()], folder)
                print('# %s: %s' % (os.path.basename(patch), ', '.join(failed)), flush=True)
                assert failed
        caught.__name__ = 'R14 R15 R16 R19 %s is caught' % os.path.basename(patch)[:-len('.patch')]
        return caught

    return [nothing_fails_as_it_is] + [bind(patch) for patch in sorted(glob.glob(os.path.join(HERE, 'historic', '*.patch')))]


with tempfile.TemporaryDirectory() as objects_folder:
    engine = Tree(objects_folder)
    engine.build()
    tests = make_tests(engine)
    assert len(tests) >= 9
    tap.run(tests)
