"""Whether an exhaustive search found the numbers that `duet train --from STUDY --pick NAME` gives, bit for bit.

Draws networks from a finished study, trains each alone, and compares validation accuracy and loss of each branch, and of the whole
network where it has a head. A fusion without one trains nothing but its branches, so theirs are all that such a training says.

Run from the project's folder, on the study's machine: python3 benchmarks/search/same_numbers.py STUDY --networks 50
Exits with 1 where a number differs.
"""

import argparse
import json
import pathlib
import random
import sqlite3
import subprocess
import sys
import tempfile

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("study")
parser.add_argument("--networks", type=int, default=50)
parser.add_argument("--seed", type=int, default=0)
parser.add_argument("--duet", default=".build/release/duet")
arguments = parser.parse_args()

study = sqlite3.connect(pathlib.Path(arguments.study) / "study.sqlite")
(name,) = study.execute("SELECT value FROM setting WHERE key = 'name'").fetchone()
branches = {}
for modality, candidate, accuracy, loss in study.execute("SELECT modality, candidate, accuracy, loss FROM branch ORDER BY place"):
    branches.setdefault(modality, {})[candidate] = (accuracy, loss)
heads = [row[0] for row in study.execute("SELECT candidate FROM head ORDER BY candidate")]

draw = random.Random(arguments.seed)
compared, wrong, without_head = 0, 0, 0
with tempfile.TemporaryDirectory() as folder:
    for place in range(arguments.networks):
        chosen = {modality: draw.choice(sorted(candidates)) for modality, candidates in branches.items()}
        network = "-".join(map(str, [name, *chosen.values(), draw.choice(heads)]))
        described = subprocess.run(
            [arguments.duet, "search", "best", arguments.study, "--pick", network, "--json"], check=True, capture_output=True)
        found = json.loads(described.stdout)
        run = pathlib.Path(folder) / f"run-{place}"
        subprocess.run(
            [arguments.duet, "train", "--from", arguments.study, "--pick", network, "--output", run, "--no-report", "--quiet"],
            check=True, stdout=subprocess.DEVNULL)
        alone = {
            epoch["phase"]: (epoch["validationAccuracy"], epoch["validationLoss"])
            for epoch in json.loads((run / "metrics.json").read_text())["keptEpochs"]
        }
        expected = {modality: branches[modality][candidate] for modality, candidate in chosen.items()}
        if "head" in alone:
            expected["head"] = (found["validationAccuracy"], found["validationLoss"])
        else:
            without_head += 1
        differing = [f"{part}: {alone.get(part)}, in the study {numbers}"
                     for part, numbers in expected.items() if alone.get(part) != numbers]
        compared, wrong = compared + len(expected), wrong + len(differing)
        print(f"{network}: {'; '.join(differing) or 'the same'}", flush=True)

print(f"{arguments.networks} networks, {without_head} of them without a head: {compared - wrong} of {compared} parts are the same")
sys.exit(wrong > 0)
