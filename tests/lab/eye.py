# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at a part of the screen many times a second, which a screenshot's program is too slow for."""

import ctypes
import time

ALL_PLANES = ctypes.c_ulong(-1)
Z_PIXMAP = 2


class XImage(ctypes.Structure):
    _fields_ = [('width', ctypes.c_int), ('height', ctypes.c_int), ('xoffset', ctypes.c_int), ('format', ctypes.c_int),
                ('data', ctypes.c_void_p), ('byte_order', ctypes.c_int), ('bitmap_unit', ctypes.c_int),
                ('bitmap_bit_order', ctypes.c_int), ('bitmap_pad', ctypes.c_int), ('depth', ctypes.c_int),
                ('bytes_per_line', ctypes.c_int)]


class Eye:
    """`box`: x, y, width, height of the part."""

    def __init__(self, desktop, box):
        self.box = box
        self.xlib = ctypes.CDLL('libX11.so.6')
        self.xlib.XOpenDisplay.restype = ctypes.c_void_p
        self.xlib.XDefaultRootWindow.restype = ctypes.c_ulong
        self.xlib.XGetImage.restype = ctypes.POINTER(XImage)
        self.display = ctypes.c_void_p(self.xlib.XOpenDisplay(desktop.env['DISPLAY'].encode()))
        assert self.display.value, 'no display'
        self.root = ctypes.c_ulong(self.xlib.XDefaultRootWindow(self.display))

    def look(self):
        """The pixels, four bytes each: blue, green, red, and one without a meaning."""
        image = self.xlib.XGetImage(self.display, self.root, *self.box, ALL_PLANES, Z_PIXMAP)
        content = ctypes.string_at(image.contents.data, image.contents.bytes_per_line * image.contents.height)
        self.xlib.XFree(ctypes.c_void_p(image.contents.data))
        self.xlib.XFree(image)
        return content

    def wait(self, claim, seconds=30, pause_s=0.004):
        """Until claim(pixels) is true; returns when that was seen, on the monotonic clock."""
        deadline = time.monotonic() + seconds
        while True:
            pixels = self.look()
            now = time.monotonic()
            if claim(pixels):
                return now
            assert now < deadline, 'waited in vain for what should be seen'
            time.sleep(pause_s)

    def close(self):
        self.xlib.XCloseDisplay(self.display)
