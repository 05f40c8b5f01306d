"""Trains one of the paper's models with Keras and the paper's settings until it reaches an accuracy on the test pairs.

Adam at a constant 1e-3, batch 32, default initial weights, all weights together on the fused output. Trains on the
pairs that Duet may train on. The time is that of `fit` alone: testing after each quarter of an epoch does not count, nor
does reading the data. There is no validation.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

import architectures  # noqa: E402
import keras_models  # noqa: E402
from duet_split import training_rows  # noqa: E402


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="a dataset folder with groups")
    parser.add_argument("--model", choices=list(architectures.MODELS), default="model-2")
    parser.add_argument("--target", type=float, default=0.987)
    parser.add_argument("--epochs", type=int, default=10, help="at most")
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--variant", choices=["graph", "xla"], default="graph")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--limit", type=int, help="train on this many pairs only")
    return parser.parse_args()


def read(folder, side):
    names = ("data_wr", "data_sp", "labels", "groups")
    images, audio, labels, groups = (np.load(folder / f"{name}_{side}.npy") for name in names)
    images = images.reshape(-1, *architectures.IMAGE_SHAPE).astype(np.float32) / 255
    audio = audio.reshape(-1, *architectures.AUDIO_SHAPE).astype(np.float32)
    return images, audio, labels.reshape(-1), groups.reshape(-1)


def load(options):
    """Training and test pairs, the audio normalized by the training pairs."""
    *training, groups = read(options.folder, "train")
    *test, test_groups = read(options.folder, "test")
    rows = training_rows(training[2], groups, test_groups, options.seed, options.limit)
    training = [part[rows] for part in training]
    mean, deviation = training[1].mean(axis=0, dtype=np.float64), training[1].std(axis=0, dtype=np.float64)
    deviation[deviation == 0] = 1
    for part in (training, test):
        part[1] = ((part[1] - mean) / deviation).astype(np.float32)
    return training, test


TESTS_PER_EPOCH = 4


def accuracy(network, images, audio, labels):
    scores = network.predict([images, audio], batch_size=500, verbose=0)
    return float((scores.argmax(axis=1) == labels).mean())


def main():
    options = arguments()
    tf.config.threading.set_intra_op_parallelism_threads(options.threads)
    tf.config.threading.set_inter_op_parallelism_threads(options.threads)
    keras.utils.set_random_seed(options.seed)
    (images, audio, labels), test = load(options)
    network = keras_models.build(options.model)
    keras_models.compile_for_training(network, jit_compile=options.variant == "xla")

    order, tests, seconds = np.random.default_rng(options.seed), [], 0.0
    while len(tests) < TESTS_PER_EPOCH * options.epochs and not (tests and tests[-1]["test_accuracy"] >= options.target):
        if len(tests) % TESTS_PER_EPOCH == 0:
            parts = np.array_split(order.permutation(len(labels)), TESTS_PER_EPOCH)
        rows = parts[len(tests) % TESTS_PER_EPOCH]
        part = [images[rows], audio[rows]], labels[rows]
        start = time.perf_counter()
        network.fit(*part, batch_size=options.batch_size, epochs=1, shuffle=False, verbose=0)
        seconds += time.perf_counter() - start
        epoch = (len(tests) + 1) / TESTS_PER_EPOCH
        tests.append({"epoch": epoch, "seconds": round(seconds, 2), "test_accuracy": accuracy(network, *test)})
        print(f"epoch {epoch}: {seconds:.0f} s, {tests[-1]['test_accuracy']:.4f}", file=sys.stderr, flush=True)
    versions = {"keras": keras.__version__, "tensorflow": tf.__version__}
    print(json.dumps({"pairs": len(labels), "tests": tests, "versions": versions}))


if __name__ == "__main__":
    main()
