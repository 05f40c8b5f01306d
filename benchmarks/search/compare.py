"""Compares Duet's sampler with Optuna's, both with their defaults, on the tables of export_tables.py, in Markdown.

Run with: pip install -r requirements.txt, then
python3 compare.py --tables FOLDER --perceptrons FOLDER --benchmark ../../.build/release/ParameterSearchBenchmark

Both see the same parameters: lists of numbers as indices in order, others as unordered options. The regret of a search is
the smallest loss so far less the table's smallest, divided by the table's median less its smallest: 0 is the optimum, 1 the
median. Optuna's part takes half an hour; its losses are kept in a file, and what is there is not run again.
"""

import argparse
import collections
import csv
import math
import pathlib
import statistics
import subprocess
import time

import optuna

TRIALS = (50, 200)
FIELDS = ("table", "sampler", "seed", "after_50", "after_200")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tables", type=pathlib.Path, required=True, help="of export_tables.py")
    parser.add_argument("--perceptrons", type=pathlib.Path, required=True, help="of train_tables.py")
    parser.add_argument("--benchmark", required=True, help="the program ParameterSearchBenchmark")
    parser.add_argument("--seeds", type=int, default=30)
    parser.add_argument("--kept", type=pathlib.Path, default=pathlib.Path("optuna.csv"), help="Optuna's losses")
    options = parser.parse_args()
    optuna.logging.set_verbosity(optuna.logging.ERROR)

    print_times(options.benchmark)
    print_hypervolumes(swift(options.benchmark, "halving", options.perceptrons, "10"))
    tables = {path.stem: read(path) for path in sorted(options.tables.glob("*.csv"))}
    search_with_optuna(tables, options.seeds, options.kept)
    with options.kept.open(newline="") as file:
        theirs = [row for row in csv.DictReader(file) if int(row["seed"]) < options.seeds]
    ours = swift(options.benchmark, "regret", options.tables, str(options.seeds))
    print_regrets(tables, {"ours": ours, "Optuna's": theirs})


def swift(program, *arguments):
    output = subprocess.run([program, *map(str, arguments)], check=True, capture_output=True, text=True).stdout
    return list(csv.DictReader(output.splitlines()))


class Table:
    def __init__(self, parameters, losses):
        self.parameters = parameters
        self.losses = losses
        ordered = sorted(losses.values())
        self.optimum, self.median = ordered[0], ordered[len(ordered) // 2]

    def loss(self, trial):
        point = tuple(
            trial.suggest_int(name, 0, count - 1) if name.startswith("o:")
            else trial.suggest_categorical(name, range(count)) for name, count in self.parameters)
        return self.losses[point]

    def regret(self, loss):
        return (loss - self.optimum) / (self.median - self.optimum)


def read(path):
    with path.open(newline="") as file:
        header, *rows = csv.reader(file)
    names = [name for name in header if not name.startswith("m:")]
    points = [tuple(map(int, row[:len(names)])) for row in rows]
    counts = [max(options) + 1 for options in zip(*points)]
    return Table(list(zip(names, counts)), {point: float(row[len(names)]) for point, row in zip(points, rows)})


def search_with_optuna(tables, seeds, kept):
    known = set()
    if kept.exists():
        with kept.open(newline="") as file:
            known = {(row["table"], row["sampler"], int(row["seed"])) for row in csv.DictReader(file)}
    with kept.open("a", newline="") as file:
        writer = csv.writer(file)
        if not known:
            writer.writerow(FIELDS)
        for name, table in tables.items():
            for sampler, kind in (("tpe", optuna.samplers.TPESampler), ("random", optuna.samplers.RandomSampler)):
                for seed in range(seeds):
                    if (name, sampler, seed) in known:
                        continue
                    study = optuna.create_study(sampler=kind(seed=seed))
                    study.optimize(table.loss, n_trials=TRIALS[-1])
                    losses = [trial.value for trial in study.trials]
                    writer.writerow([name, sampler, seed, *(min(losses[:count]) for count in TRIALS)])
                    file.flush()


def print_regrets(tables, results):
    regrets = collections.defaultdict(list)
    columns = [(source, sampler, count) for count in TRIALS for sampler in ("tpe", "random") for source in results]
    for source, rows in results.items():
        for row in rows:
            for count in TRIALS:
                loss = float(row[f"after_{count}"])
                regrets[row["table"], source, row["sampler"], count].append(tables[row["table"]].regret(loss))
    print("\n| table |", " | ".join(f"{source} {sampler}, {count}" for source, sampler, count in columns), "|")
    print("|---" * (len(columns) + 1) + "|")
    for name in tables:
        cells = [mean_and_error([regrets[name, *column]]) for column in columns]
        print(f"| {name} |", " | ".join(cells), "|")
    means = [mean_and_error([regrets[name, *column] for name in tables]) for column in columns]
    print("| mean |", " | ".join(means), "|")


def mean_and_error(groups):
    """The mean of the groups' means, and its standard error over seeds."""
    mean = statistics.fmean(statistics.fmean(group) for group in groups)
    variance = sum(statistics.variance(group) / len(group) for group in groups) / len(groups) ** 2
    return f"{mean:.4f} ± {math.sqrt(variance):.4f}"


def print_hypervolumes(rows):
    volumes = collections.defaultdict(dict)
    for row in rows:
        volumes[row["table"], int(row["trials"])].setdefault(row["sampler"], []).append(float(row["hypervolume"]))
    samplers = list(dict.fromkeys(row["sampler"] for row in rows))
    print("\n| table | epochs |", " | ".join(samplers), "| halving+tpe / tpe |")
    print("|---" * (len(samplers) + 3) + "|")
    for (name, trials), found in volumes.items():
        medians = {sampler: statistics.median(found[sampler]) for sampler in samplers}
        cells = [f"{medians[sampler]:.4f}" for sampler in samplers]
        print(f"| {name} | {trials} × 27 |", " | ".join(cells), f"| {medians['halving+tpe'] / medians['tpe']:.3f} |")


def print_times(program):
    """How long a suggestion takes after 1,000 trials with 9 parameters: medians."""
    print("\n| space | objectives | ours, ms | Optuna's, ms |")
    print("|---|---|---|---|")
    for row in swift(program, "time"):
        objectives = int(row["objectives"])
        theirs = optuna_milliseconds(row["space"].endswith("lists"), objectives)
        print(f"| {row['space']} | {objectives} | {float(row['milliseconds']):.1f} | {theirs:.1f} |")


def optuna_milliseconds(lists, objectives):
    def ask(trial):
        names = [f"parameter {index}" for index in range(9)]
        return [trial.suggest_int(name, 0, 5) if lists else trial.suggest_float(name, 0, 1) for name in names]

    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0), directions=["minimize"] * objectives)
    study.optimize(lambda trial: [sum(ask(trial)) + index * trial.params["parameter 0"] for index in range(objectives)],
                   n_trials=1000)
    study.sampler = optuna.samplers.TPESampler(seed=0)
    times = []
    for _ in range(11):
        start = time.perf_counter()
        trial = study.ask()
        ask(trial)
        times.append(1000 * (time.perf_counter() - start))
        study.tell(trial, state=optuna.trial.TrialState.FAIL)
    return statistics.median(times)


if __name__ == "__main__":
    main()
