"""How well the ranking of an exhaustive search, whose branches are trained apart, agrees with that of joint trainings.

Draws networks from the whole range of a finished study's accuracies, trains each of them jointly, all weights at once, and prints
Spearman's rank correlation of the validation accuracies with a bootstrap interval.

Run from the project's folder: python3 benchmarks/search/joint_ranking.py STUDY --networks 30 --epochs 8
Needs NumPy and SciPy, as requirements.txt has them.
"""

import argparse
import csv
import json
import pathlib
import sqlite3
import subprocess
import tempfile

import numpy
from scipy import stats

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("study")
parser.add_argument("--networks", type=int, default=30)
parser.add_argument("--epochs", type=int, default=8)
parser.add_argument("--seed", type=int, default=0)
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--duet", default=".build/release/duet")
arguments = parser.parse_args()
random = numpy.random.default_rng(arguments.seed)

study = sqlite3.connect(pathlib.Path(arguments.study) / "study.sqlite")
settings = json.loads(study.execute("SELECT value FROM setting WHERE key = 'configuration'").fetchone()[0])
# The study's settings but for those of trainings in parts.
shared = ["--data", settings["data"], "--seed", settings["seed"], "--batch-size", settings["batch_size"],
          "--learning-rate", settings["learning_rate"], "--learning-rate-schedule", settings["learning_rate_schedule"]]
if settings.get("limit"):
    shared += ["--limit", settings["limit"]]

with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    subprocess.run(
        [arguments.duet, "search", "export", arguments.study, "--output", folder / "table.csv"], check=True)
    with open(folder / "table.csv", newline="") as lines:
        # The best first: one at random from each of equally large parts.
        rows = [(row["name"], float(row["validation_accuracy"])) for row in csv.DictReader(lines)]
    parts = numpy.array_split(numpy.arange(len(rows)), arguments.networks)
    chosen = [rows[random.choice(part)] for part in parts]
    apart, joint = [], []
    for place, (network, accuracy) in enumerate(chosen):
        run = folder / f"run-{place}"
        described = subprocess.run(
            [arguments.duet, "search", "best", arguments.study, "--pick", network], check=True, capture_output=True)
        model = folder / "network.yaml"
        model.write_bytes(described.stdout)
        subprocess.run(
            [arguments.duet, "train", "--model", model, *map(str, shared), "--schedule", "joint", "--epochs",
             str(arguments.epochs), "--threads", str(arguments.threads), "--output", run, "--no-report", "--quiet"],
            check=True, stdout=subprocess.DEVNULL)
        epochs = json.loads((run / "metrics.json").read_text())["history"]["epochs"]
        apart.append(accuracy)
        joint.append(max(epoch["validationAccuracy"] for epoch in epochs))
        print(f"{network}: apart {apart[-1]:.4f}, joint {joint[-1]:.4f}", flush=True)

apart, joint = numpy.array(apart), numpy.array(joint)
resampled = []
for _ in range(10_000):
    places = random.integers(0, len(apart), len(apart))
    resampled.append(stats.spearmanr(apart[places], joint[places]).statistic)
low, high = numpy.nanquantile(resampled, [0.025, 0.975])
print(f"Spearman's rank correlation {stats.spearmanr(apart, joint).statistic:.2f}, 95 % interval {low:.2f} to {high:.2f}, "
      f"{len(apart)} networks")
