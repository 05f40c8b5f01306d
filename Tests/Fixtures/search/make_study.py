"""Writes study.json: made-up accuracies, what statsmodels' analysis of variance makes of them, and what a choice by half of
the folds is worth, counted by itertools. The tests compare.

Run with: python3 -m pip install statsmodels==0.15.0 pandas==3.1.1, then python3 make_study.py
"""

import itertools
import json
import pathlib

import numpy
import pandas
from statsmodels.formula.api import ols
from statsmodels.stats.anova import anova_lm

random = numpy.random.default_rng(5)


def variance():
    # Every combination once, with effects of one, of two and of all three.
    rows = [(a, b, c) for a in range(3) for b in range(2) for c in range(4)]
    strength = random.normal(size=(3, 2))
    accuracies = [0.9 + 0.02 * a + 0.01 * strength[a, b] - 0.005 * c * (b == 1) + 0.002 * random.normal()
                  for a, b, c in rows]
    table = pandas.DataFrame(rows, columns=["a", "b", "c"]).assign(y=accuracies)
    found = anova_lm(ols("y ~ C(a) * C(b) * C(c)", table).fit())["sum_sq"]
    total = ((table.y - table.y.mean()) ** 2).sum()
    short = {"C(a)": "a", "C(b)": "b", "C(c)": "c", "C(a):C(b)": "a b", "C(a):C(c)": "a c", "C(b):C(c)": "b c"}
    return {
        "rows": rows, "accuracies": accuracies,
        "shares": {short[name]: float(value / total) for name, value in found.items() if name in short},
    }


def halves():
    sizes = [7, 6, 6, 5, 6, 7]
    correct = [[int(random.binomial(size, 0.8)) for size in sizes] for _ in range(40)]
    correct += correct[:3]
    chosen, unseen = [], []
    for half in itertools.combinations(range(6), 3):
        other = [fold for fold in range(6) if fold not in half]
        inside = [sum(row[fold] for fold in half) for row in correct]
        best = [row for row, count in zip(correct, inside) if count == max(inside)]
        chosen.append(max(inside) / sum(sizes[fold] for fold in half))
        unseen.append(numpy.mean([sum(row[fold] for fold in other) for row in best]) / sum(sizes[fold] for fold in other))
    return {
        "sizes": sizes, "correct": correct, "halvings": len(chosen), "chosen": float(numpy.mean(chosen)),
        "unseen": float(numpy.mean(unseen)),
    }


path = pathlib.Path(__file__).with_name("study.json")
path.write_text(json.dumps({"variance": variance(), "halves": halves()}) + "\n")
