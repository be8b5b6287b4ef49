# SPDX-License-Identifier: GPL-3.0-or-later
"""A window as a screen reader meets it. A process can look at the session bus of its environment only."""

import gi

gi.require_version('Atspi', '2.0')
from gi.repository import Atspi, GLib  # noqa: E402


def walk(node):
    """All that is shown below it, itself first."""
    try:
        states = node.get_state_set()
        if node.get_role() != Atspi.Role.APPLICATION and not states.contains(Atspi.StateType.SHOWING):
            return
        yield node
        children = [node.get_child_at_index(i) for i in range(node.get_child_count())]
    except GLib.Error:
        # It went while we looked.
        return
    for child in children:
        if child is not None:
            yield from walk(child)


class Screen:
    """The windows of the program that runs."""

    def __init__(self, application):
        self.application = application

    def nodes(self):
        root = Atspi.get_desktop(0)
        root.clear_cache()
        for i in range(root.get_child_count()):
            child = root.get_child_at_index(i)
            if child is not None and child.get_name() == self.application:
                yield from walk(child)

    def names(self):
        return [node.get_name() for node in self.nodes() if node.get_name()]

    def has(self, name):
        return name in self.names()

    def find(self, name, role=None):
        """The first that is called so, without the mark of its mnemonic; None where there is none."""
        for node in self.nodes():
            if role is not None and node.get_role_name() not in role:
                continue
            if node.get_name().replace('_', '').split('\n')[0] in (name, ' '.join((name, name))):
                return node
        return None

    def click(self, name):
        node = self.find(name, ('push button', 'toggle button', 'button', 'menu item', 'radio button'))
        assert node is not None, '%s is not there: %s' % (name, self.names())
        assert node.get_state_set().contains(Atspi.StateType.SENSITIVE), name + ' is insensitive'
        node.do_action(0)
