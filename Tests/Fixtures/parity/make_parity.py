"""Makes model-1.json to model-4.json beside this file, or with --float32 says how far float32 lands from them.

Needs: numpy==2.4.6 torch==2.13.0+cpu
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch

import formula
from reference import architectures, initial_parameters, reference

HERE = Path(__file__).resolve().parent
WHOLE_UP_TO = 512


def rounded(values):
    """Nine significant digits: a float32 comes back exactly, a float64 to one part in 10^9."""
    if np.ndim(values) == 0:
        return float(f"{float(values):.9g}")
    return [rounded(v) for v in values]


def summary(values, seed):
    """The norm, and the values themselves where they are few, else a sketch of them."""
    found = {"norm": rounded(np.linalg.norm(values))}
    if values.size <= WHOLE_UP_TO:
        return found | {"values": rounded(values.reshape(-1))}
    return found | {"sketch": rounded(formula.sketch(values, seed))}


def fixture(model):
    number = int(model.removeprefix("model-"))
    initial = initial_parameters(model)
    listed = architectures.parameters(model)
    count = sum(v.size for v in initial.values())
    if count != architectures.PARAMETER_COUNTS[model]:
        raise SystemExit(f"{model} has {count} parameters; the paper's has {architectures.PARAMETER_COUNTS[model]}")
    seeds = {p.name: formula.parameter_seed(number, place) for place, p in enumerate(listed)}
    images, audio, labels = formula.batch(0)
    numbers = reference(model)

    def summaries(key):
        return [{"name": name} | summary(v, seeds[name]) for name, v in numbers[key].items()]

    return {
        "name": model,
        "labels": labels.tolist(),
        "images": {"first": rounded(images.flat[0]), "last": rounded(images.flat[-1])},
        "audio": {"first": rounded(audio.flat[0]), "last": rounded(audio.flat[-1])},
        "parameters": [
            {
                "name": p.name,
                "shape": p.shape,
                "trainable": p.trainable,
                "seed": seeds[p.name],
                "first": rounded(initial[p.name].flat[0]),
                "last": rounded(initial[p.name].flat[-1]),
            }
            for p in listed
        ],
        "inferenceLogits": rounded(numbers["inferenceLogits"]),
        "audioProbabilities": rounded(numbers["audioProbabilities"]),
        "imageProbabilities": rounded(numbers["imageProbabilities"]),
        "trainingLogits": rounded(numbers["trainingLogits"]),
        "loss": rounded(numbers["loss"]),
        "gradients": summaries("gradients"),
        "movingStatistics": summaries("movingStatistics"),
        "losses": rounded(numbers["losses"]),
        "calmLosses": rounded(numbers["calmLosses"]),
    }


def lines(found):
    """JSON with one line for each entry of a list, so that a change can be read."""
    fields = []
    for key, value in found.items():
        if isinstance(value, list) and value and isinstance(value[0], (dict, list)):
            text = "[\n" + ",\n".join("    " + json.dumps(entry) for entry in value) + "\n  ]"
        else:
            text = json.dumps(value)
        fields.append(f"  {json.dumps(key)}: {text}")
    return "{\n" + ",\n".join(fields) + "\n}\n"


def compare_with_float32(model):
    """What a correct float32 implementation may differ by: what a test's tolerances should be chosen from."""
    exact, single = reference(model), reference(model, torch.float32)
    print(model)
    for key in ("inferenceLogits", "audioProbabilities", "imageProbabilities", "trainingLogits", "loss"):
        difference = np.abs(np.asarray(single[key]) - np.asarray(exact[key])).max()
        print(f"  {key}: at most {difference:.1e} apart")
    for key in ("losses", "calmLosses"):
        apart = np.abs(np.asarray(single[key]) - np.asarray(exact[key]))
        print(f"  {key}: " + " ".join(f"{a:.0e}" for a in apart))
    for key in ("gradients", "movingStatistics"):
        apart = {n: np.linalg.norm(single[key][n] - v) / np.linalg.norm(v) for n, v in exact[key].items()}
        worst = max(apart, key=apart.get)
        print(f"  {key}: at most {apart[worst]:.1e} of the norm apart ({worst})")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--float32", action="store_true", help="write nothing; print how far float32 is from float64")
    arguments = parser.parse_args()
    for model in architectures.MODELS:
        if arguments.float32:
            compare_with_float32(model)
        else:
            (HERE / f"{model}.json").write_text(lines(fixture(model)))
