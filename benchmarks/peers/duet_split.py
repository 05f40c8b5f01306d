"""The pairs that Duet trains on, for a peer that is to train on the same: Duet's split by recording, for a dataset
whose test side is labelled. `Sources/Datasets/Batches` explains it."""

import numpy as np

MASK = 2**64 - 1


class SeededGenerator:
    """xoshiro256**, seeded as Duet does: one sequence for each seed and purpose."""

    def __init__(self, seed, stream):
        name = 0xCBF29CE484222325
        for byte in stream.encode():
            name = ((name ^ byte) * 0x100000001B3) & MASK
        self.filler = seed ^ name
        self.state = [self.fill() for _ in range(4)]

    def fill(self):
        """SplitMix64."""
        self.filler = (self.filler + 0x9E3779B97F4A7C15) & MASK
        mixed = self.filler
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & MASK
        return mixed ^ (mixed >> 31)

    def next(self):
        s = self.state
        result = rotated((s[1] * 5) & MASK, 7) * 9 & MASK
        shifted = (s[1] << 17) & MASK
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= shifted
        s[3] = rotated(s[3], 45)
        return result

    def index(self, bound):
        """From 0 to `bound` - 1, by Lemire's method."""
        product = self.next() * bound
        while product & MASK < (2**64 - bound) % bound:
            product = self.next() * bound
        return product >> 64

    def shuffled(self, values):
        values = list(values)
        for last in range(len(values) - 1, 0, -1):
            other = self.index(last + 1)
            values[last], values[other] = values[other], values[last]
        return values


def rotated(value, bits):
    return ((value << bits) | (value >> (64 - bits))) & MASK


def training_rows(labels, groups, test_groups, seed, limit=None):
    """Rows of the training side, ascending: without recordings that the test side has too, and without the 10 % of each
    class's other recordings that Duet validates on."""
    rows_of, classes = {}, {}
    tested = set(test_groups.tolist())
    for row, (label, group) in enumerate(zip(labels.tolist(), groups.tolist())):
        if group in tested:
            continue
        if group not in rows_of:
            classes.setdefault(label, []).append(group)
        rows_of.setdefault(group, []).append(row)

    generator = SeededGenerator(seed, "split/validation")
    kept = []
    for label in sorted(classes):
        recordings = generator.shuffled(classes[label])
        drawn = max(1, (len(recordings) * 10 + 50) // 100) if len(recordings) > 1 else 0
        kept += [row for group in recordings[drawn:] for row in rows_of[group]]
    kept.sort()
    if limit is not None:
        kept = sorted(SeededGenerator(seed, "split/limit").shuffled(kept)[:limit])
    return np.array(kept)
