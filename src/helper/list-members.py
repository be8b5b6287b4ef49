#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the methods and properties of a D-Bus interface as a C enumeration: list-members.py XML HEADER"""

import re
import sys
import xml.etree.ElementTree


def spell(name):
    return re.sub(r'(?<=[a-z0-9])(?=[A-Z])', '_', name).upper()


def main():
    interface = xml.etree.ElementTree.parse(sys.argv[1]).getroot().find('interface')
    members = [('', 'FALSE', node.get('name')) for node in interface.iter('method')]
    members += [('PROPERTY_', 'TRUE', node.get('name')) for node in interface.iter('property')]
    with open(sys.argv[2], 'w', encoding='ascii') as stream:
        stream.write('#pragma once\n\ntypedef enum {\n')
        stream.write(''.join('  PINGEM_MEMBER_%s%s,\n' % (kind, spell(name)) for kind, _, name in members))
        stream.write('} PingemMember;\n\n#define PINGEM_MEMBER_ROWS { \\\n')
        stream.write(''.join('  { %s, "%s" }, \\\n' % (is_property, name) for _, is_property, name in members))
        stream.write('}\n')


main()
