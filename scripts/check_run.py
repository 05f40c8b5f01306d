"""Checks a Model 2 that Duet trained, and what it wrote about it, with NumPy and safetensors.

Usage: check_run.py MODEL EVALUATION PREDICTIONS DATASET
"""

import csv
import json
import sys
from pathlib import Path

import numpy as np
from safetensors import safe_open

PARAMETERS = 6_766_478  # the paper's count
ACCURACY = 0.7  # a good deal below what this short training reaches, and far above guessing's 0.1


def check(holds, message):
    if not holds:
        sys.exit(f"end-to-end: {message}")


def check_model(path):
    with safe_open(path, framework="numpy") as file:
        weights = [name for name in file.keys() if not name.startswith(("calibration.", "distances."))]
        count = sum(file.get_tensor(name).size for name in weights)
    check(count == PARAMETERS, f"{path} holds {count} weights, expected {PARAMETERS}")


def read_predictions(path, rows):
    """The labels of a leaderboard file, in order."""
    with open(path, newline="") as file:
        header, *lines = csv.reader(file)
    check(header == ["row_id", "label"], f"{path} starts with {header}")
    check([line[0] for line in lines] == [str(row) for row in range(rows)], f"{path}: row_id does not count to {rows}")
    return np.array([int(line[1]) for line in lines])


def main():
    model, evaluation_path, predictions_path, dataset = sys.argv[1:]
    check_model(model)
    labels = np.load(Path(dataset) / "labels_test.npy").reshape(-1)
    accuracy = float(np.mean(read_predictions(predictions_path, len(labels)) == labels))
    reported = json.loads(Path(evaluation_path).read_text())["accuracies"]["all"]["accuracy"]
    check(abs(accuracy - reported) < 1e-9, f"evaluate reports accuracy {reported}, the predictions have {accuracy}")
    check(accuracy > ACCURACY, f"the accuracy is {accuracy}, expected more than {ACCURACY}")
    print(f"end-to-end: accuracy {accuracy} on {len(labels)} test examples")


if __name__ == "__main__":
    main()
