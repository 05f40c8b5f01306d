"""Writes conformal.json: uncalibrated probabilities, the temperature that SciPy fits to them, and crepes's prediction sets.

Run with: python3 -m pip install numpy scipy scikit-learn crepes==0.8.0, then python3 make_conformal.py
"""

import json
import pathlib

import numpy
from crepes import ConformalClassifier
from crepes.extras import hinge
from scipy import optimize, special

random = numpy.random.default_rng(11)
CLASSES = 5


def examples(count):
    """Probabilities of a model that is surer than it is right."""
    labels = random.integers(0, CLASSES, count)
    logits = 2 * numpy.eye(CLASSES)[labels] + random.normal(size=(count, CLASSES))
    return labels, special.softmax(3 * logits, axis=1).astype(numpy.float32)


def scaled(probabilities, exponent):
    return special.softmax(exponent * numpy.log(probabilities.astype(numpy.float64)), axis=1)


# Where (n + 1) · coverage is a whole number, crepes also takes the next larger score. 197 is a prime.
labels, probabilities = examples(196)
logarithms = numpy.log(probabilities.astype(numpy.float64))


def loss(exponent):
    scores = special.log_softmax(exponent[0] * logarithms, axis=1)
    return 1e-3 / 2 * (exponent[0] - 1) ** 2 - scores[numpy.arange(len(labels)), labels].mean()


exponent = optimize.minimize(loss, [1.0], method="BFGS", options={"gtol": 1e-10}).x[0]
_, test = examples(60)
alphas = hinge(scaled(probabilities, exponent), numpy.arange(CLASSES), labels)
test_alphas = hinge(scaled(test, exponent))
COVERAGES = [0.5, 0.8, 0.9, 0.95, 0.999]
# No test example is so near to a limit that the last digits of the temperature could decide.
for coverage in COVERAGES[:-1]:
    limit = numpy.sort(alphas)[int(numpy.ceil((len(alphas) + 1) * coverage - 1e-9)) - 1]
    assert numpy.abs(test_alphas - limit).min() > 2e-4, (coverage, numpy.abs(test_alphas - limit).min())

classifier = ConformalClassifier().fit(alphas)
sets = {
    str(coverage): [
        numpy.flatnonzero(row).tolist()
        for row in classifier.predict_set(test_alphas, confidence=coverage, smoothing=False)
    ]
    for coverage in COVERAGES
}
document = {
    "classes": CLASSES,
    "labels": labels.tolist(),
    "probabilities": [float(value) for value in probabilities.flat],
    "temperature": 1 / exponent,
    "testProbabilities": [float(value) for value in test.flat],
    "sets": sets,
}
path = pathlib.Path(__file__).parent / "conformal.json"
path.write_text(json.dumps(document) + "\n")
