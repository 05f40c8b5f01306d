"""Times t-SNE of openTSNE or scikit-learn on the points of a .npy file, and writes the map.

All get what Duet has: perplexity 30, principal components first, 250 iterations with exaggeration 12 and 500 without,
learning rates of the library's own choice. Only the fit is timed, not the imports.
"""

import argparse
import json
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np

EARLY, LATER = 250, 500


def opentsne(gradient, threads):
    from openTSNE import TSNE

    model = TSNE(
        perplexity=30,
        initialization="pca",
        early_exaggeration_iter=EARLY,
        n_iter=LATER,
        negative_gradient_method=gradient,
        n_jobs=threads,
        random_state=1,
    )

    def fit(points):
        found = model.fit(points)
        return np.asarray(found), found.kl_divergence

    return fit, {"opentsne": version("openTSNE")}


def scikit_learn(threads):
    from sklearn.manifold import TSNE

    model = TSNE(perplexity=30, init="pca", max_iter=EARLY + LATER, n_jobs=threads, random_state=1)

    def fit(points):
        return model.fit_transform(points), model.kl_divergence_

    return fit, {"scikit-learn": version("scikit-learn")}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("points", type=Path, help="[count, dimensions]")
    parser.add_argument("map", type=Path, help="where the map goes, [count, 2]")
    parser.add_argument("--variant", choices=["fft", "bh", "barnes_hut"], required=True, help="the last: scikit-learn's")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    points = np.load(options.points)
    if options.variant == "barnes_hut":
        fit, versions = scikit_learn(options.threads)
    else:
        fit, versions = opentsne(options.variant, options.threads)
    start = time.perf_counter()
    found, divergence = fit(points)
    seconds = time.perf_counter() - start
    np.save(options.map, found)
    print(json.dumps({"seconds": seconds, "divergence": float(divergence), "versions": versions}))
