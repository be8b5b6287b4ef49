# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a window can be read by everyone: nothing is cut or covered, and every control says what it is."""

from gi.repository import GLib

from .atspi import FOCUSABLE, Box

WINDOWS = ('window', 'frame', 'dialog', 'alert')
CONTROLS = ('button', 'push button', 'toggle button', 'menu item', 'check box', 'radio button', 'combo box', 'entry',
            'text box', 'spin button', 'slider', 'switch', 'link', 'tab', 'page tab', 'image')
# What shows one of its children, and gives the others a place all the same; what floats.
HIDING = ('AdwSqueezer', 'GtkPopover')


def intersect(one, other):
    """What both cover; of no width or height where they do not meet."""
    x, y = max(one.x, other.x), max(one.y, other.y)
    return Box(x, y, max(min(one.x + one.width, other.x + other.width) - x, 0),
               max(min(one.y + one.height, other.y + other.height) - y, 0))


class Place:
    """An accessible object as it stood, with what it stands in."""

    def __init__(self, node, parents, clip):
        self.name = node.name()
        self.role = node.role()
        self.box = node.box()
        self.is_focusable = node.has_state(FOCUSABLE)
        self.parents = parents
        self.seen = intersect(self.box, clip)

    def __repr__(self):
        return '%s %r %s' % (self.role, self.name, tuple(self.box))

    def is_named(self):
        """GTK 4.8 gives the name of its class where there is none."""
        return bool(self.name) and not self.name.startswith(('Gtk', 'Adw', 'Pingem')) or self.name == 'Pingem'

    def is_in(self, *names):
        return any(parent.name in names for parent in self.parents)


def list_places(node, parents=(), clip=Box(0, 0, 100000, 100000)):
    """All below it that has a place, outermost first; nothing of what went while we looked."""
    try:
        place = Place(node, parents, clip)
        children = node.children()
    except GLib.Error:
        return []
    found = [place] if place.box.width > 0 else []
    for child in children:
        # What scrolls is seen where what it scrolls in is; the window's decoration reaches beyond what it is in.
        found += list_places(child, parents + (place,), place.seen if place.role == 'group' else clip)
    return found


def list_labels(places):
    return [place for place in places if place.role == 'label' and place.name and not place.is_in(*HIDING)]


def find_outside(labels, width, but=()):
    """Those that reach beyond the left or right edge."""
    return [label for label in labels
            if label.name not in but and (label.box.x < 0 or label.box.x + label.box.width > width)]


def find_covered(labels):
    """Pairs of labels that stand on each other."""
    def meets(one, other):
        both = intersect(one, other)
        return both.width > 0 and both.height > 0
    # An entry's row has its title twice, and shows one of them.
    return [(one, other) for i, one in enumerate(labels) for other in labels[i + 1:]
            if meets(one.seen, other.seen) and one.name != other.name]


def find_cut(labels, line_height, character_width):
    """Those with less room than their text takes, where a line and a letter are this big at least."""
    def has_room(label):
        lines = max(label.box.height // line_height, 1)
        return label.box.width * lines >= character_width * len(label.name)
    return [label for label in labels if not has_room(label)]


def find_unnamed(places):
    """Controls that do not say what they are; what is in a control belongs to it."""
    def is_control(place):
        # Scrolled windows are focusable groups, and groups of preferences have lists, whose rows take the focus.
        return place.role in CONTROLS or place.is_focusable and place.role not in ('group', 'list')
    return [place for place in places
            if is_control(place) and not (place.is_named() and place.role != 'widget') and
            not any(is_control(parent) and parent.is_named() for parent in place.parents)]
