"""Writes statistics.json: inputs, and what scikit-learn, SciPy and statsmodels make of them. The tests compare.

Run with: python3 -m pip install numpy scipy scikit-learn statsmodels, then python3 make_statistics.py
"""

import json
import pathlib

import numpy
from scipy import optimize, special, stats
from sklearn import calibration, covariance, metrics
from statsmodels.stats import contingency_tables, proportion

random = numpy.random.default_rng(7)


def wilson(successes, count, alpha):
    low, high = proportion.proportion_confint(successes, count, alpha=alpha, method="wilson")
    return {"successes": successes, "count": count, "z": stats.norm.isf(alpha / 2), "low": low, "high": high}


def mcnemar(b, c):
    result = contingency_tables.mcnemar([[50, b], [c, 50]], exact=True)
    return {"onlyFirst": b, "onlySecond": c, "pValue": float(result.pvalue)}


def classification(name, count, classes, sharpness, noise, absent=None):
    labels = random.integers(0, classes, count)
    if absent is not None:
        labels[labels == absent] = (absent + 1) % classes
    logits = sharpness * numpy.eye(classes)[labels] + noise * random.normal(size=(count, classes))
    if absent is not None:
        logits[:, absent] = -20
    logits -= logits.max(axis=1, keepdims=True)
    probabilities = numpy.exp(logits)
    # Rounded first, so that the printed numbers, the float32 ones and those measured here are the same.
    probabilities = (probabilities / probabilities.sum(axis=1, keepdims=True)).round(5).astype(numpy.float32)
    exact = probabilities.astype(numpy.float64)
    predicted = exact.argmax(axis=1)
    confidence = exact.max(axis=1)
    hits = predicted == labels

    fractions, confidences = calibration.calibration_curve(hits, confidence, n_bins=15, strategy="uniform")
    counts = numpy.bincount(numpy.searchsorted(numpy.linspace(0, 1, 16)[1:-1], confidence), minlength=15)
    filled = counts[counts > 0]
    per_class = metrics.precision_recall_fscore_support(
        labels, predicted, labels=range(classes), zero_division=0
    )
    macro = metrics.precision_recall_fscore_support(labels, predicted, average="macro", zero_division=0)
    true_probability = exact[numpy.arange(count), labels].clip(min=1e-7)
    return {
        "name": name,
        "classes": classes,
        "labels": labels.tolist(),
        "probabilities": [round(float(value), 5) for value in probabilities.flat],
        "accuracy": metrics.accuracy_score(labels, predicted),
        "loss": float(-numpy.log(true_probability).mean()),
        "brierScore": metrics.brier_score_loss(
            labels, probabilities, labels=range(classes), scale_by_half=False
        ),
        "confusion": metrics.confusion_matrix(labels, predicted, labels=range(classes)).tolist(),
        "precision": per_class[0].tolist(),
        "recall": per_class[1].tolist(),
        "f1": per_class[2].tolist(),
        "support": per_class[3].tolist(),
        "macro": [float(value) for value in macro[:3]],
        "binCounts": counts.tolist(),
        "binConfidences": confidences.tolist(),
        "binAccuracies": fractions.tolist(),
        "calibrationError": float((numpy.abs(fractions - confidences) * filled).sum() / count),
    }


def log_linear(examples, classes, sharpnesses):
    """The exponents of a product of experts, each of whom is as sure as `sharpnesses` says and not always right."""
    labels = random.integers(0, classes, examples)
    logits = numpy.stack(
        [s * (numpy.eye(classes)[labels] + random.normal(size=(examples, classes))) for s in sharpnesses]
    )
    logarithms = special.log_softmax(logits, axis=2).round(6)

    def loss(exponents):
        scores = special.log_softmax(numpy.tensordot(exponents, logarithms, 1), axis=1)
        ridge = 1e-3 / 2 * ((exponents - 1) ** 2).sum()
        return ridge - scores[numpy.arange(examples), labels].mean()

    found = optimize.minimize(loss, numpy.ones(len(sharpnesses)), method="BFGS", options={"gtol": 1e-10})
    return {
        "labels": labels.tolist(),
        "logarithms": [expert.reshape(-1).tolist() for expert in logarithms],
        "exponents": found.x.tolist(),
    }


def sign_flips(differences):
    """The p-value over all ways to choose the groups' signs."""
    found = stats.permutation_test(
        (numpy.array(differences),), lambda x, axis: x.sum(axis=axis), permutation_type="samples", n_resamples=numpy.inf
    )
    return {"differences": differences, "pValue": float(found.pvalue)}


