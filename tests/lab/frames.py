# SPDX-License-Identifier: GPL-3.0-or-later
"""What a GTK 4 program draws, frame by frame: it is started with frames.c in it."""

import collections
import os

# word: 'frame', 'grab', or 'drawn' with a size: (width, height)
Line = collections.namedtuple('Line', 'word ns size')


class Frames:
    def __init__(self, library, folder):
        self.library = library
        self.path = os.path.join(folder, 'frames')

    def wrap(self, command):
        return ['env', 'LD_PRELOAD=' + self.library, 'PINGEM_LAB_FRAMES=' + self.path] + command

    def read(self):
        if not os.path.exists(self.path):
            return []
        with open(self.path, encoding='ascii') as stream:
            lines = [line.split() for line in stream.read().split('\n')[:-1]]
        return [Line(word, int(ns), tuple(map(int, size))) for word, ns, *size in lines]

    def count(self, height):
        """How many frames, and how many pictures of that height."""
        lines = self.read()
        return sum(line.word == 'frame' for line in lines), sum(line.size[1:] == (height,) for line in lines)
