"""Writes embedding.json: points, and what scikit-learn and openTSNE make of them. The tests compare.

Run with: python3 -m pip install numpy scipy scikit-learn openTSNE, then python3 make_embedding.py
"""

import json
import pathlib

import numpy
from openTSNE.affinity import PerplexityBasedNN
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from sklearn.metrics import adjusted_rand_score, silhouette_score


def blobs(count, dimensions, centers, deviation, seed):
    """Points that JSON, float32 and this script hold to be the same, and whose blob each is from."""
    points, labels = make_blobs(count, dimensions, centers=centers, cluster_std=deviation, random_state=seed)
    # Unequal directions, so that principal components are unique.
    points *= numpy.linspace(1.5, 0.5, dimensions)
    return (numpy.round(points * 64) / 64), labels


def joint_probabilities(points, perplexity):
    return PerplexityBasedNN(points, perplexity=perplexity, method="exact", n_jobs=1).P.tocsr()


def divergence(p, coordinates):
    """KL(P||Q) in nats, with all pairs in Q's normalization."""
    y = coordinates.astype(numpy.float64)
    weights = 1 / (1 + ((y[:, None] - y[None]) ** 2).sum(axis=2))
    z = weights.sum() - len(y)
    p = p.tocoo()
    return float((p.data * numpy.log(p.data * z / weights[p.row, p.col])).sum())


def rounded(values):
    return [float(f"{value:.9g}") for value in numpy.ravel(values)]


def affinities():
    points, _ = blobs(100, 4, 3, 2.0, seed=1)
    p = joint_probabilities(points, 8)
    p.sort_indices()
    return {
        "dimensions": 4,
        "perplexity": 8,
        "points": rounded(points),
        "rowBegins": p.indptr.tolist(),
        "columns": p.indices.tolist(),
        "values": rounded(p.data),
    }


def embedding():
    points, _ = blobs(600, 10, 8, 3.0, seed=2)
    model = TSNE(perplexity=30, init="pca", max_iter=750, method="exact", random_state=1)
    found = divergence(joint_probabilities(points, 30), model.fit_transform(points))
    return {"dimensions": 10, "points": rounded(points), "divergence": found}


def clusters(name, count, dimensions, centers, deviation, seed):
    points, labels = blobs(count, dimensions, centers, deviation, seed)
    model = KMeans(centers, n_init=10, random_state=1).fit(points)
    # One label that only one point has.
    lonely = labels.copy()
    lonely[0] = labels.max() + 1
    return {
        "name": name,
        "dimensions": dimensions,
        "points": rounded(points),
        "labels": labels.tolist(),
        "clusters": centers,
        "inertia": float(model.inertia_),
        "found": model.labels_.tolist(),
        "adjustedRandIndex": float(adjusted_rand_score(labels, model.labels_)),
        "silhouette": float(silhouette_score(points, labels)),
        "silhouetteOfFound": float(silhouette_score(points, model.labels_)),
        "silhouetteWithLonely": float(silhouette_score(points, lonely)),
        "components": rounded(PCA(2).fit(points).components_),
    }


def partitions():
    random = numpy.random.default_rng(3)
    pairs = [([0, 0, 1, 1], [5, 5, -3, -3]), ([0, 0, 1, 1], [0, 1, 0, 1]), ([0, 0, 0, 0], [0, 1, 2, 3]), ([1], [2])]
    pairs += [(random.integers(0, a, 200).tolist(), random.integers(0, b, 200).tolist()) for a, b in ((3, 7), (10, 2))]
    return [{"first": a, "second": b, "adjustedRandIndex": float(adjusted_rand_score(a, b))} for a, b in pairs]


fixture = {
    "affinities": affinities(),
    "embedding": embedding(),
    "clusters": [
        clusters("two dimensions", 203, 2, 4, 2.5, seed=4),
        clusters("twelve dimensions", 150, 12, 6, 3.0, seed=5),
    ],
    "partitions": partitions(),
}
path = pathlib.Path(__file__).with_name("embedding.json")
path.write_text(json.dumps(fixture, separators=(",", ":")) + "\n")
