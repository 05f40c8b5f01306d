"""Writes search.json: losses and kernels, and what Optuna and SciPy make of them. The tests compare.

Run with: python3 -m pip install optuna==5.0.0 scipy==1.17.1, then python3 make_search.py
"""

import json
import pathlib

import numpy
from optuna._hypervolume import compute_hypervolume
from optuna.study._multi_objective import _fast_non_domination_rank
from scipy import stats

random = numpy.random.default_rng(11)


def front(count, objectives, levels):
    # Few levels make ties and points that are there twice.
    losses = random.integers(0, levels, size=(count, objectives)) / levels
    reference = numpy.full(objectives, 0.9)
    inside = losses[(losses < reference).all(axis=1)]
    return {
        "losses": losses.tolist(),
        "reference": reference.tolist(),
        "ranks": _fast_non_domination_rank(losses).tolist(),
        "hypervolume": float(compute_hypervolume(inside, reference)) if len(inside) else 0.0,
    }


def truncated(low, high, center, deviation, logarithmic):
    # Densities are over the scale on which the kernel is normal.
    scale = numpy.log if logarithmic else float
    position, ends = scale(center), (scale(low), scale(high))
    normal = stats.truncnorm(
        (ends[0] - position) / deviation, (ends[1] - position) / deviation, loc=position, scale=deviation)
    values = numpy.geomspace(low, high, 7) if logarithmic else numpy.linspace(low, high, 7)
    return {
        "low": low, "high": high, "center": center, "deviation": deviation, "logarithmic": logarithmic,
        "values": values.tolist(), "logDensities": [float(normal.logpdf(scale(value))) for value in values],
    }


def discrete(low, high, center, deviation):
    normal = stats.truncnorm(
        (low - 0.5 - center) / deviation, (high + 0.5 - center) / deviation, loc=center, scale=deviation)
    values = range(low, high + 1)
    # Above the centre the survival function keeps digits that the distribution function loses.
    masses = [
        normal.cdf(value + 0.5) - normal.cdf(value - 0.5) if value <= center
        else normal.sf(value - 0.5) - normal.sf(value + 0.5) for value in values]
    return {
        "low": low, "high": high, "center": center, "deviation": deviation,
        "logProbabilities": [float(numpy.log(mass)) for mass in masses],
    }


fixture = {
    "fronts": [
        front(*shape)
        for shape in [(1, 2, 10), (40, 2, 12), (60, 2, 1000), (40, 3, 8), (30, 4, 20), (20, 1, 9)]],
    "truncated": [
        truncated(0, 1, 0.2, 0.1, False), truncated(-3, 5, 5, 0.4, False), truncated(-3, 5, 0, 8, False),
        truncated(1e-5, 1, 1e-3, 0.7, True), truncated(1e-5, 1, 1, 2, True),
    ],
    "discrete": [discrete(0, 9, 3, 0.8), discrete(1, 40, 40, 3), discrete(-5, 5, 0, 20)],
}
path = pathlib.Path(__file__).with_name("search.json")
path.write_text(json.dumps(fixture) + "\n")
