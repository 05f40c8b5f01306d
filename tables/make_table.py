"""Compresses the table that `duet search export` writes: make_table.py TABLE.csv OUTPUT.csv.xz

Leaves out the names, which follow from the numbers (NAME-audio-image-head), and rounds to six digits: a validation accuracy is a
number of examples, and of a loss nobody needs more.
"""

import csv
import lzma
import sys

ROUNDED = ("validation_accuracy", "validation_loss")

source, target = sys.argv[1:]
with open(source, newline="") as lines, lzma.open(target, "wt", newline="", preset=9 | lzma.PRESET_EXTREME) as output:
    rows = csv.reader(lines)
    columns = next(rows)
    name = columns.index("name")
    rounded = {columns.index(column) for column in ROUNDED}
    written = csv.writer(output, lineterminator="\n")
    written.writerow(column for place, column in enumerate(columns) if place != name)
    # In the order of the numbers, which compresses better than that of the accuracies.
    numbers = [columns.index(column) for column in ("audio", "image", "head")]
    for row in sorted(rows, key=lambda row: [int(row[place]) for place in numbers]):
        written.writerow(
            f"{float(value):.6g}" if place in rounded else value
            for place, value in enumerate(row) if place != name)
