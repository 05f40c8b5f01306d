"""Measures maps of points, whoever made them, by one rule: `tsne_quality.py POINTS.npy MAP.npy`.

`divergence` is KL(P||Q) in float64, with openTSNE's P from exact neighbors and all pairs in Q's normalization.
`trustworthiness` is scikit-learn's, of 12 neighbors. P is kept beside the points for the next map.
"""

import json
import sys
from pathlib import Path

import numpy as np
import scipy.sparse
from openTSNE.affinity import PerplexityBasedNN
from sklearn.manifold import trustworthiness

PERPLEXITY = 30
ROWS_AT_ONCE = 500


def joint_probabilities(points, path):
    kept = path.with_suffix(".probabilities.npz")
    if not kept.is_file() or kept.stat().st_mtime < path.stat().st_mtime:
        found = PerplexityBasedNN(points.astype(np.float64), perplexity=PERPLEXITY, method="exact")
        scipy.sparse.save_npz(kept, found.P.tocsr())
    return scipy.sparse.load_npz(kept).tocoo()


def divergence(p, places):
    x, y = places.astype(np.float64).T
    z = -len(x)  # a point's weight for itself is 1
    for begin in range(0, len(x), ROWS_AT_ONCE):
        rows = slice(begin, begin + ROWS_AT_ONCE)
        z += (1 / (1 + (x[rows, None] - x) ** 2 + (y[rows, None] - y) ** 2)).sum()
    squares = (x[p.row] - x[p.col]) ** 2 + (y[p.row] - y[p.col]) ** 2
    return float((p.data * np.log(p.data * z * (1 + squares))).sum())


if __name__ == "__main__":
    points_file, map_file = map(Path, sys.argv[1:])
    points, places = np.load(points_file), np.load(map_file)
    found = {
        "divergence": divergence(joint_probabilities(points, points_file), places),
        "trustworthiness": float(trustworthiness(points, places, n_neighbors=12)),
    }
    print(json.dumps(found))
