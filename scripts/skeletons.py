"""The middle of a digit's strokes, as lines that a pen can follow, and PNG files."""

import struct
import zlib

import numpy
from scipy import ndimage

NEIGHBOURS = [(-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1)]


def thinned(image):
    """The one pixel wide middle of what is set (Zhang & Suen 1984)."""
    image = numpy.pad(image.astype(numpy.uint8), 1)
    while True:
        before = image.sum()
        for step in (0, 1):
            around = [numpy.roll(image, (-y, -x), (0, 1)) for y, x in NEIGHBOURS]
            north, east, south, west = around[0], around[2], around[4], around[6]
            count = sum(one.astype(int) for one in around)
            turns = sum(((around[i] == 0) & (around[(i + 1) % 8] == 1)).astype(int) for i in range(8))
            if step == 0:
                edge = (north * east * south == 0) & (east * south * west == 0)
            else:
                edge = (north * east * west == 0) & (north * south * west == 0)
            image[(image == 1) & (count >= 2) & (count <= 6) & (turns == 1) & edge] = 0
        if image.sum() == before:
            return image[1:-1, 1:-1]


def strokes(image):
    """Lines of points from 0 to 1, along the strokes of a 28 × 28 image."""
    scale = 4
    left = {tuple(place) for place in numpy.argwhere(thinned(ndimage.zoom(image.astype(float), scale, order=1) > 110))}
    every = set(left)

    def beside(place, among):
        return [(place[0] + y, place[1] + x) for y, x in NEIGHBOURS if (place[0] + y, place[1] + x) in among]

    lines = []
    while left:
        # From an end where there is one, else from anywhere: a ring.
        start = min(left, key=lambda place: (len(beside(place, left)), place))
        line = [start]
        left.discard(start)
        while nexts := beside(line[-1], left):
            # Straight on where the line has a direction.
            ahead = (2 * line[-1][0] - line[-2][0], 2 * line[-1][1] - line[-2][1]) if len(line) > 1 else None
            nearest = min(nexts, key=lambda place: 0 if ahead is None else abs(place[0] - ahead[0]) + abs(place[1] - ahead[1]))
            line.append(nearest)
            left.discard(nearest)
        # A line that ends beside another one, or beside its own beginning, reaches it.
        ends = [place for place in beside(line[-1], every - set(line[-3:]))]
        line += ends[:1]
        starts = [place for place in beside(line[0], every - set(line[:3]))]
        line = starts[:1] + line
        lines.append(line)
    size = 28 * scale
    # A hand gives a point now and then, not each pixel.
    return [[((x + 0.5) / size, (y + 0.5) / size) for y, x in line[::3] + line[-1:]] for line in lines]


def png(image):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + row.tobytes() for row in image)
    header = struct.pack(">IIBBBBB", image.shape[1], image.shape[0], 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
