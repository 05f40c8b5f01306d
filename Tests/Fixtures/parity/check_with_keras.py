"""Compares the fixtures with Keras in float64, to show that they are what a Keras user gets. Fails where they differ.

Needs: keras==3.15.1 numpy==2.4.6 tensorflow-cpu==2.21.0 torch==2.13.0+cpu
"""

import json
import os
import sys

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

import formula  # noqa: E402
from make_parity import HERE, summary  # noqa: E402
from reference import (  # noqa: E402  (which also finds benchmarks/peers)
    CALM_BATCH,
    CALM_RATE,
    LEARNING_RATE,
    STEPS,
    architectures,
    initial_parameters,
)

import keras_models  # noqa: E402

TOLERANCE = 1e-8
CHAOTIC_TOLERANCE = 1e-5  # 20 steps on 20 different batches of 8 enlarge a difference up to 10^9 times
failures = []


def compare(what, found, expected, tolerance=TOLERANCE):
    """Prints the largest difference, relative to the largest value where that is above 1."""
    found, expected = np.asarray(found, dtype=np.float64), np.asarray(expected, dtype=np.float64)
    difference = np.abs(found.reshape(-1) - expected.reshape(-1)).max() / max(1, np.abs(expected).max())
    good = difference <= tolerance
    if not good:
        failures.append(what)
    print(f"  {what}: {difference:.1e}" + ("" if good else f", above {tolerance:.0e}"))


def adam(rate=LEARNING_RATE):
    """Keras's Adam with its β in float64: it casts plain numbers to float32 before raising them to the step's power,
    which makes the first step 7e-6 smaller."""
    return keras.optimizers.Adam(learning_rate=rate, beta_1=np.float64(0.9), beta_2=np.float64(0.999))


def build(name):
    """The Keras model with the formula's weights, and its weights by the fixtures' names."""
    model = keras_models.build(name, dropout_rate=0.0)
    weights = {f"{layer.name}.{w.name}": w for layer in model.layers for w in layer.weights}
    initial = initial_parameters(name)
    if weights.keys() != initial.keys():
        sys.exit(f"{name}: Keras's weights are {sorted(weights)}, the fixture's {sorted(initial)}")
    for key, value in initial.items():
        weights[key].assign(value)
    return model, weights


def check_model(name):
    print(name)
    fixture = json.loads((HERE / f"{name}.json").read_text())
    seeds = {p["name"]: p["seed"] for p in fixture["parameters"]}
    images, audio, labels = formula.batch(0)
    model, weights = build(name)
    branches = model.get_layer("fusion").input
    heard, seen, logits = keras.Model(model.inputs, [*branches, model.output])([images, audio], training=False)
    compare("inference logits", logits, fixture["inferenceLogits"])
    compare("audio probabilities", heard, fixture["audioProbabilities"])
    compare("image probabilities", seen, fixture["imageProbabilities"])

    trainable = {key: w for key, w in weights.items() if w.trainable}
    with tf.GradientTape() as tape:
        logits = model([images, audio], training=True)
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(labels, logits)
    gradients = dict(zip(trainable, tape.gradient(loss, [w.value for w in trainable.values()])))
    compare("training logits", logits, fixture["trainingLogits"])
    compare("training loss", loss, fixture["loss"])
    for key, entries, numbers in (
        ("gradients", fixture["gradients"], gradients),
        ("moving statistics", fixture["movingStatistics"], weights),
    ):
        found, expected = [], []
        for entry in entries:
            mine = summary(np.asarray(numbers[entry["name"]]), seeds[entry["name"]])
            form = "values" if "values" in entry else "sketch"
            found += [value / entry["norm"] for value in (mine["norm"], *mine[form])]
            expected += [value / entry["norm"] for value in (entry["norm"], *entry[form])]
        compare(f"{key}, in parts of their norms", found, expected)

    for key, rate, size, tolerance in (
        ("losses", LEARNING_RATE, formula.BATCH, CHAOTIC_TOLERANCE),
        ("calmLosses", CALM_RATE, CALM_BATCH, TOLERANCE),
    ):
        model, _ = build(name)
        keras_models.compile_for_training(model, optimizer=adam(rate))
        losses = []
        for step in range(STEPS):
            images, audio, labels = formula.batch(step, size)
            losses.append(model.train_on_batch([images, audio], labels))
            model.reset_metrics()
        compare(f"{key} of train_on_batch", losses, fixture[key], tolerance)


def keras_layer(layer):
    """A layer as Duet's files write it, with Keras's names for the settings that Duet calls otherwise."""
    ((kind, settings),) = ({layer: {}} if isinstance(layer, str) else layer).items()
    names = {"kernel": "kernel_size", "pool": "pool_size", "function": "activation"}
    return getattr(keras.layers, kind)(**{names.get(key, key): value for key, value in settings.items()})


def array(entry):
    return np.array(entry["values"]).reshape(entry["shape"])


def check_layer(case):
    layer = keras_layer(case["layer"])
    x = tf.constant(array(case["input"]))
    layer.build(x.shape)
    weights = {w.name: w for w in layer.weights}
    for role, entry in case["parameters"].items():
        weights[role].assign(array(entry))
    options = {} if case["training"] is None else {"training": case["training"]}
    trainable = [weights[role] for role in case["parameterGradients"]]
    with tf.GradientTape() as tape:
        tape.watch(x)
        output = layer(x, **options)
    found = tape.gradient(output, [x, *(w.value for w in trainable)], array(case["upstream"]))
    pairs = [(output, case["output"]), (found[0], case["inputGradient"])]
    pairs += zip(found[1:], case["parameterGradients"].values())
    pairs += [(weights[role], entry) for role, entry in case["movedStatistics"].items()]
    if any(tuple(mine.shape) != tuple(entry["shape"]) for mine, entry in pairs):
        sys.exit(f"{case['name']}: Keras's shapes differ from the fixture's")
    compare(
        case["name"],
        np.concatenate([np.asarray(mine).reshape(-1) for mine, _ in pairs]),
        np.concatenate([array(entry).reshape(-1) for _, entry in pairs]),
    )


def check_adam(fixture):
    p = keras.Variable(array(fixture["initial"]))
    optimizer = adam()
    optimizer.build([p])
    found = []
    for gradient in fixture["gradients"]:
        optimizer.apply([tf.constant(gradient, dtype=tf.float64)])
        found.append(np.asarray(p.value))
    compare("Adam", found, fixture["updated"])


if __name__ == "__main__":
    keras.backend.set_floatx("float64")
    layers = json.loads((HERE / "layers.json").read_text())
    print("layers")
    for case in layers["cases"]:
        check_layer(case)
    check_adam(layers["adam"])
    for name in architectures.MODELS:
        check_model(name)
    if failures:
        sys.exit(f"{len(failures)} comparisons failed")
