#!/usr/bin/env python3
"""How the model that Duet ships reads drawings: along the strokes of MNIST's test images, with pens, sizes, places, a hand that
shakes, and a photograph's paper.

Usage: drawings.py DUET DATA [COUNT]      DATA is the folder of `duet data fetch digits`. Needs NumPy and SciPy.
"""

import sys
import tempfile
from pathlib import Path

import numpy
from scipy import ndimage

from prediction import accuracy

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
from skeletons import png, strokes

SIDE = 280
KINDS = {
    "pen of 6 pixels": {"pen": 6},
    "pen of 14 pixels": {"pen": 14},
    "pen of 26 pixels": {"pen": 26},
    "small, off the centre": {"pen": 10, "size": 110, "offset": 60},
    "large": {"pen": 16, "size": 240},
    "jittery": {"pen": 12, "jitter": 2.5},
    "shadow over grainy paper, blurred": {"pen": 9, "is_photograph": True},
}


def drawing(image, generator, pen, size=180, offset=10, jitter=0.6, is_photograph=False):
    """A page of 280 × 280 pixels, dark on light."""
    shift = generator.uniform(-offset, offset, 2)
    shake = [ndimage.gaussian_filter(generator.standard_normal((SIDE, SIDE)), 12) for _ in range(2)]
    line = numpy.ones((SIDE, SIDE), bool)
    for stroke in strokes(image):
        points = []
        for x, y in stroke:
            place = (numpy.array([y, x]) - 0.5) * size + SIDE / 2 + shift
            row, column = numpy.clip(place.astype(int), 0, SIDE - 1)
            points.append(place + [jitter * one[row, column] / one.std() for one in shake])
        for a, b in zip(points, points[1:]):
            steps = int(numpy.abs(b - a).max()) + 2
            rows, columns = numpy.clip(numpy.linspace(a, b, steps).round().astype(int), 0, SIDE - 1).T
            line[rows, columns] = False
    page = 255 - 225 * numpy.clip(pen / 2 - ndimage.distance_transform_edt(line) + 0.5, 0, 1)
    if is_photograph:
        y, x = numpy.mgrid[0:SIDE, 0:SIDE] / SIDE - 0.5
        slope = generator.uniform(-0.3, 0.3, 2)
        light = 0.75 + slope[0] * x + slope[1] * y
        page = ndimage.gaussian_filter(page, 1.2) * light * 0.8 + 30 + 4 * generator.standard_normal((SIDE, SIDE))
    return numpy.clip(page, 0, 255).astype(numpy.uint8)


def main():
    duet, data = sys.argv[1], Path(sys.argv[2])
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 400
    images = numpy.load(data / "data_wr_test.npy", mmap_mode="r").reshape(-1, 28, 28)
    labels = numpy.load(data / "labels_test.npy").ravel()
    generator = numpy.random.default_rng(2)
    rows = numpy.sort(generator.choice(len(labels), count, replace=False))
    print(f"| drawings of {count} test images | accuracy |\n|---|---:|")
    shares = []
    for name, kind in KINDS.items():
        with tempfile.TemporaryDirectory() as folder:
            files = [Path(folder, f"{row}.png") for row in rows]
            for row, file in zip(rows, files):
                file.write_bytes(png(drawing(numpy.asarray(images[row], numpy.uint8), generator, **kind)))
            share, _ = accuracy(duet, "image", files, labels[rows])
        shares.append(share)
        print(f"| {name} | {share:.4f} |", flush=True)
    print(f"| mean | {sum(shares) / len(shares):.4f} |")


main()