def bootstrap(seed, groups, seeds):
    """The mean accuracy over seeds, with a percentile interval over groups of examples."""
    draws = numpy.random.default_rng(seed)
    counts = draws.integers(1, 40, groups)
    correct = draws.binomial(counts, draws.beta(20, 1, groups), (seeds, groups))
    sums, totals = correct.sum(axis=0), counts * seeds
    found = stats.bootstrap(
        (sums, totals), lambda s, t, axis: s.sum(axis=axis) / t.sum(axis=axis), paired=True, vectorized=True,
        n_resamples=100_000, method="percentile", rng=draws,
    )
    return {
        "counts": counts.tolist(), "correct": correct.tolist(), "mean": float(sums.sum() / totals.sum()),
        "low": float(found.confidence_interval.low), "high": float(found.confidence_interval.high),
    }


def ranking(seed, low, high):
    """Scores of two kinds, some of them equal."""
    draws = numpy.random.default_rng(seed)
    low, high = draws.normal(size=low).round(1), draws.normal(1, size=high).round(1)
    truth, scores = numpy.r_[0 * low, 0 * high + 1], numpy.r_[low, high]
    rates = metrics.roc_curve(truth, scores, drop_intermediate=False)
    return {
        "low": low.tolist(), "high": high.tolist(), "auroc": metrics.roc_auc_score(truth, scores),
        "falsePositiveRate95": float(rates[0][numpy.argmax(rates[1] >= 0.95 - 1e-12)]),
    }


def mahalanobis(seed):
    """Squared distances to the nearest of three classes with one covariance, standardized by those of validation examples."""
    draws = numpy.random.default_rng(seed)
    mixing = draws.normal(size=(20, 20))
    labels = draws.integers(0, 3, 150)
    centers = draws.normal(size=(3, 20))

    def embeddings(labels):
        return (centers[labels] + 0.3 * draws.normal(size=(len(labels), 20)) @ mixing).astype(numpy.float32)

    train, validation = embeddings(labels), embeddings(draws.integers(0, 3, 40))
    others = numpy.concatenate([embeddings(numpy.arange(3)), draws.normal(0, 3, size=(5, 20)).astype(numpy.float32)])
    means = numpy.stack([train[labels == label].astype(float).mean(axis=0) for label in range(3)])
    found = covariance.EmpiricalCovariance(assume_centered=True).fit(train - means[labels]).covariance_
    found += 1e-3 * numpy.trace(found) / 20 * numpy.eye(20)
    precision = numpy.linalg.inv(found)

    def distances(points):
        return numpy.min([[(p - m) @ precision @ (p - m) for p in points.astype(float)] for m in means], axis=0)

    known = distances(validation)
    return {
        "embeddings": train.reshape(-1).tolist(), "labels": labels.tolist(),
        "validation": validation.reshape(-1).tolist(), "others": others.reshape(-1).tolist(),
        "scores": ((distances(others) - known.mean()) / known.std()).tolist(),
    }


document = {
    "wilson": [
        wilson(*case)
        for case in [(0, 10, 0.05), (10, 10, 0.05), (1, 1, 0.05), (5, 10, 0.05), (9951, 10000, 0.05), (987, 1000, 0.01)]
    ],
    "mcNemar": [
        mcnemar(*case)
        for case in [(0, 0), (1, 0), (0, 6), (5, 5), (3, 9), (12, 25), (40, 61), (700, 800), (20000, 20500)]
    ],
    "classification": [
        classification("good", 300, 10, 6, 1.5),
        classification("poor", 200, 4, 1, 1),
        classification("a class that never occurs", 100, 5, 3, 1, absent=2),
        classification("one example", 1, 3, 2, 1),
    ],
    "ranking": [ranking(1, 60, 40), ranking(2, 5, 30)],
    "mahalanobis": mahalanobis(3),
    "signFlips": [sign_flips(case) for case in [[1, 1, 1, 1, 1, 1], [3, -1, 0, 0, 2], [5, -5, 2], [9, 4, -7, 1, 1, -2, 3, 8]]],
    "bootstrap": [bootstrap(1, 120, 3), bootstrap(2, 40, 1)],
    "logLinear": [log_linear(60, 3, [4]), log_linear(60, 4, [2, 6]), log_linear(50, 3, [0.3, 1, 9])],
}
path = pathlib.Path(__file__).parent / "statistics.json"
path.write_text(json.dumps(document) + "\n")
