"""Predictions of the model that Duet ships, for many files at once."""

import csv
import subprocess
import tempfile
from pathlib import Path


def predictions(duet, modality, files, options=()):
    """A row of `duet predict`'s CSV file for each file."""
    with tempfile.TemporaryDirectory() as folder:
        manifest, output = Path(folder, "files.csv"), Path(folder, "predictions.csv")
        manifest.write_text("\n".join([modality, *map(str, files)]) + "\n")
        subprocess.run(
            [duet, "predict", "--files", manifest, "--output", output, "--quiet", *options], check=True)
        with output.open() as rows:
            return list(csv.DictReader(rows))


def accuracy(duet, modality, files, labels):
    """The share of files that are predicted as their labels, and which are not."""
    found = [row["label"] for row in predictions(duet, modality, files)]
    wrong = [place for place, (label, right) in enumerate(zip(found, labels)) if label != str(right)]
    return 1 - len(wrong) / len(files), wrong
