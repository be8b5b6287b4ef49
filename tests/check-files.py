#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What machines can say of the files: format, syntax, lists that have to be complete. Arguments: source and build folder."""

import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import tap  # noqa: E402

SOURCE, BUILD = sys.argv[1:3]
FOLDERS = ('.ci', 'build-aux', 'data', 'po', 'src', 'tests')
TRANSLATED = {'.c': re.compile(r'\b(?:_|N_|C_|NC_|ngettext) \('), '.h': re.compile(r'\b(?:_|N_|C_|NC_|ngettext) \('),
              '.ui': re.compile(r'translatable="yes"')}


def list_files(pattern):
    """Paths below the source folder that match."""
    paths = []
    for folder in FOLDERS:
        for parent, _, names in os.walk(os.path.join(SOURCE, folder)):
            paths += [os.path.relpath(os.path.join(parent, name), SOURCE) for name in names]
    found = sorted(path for path in paths if re.search(pattern, path) and not re.search('__pycache__|^tests/(corpus|output)/', path))
    assert found, 'no file matches ' + pattern
    return found


def read(path):
    with open(os.path.join(SOURCE, path), encoding='utf-8') as stream:
        return stream.read()


def list_scripts(interpreter):
    return [path for path in list_files(r'(^|/)[^./]+$|\.(sh|py)$')
            if re.match(r'#!.*\b' + interpreter, read(path)) or path.endswith({'python': '.py'}.get(interpreter, '.sh'))]


def expect_quiet(tool, *arguments):
    if shutil.which(tool) is None:
        raise tap.Skip(tool + ' is not installed')
    result = subprocess.run([tool, *arguments], cwd=SOURCE, check=False, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


def c_is_formatted():
    if shutil.which('clang-format') is None:
        raise tap.Skip('clang-format is not installed')
    version = subprocess.run(['clang-format', '--version'], check=True, capture_output=True, text=True).stdout
    if ' version 14.' not in version:
        raise tap.Skip('clang-format 14 decides, and this is another: ' + version.strip())
    expect_quiet('clang-format', '--dry-run', '-Werror', *list_files(r'\.[ch]$'))


def licence_is_named():
    wrong = [path for path in list_files(r'\.([ch]|py|sh|ui|desktop\.in|service\.in|metainfo\.xml\.in)$')
             if 'SPDX-License-Identifier: GPL-3.0-or-later' not in '\n'.join(read(path).split('\n')[:3])]
    assert not wrong, wrong


def potfiles_are_complete():
    listed = [line for line in read('po/POTFILES.in').split('\n') if line and not line.startswith('#')]
    used = [path for path in list_files(r'^src/.*\.(c|h|ui)$') if TRANSLATED[os.path.splitext(path)[1]].search(read(path))]
    used += list_files(r'^data/.*\.(desktop\.in(\.in)?|metainfo\.xml\.in)$')
    assert listed == sorted(listed), 'po/POTFILES.in is not sorted'
    assert set(listed) == set(used), 'not listed: %s; listed in vain: %s' % (set(used) - set(listed), set(listed) - set(used))


def xml_is_well_formed():
    files = [path for path in list_files(r'\.(xml|ui|policy|svg|conf|metainfo\.xml\.in|gresource\.xml)$')
             if read(path).startswith('<')]
    expect_quiet('xmllint', '--noout', '--nonet', *files)


def desktop_files_are_valid():
    names = [name for name in os.listdir(os.path.join(BUILD, 'data')) if name.endswith('.desktop')]
    assert len(names) == 2, names
    expect_quiet('desktop-file-validate', *(os.path.join(BUILD, 'data', name) for name in names))


def metainfo_is_valid():
    expect_quiet('appstreamcli', 'validate', '--no-net', '--pedantic',
                 os.path.join(BUILD, 'data', 'io.github.pingem.Pingem.metainfo.xml'))


def man_pages_are_clean():
    expect_quiet('mandoc', '-T', 'lint', '-W', 'warning', *list_files(r'^data/man/.*\.[1-8]$'))


def scripts_parse():
    for path in list_scripts('(ba)?sh'):
        expect_quiet('bash', '-n', path)
    for path in list_scripts('python'):
        compile(read(path), path, 'exec')


def package_list_is_whole():
    rows = [line.split('|') for line in read('build-aux/packages').split('\n') if '|' in line and line[0] != '#']
    wrong = [row for row in rows if len(row) != 5 or row[0].strip() not in ('build', 'run', 'test', 'bench', 'package')
             or not all(cell.strip() for cell in row)]
    assert len(rows) > 30 and not wrong, wrong


def R27_security_page_is_whole():
    headings = [line[3:] for line in read('SECURITY.md').splitlines() if line.startswith('## ')]
    for heading in ('To report a problem', 'What has privilege, and what it may', 'The worst case', 'What comes from the network'):
        assert heading in headings, headings


def every_rule_of_the_helper_has_a_test():
    """R1 to R28: a test's name begins with those that it proves."""
    found = set()
    for path in list_files(r'^tests/([^/]*\.(c|py)|meson\.build)$'):
        found |= {int(number) for number in re.findall(r'\bR(\d+)[ _-]', read(path))}
    missing = sorted(set(range(1, 29)) - found)
    assert not missing, missing


tap.run([c_is_formatted, licence_is_named, potfiles_are_complete, xml_is_well_formed, desktop_files_are_valid,
         metainfo_is_valid, man_pages_are_clean, scripts_parse, package_list_is_whole, R27_security_page_is_whole, every_rule_of_the_helper_has_a_test])
