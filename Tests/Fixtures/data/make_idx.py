"""Makes the IDX fixtures in idx/: six pictures of 4 × 3 pixels and their labels, the test side gzipped.

Needs numpy 2.4.6 and idx2numpy 1.2.3.
"""
import gzip
import os

import idx2numpy
import numpy as np

folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "idx")
os.makedirs(folder, exist_ok=True)
pictures = (np.arange(6 * 4 * 3) * 3).reshape(6, 4, 3).astype(np.uint8)
labels = np.array([0, 1, 0, 1, 1, 0], dtype=np.uint8)
for name, rows in (("train", slice(0, 4)), ("t10k", slice(4, 6))):
    for kind, array in (("images-idx3", pictures[rows]), ("labels-idx1", labels[rows])):
        data = idx2numpy.convert_to_string(array)
        path = os.path.join(folder, f"{name}-{kind}-ubyte")
        if name == "train":
            with open(path, "wb") as file:
                file.write(data)
        else:
            # No time stamp, so that the same script makes the same bytes.
            with open(path + ".gz", "wb") as file:
                file.write(gzip.compress(data, mtime=0))
