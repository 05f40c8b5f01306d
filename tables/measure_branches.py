"""Measures each branch of a study on the test examples, with several random seeds: measure_branches.py STUDY OUTPUT.csv

A search looks at no test example. Here, `duet train --from STUDY` trains each branch once for each seed and tests it alone: networks
of two branches each, so that every branch occurs. How the branches are paired does not matter, since a branch is trained without
knowing the other; those that occur twice must have the same numbers. The search need not be finished: its branches are known as soon
as it has begun.

Run from the project's folder. What an earlier run has measured is read from the output and not measured again.
"""

import argparse
import concurrent.futures
import csv
import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("study")
parser.add_argument("output")
parser.add_argument("--seeds", default="42,43,44,45,46")
parser.add_argument("--jobs", type=int, default=2, help="the number of trainings at a time, each on one thread")
parser.add_argument("--duet", default=".build/release/duet")
arguments = parser.parse_args()

MODALITIES = ("audio", "image")
COLUMNS = ["modality", "branch", "seed", "parameters", "validation_accuracy", "validation_loss", "test_accuracy"]

study = sqlite3.connect(pathlib.Path(arguments.study) / "study.sqlite")
(name,) = study.execute("SELECT value FROM setting WHERE key = 'name'").fetchone()
branches = {
    modality: study.execute(
        "SELECT candidate, parameters FROM branch WHERE modality = ? ORDER BY candidate", (modality,)).fetchall()
    for modality in MODALITIES
}
# The first head is a fusion without layers, so that nothing else is trained.
(head,) = study.execute("SELECT MIN(candidate) FROM head WHERE layers = '[]'").fetchone()


def measure(seed, pair):
    """The rows of the branches of one network, trained and tested."""
    network = "-".join(map(str, [name, *(candidate for candidate, _ in pair), head]))
    with tempfile.TemporaryDirectory() as folder:
        run = pathlib.Path(folder) / "run"
        subprocess.run(
            [arguments.duet, "train", "--from", arguments.study, "--pick", network, "--seed", str(seed), "--output", run,
             "--no-report", "--quiet"],
            check=True, stdout=subprocess.DEVNULL, env={**os.environ, "OMP_NUM_THREADS": "1"})
        metrics = json.loads((run / "metrics.json").read_text())
    kept = {epoch["phase"]: epoch for epoch in metrics["keptEpochs"]}
    alone = metrics["test"]["accuracies"]["alone"]
    return [
        (modality, candidate, seed, parameters, f"{kept[modality]['validationAccuracy']:.6g}",
         f"{kept[modality]['validationLoss']:.6g}", f"{alone[modality]['accuracy']:.6g}")
        for modality, (candidate, parameters) in zip(MODALITIES, pair)
    ]


output = pathlib.Path(arguments.output)
measured = {}
if output.exists():
    with output.open(newline="") as lines:
        for row in csv.DictReader(lines):
            values = tuple(row[column] for column in COLUMNS)
            measured[values[0], int(values[1]), int(values[2])] = values

needed = []
for seed in map(int, arguments.seeds.split(",")):
    for place in range(max(map(len, branches.values()))):
        pair = [branches[modality][place % len(branches[modality])] for modality in MODALITIES]
        keys = [(modality, candidate, seed) for modality, (candidate, _) in zip(MODALITIES, pair)]
        if any(key not in measured for key in keys):
            needed.append((seed, pair))

wrong = 0
with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
    for done, rows in enumerate(pool.map(lambda item: measure(*item), needed), start=1):
        for row in rows:
            values = tuple(map(str, row))
            if measured.setdefault((row[0], row[1], row[2]), values) != values:
                print(f"{row[0]} branch {row[1]}, seed {row[2]}: {values}, before {measured[row[0], row[1], row[2]]}")
                wrong += 1
        beside = output.with_suffix(".part")
        with beside.open("w", newline="") as lines:
            writer = csv.writer(lines, lineterminator="\n")
            writer.writerow(COLUMNS)
            writer.writerows(measured[key] for key in sorted(measured))
        beside.replace(output)
        print(f"{done} of {len(needed)} networks", flush=True)

print(f"{len(measured)} rows; {wrong} branches measured twice with different numbers")
sys.exit(wrong > 0)
