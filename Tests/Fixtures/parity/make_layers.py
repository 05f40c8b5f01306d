"""Makes layers.json: one layer at a time, and Adam, on tiny shapes, everything stored in full.

Needs: numpy==2.4.6 torch==2.13.0+cpu
"""

import math
import re

import torch
import torch.nn.functional as F

import formula
import operations
from make_parity import HERE, lines, rounded
from reference import Adam

UNTRAINED = ("moving_mean", "moving_variance", "temperature")
INPUT_SEED, UPSTREAM_SEED, PARAMETER_SEED = 10_001, 10_002, 10_010


def signed(shape, seed):
    """Values in [-1, 1)."""
    count = torch.Size(shape).numel()
    return torch.tensor(formula.rounded(2 * formula.uniform(seed, count) - 1).reshape(shape))


def stored(tensor):
    return {"shape": list(tensor.shape), "values": rounded(tensor.detach().reshape(-1).numpy())}


def probabilities(shape, seed):
    """Values from 0.1 to 1."""
    return torch.tensor(formula.rounded((signed(shape, seed).numpy() + 1) * 0.45 + 0.1))


def case(name, layer, input_shape, parameter_shapes, apply, training=None, inputs=signed):
    """Runs `apply(x, *parameters)`, which gives the output and, by name, the moving statistics it moved.

    `layer` is written as in Duet's own files, {kind: settings} or the kind alone: what the numbers are compared with is read
    from it. `training` is given where it makes a difference.
    """
    x = inputs(input_shape, INPUT_SEED).requires_grad_()
    parameters = {}
    for place, (role, shape) in enumerate(parameter_shapes.items()):
        values = torch.tensor(formula.values(role, shape, PARAMETER_SEED + place))
        parameters[role] = values.requires_grad_(role not in UNTRAINED)
    output, moved = apply(x, *parameters.values())
    upstream = signed(output.shape, UPSTREAM_SEED)
    trainable = {role: p for role, p in parameters.items() if p.requires_grad}
    input_gradient, *gradients = torch.autograd.grad(output, [x, *trainable.values()], upstream)
    return {
        "name": name,
        "layer": layer,
        "training": training,
        "input": stored(x),
        "parameters": {role: stored(p) for role, p in parameters.items()},
        "output": stored(output),
        "upstream": stored(upstream),
        "inputGradient": stored(input_gradient),
        "parameterGradients": {role: stored(g) for role, g in zip(trainable, gradients)},
        "movedStatistics": {role: stored(m) for role, m in moved.items()},
    }


def convolution(kernel, padding, input_shape, filters, activation=None):
    kind = {1: "Conv1D", 2: "Conv2D"}[len(kernel)]
    window = "x".join(map(str, kernel))
    settings = {"filters": filters, "kernel": kernel[0], "padding": padding}
    shapes = {"kernel": (*kernel, input_shape[-1], filters), "bias": (filters,)}

    def apply(x, weights, bias):
        return operations.activate(operations.convolve(x, weights, bias, padding), activation), {}

    return case(
        f"{kind} {window} {padding} {input_shape[-1]} to {filters}" + (f" {activation}" if activation else ""),
        {kind: settings | ({"activation": activation} if activation else {})},
        input_shape,
        shapes,
        apply,
    )


def pooling(input_shape):
    kind = {3: "MaxPooling1D", 4: "MaxPooling2D"}[len(input_shape)]
    extents = "x".join(map(str, input_shape[1:]))
    return case(f"{kind} of {extents}", kind, input_shape, {}, lambda x: (operations.max_pool(x), {}))


def average_pooling(input_shape, pool, **settings):
    """Padding puts an odd place at the end, and what it adds does not count."""
    strides = settings.get("strides", pool)

    def pads(length):
        added = max((math.ceil(length / strides) - 1) * strides + pool - length, 0)
        return (added // 2, added - added // 2) if settings.get("padding") == "same" else (0, 0)

    def sums(x):
        x = F.pad(operations.channels_first(x), (*pads(x.shape[2]), *pads(x.shape[1])))
        return operations.channels_last(F.avg_pool2d(x, pool, strides, divisor_override=1))

    words = [f"AveragePooling2D {pool}x{pool}", *map(str, settings.values())]
    layer = {"AveragePooling2D": {"pool": pool} | settings}
    return case(" ".join(words), layer, input_shape, {}, lambda x: (sums(x) / sums(torch.ones_like(x)), {}))


def reshaping(kind, input_shape, target_shape):
    """Another shape of the same numbers, the last axis fastest as in Keras."""
    extents = "x".join(map(str, input_shape[1:]))
    layer = {kind: {"target_shape": target_shape}} if kind == "Reshape" else kind
    return case(
        f"{kind} of {extents}", layer, input_shape, {}, lambda x: (x.reshape(input_shape[0], *target_shape), {})
    )


def normalization(input_shape, training):
    mode = "training" if training else "inference"
    extents = "x".join(map(str, input_shape))
    shapes = {role: input_shape[-1:] for role in ("gamma", "beta", "moving_mean", "moving_variance")}

    def apply(x, gamma, beta, moving_mean, moving_variance):
        if not training:
            return operations.normalize(x, gamma, beta, moving_mean, moving_variance), {}
        mean, variance = operations.batch_statistics(x)
        moved = {
            "moving_mean": operations.moved(moving_mean, mean),
            "moving_variance": operations.moved(moving_variance, variance),
        }
        return operations.normalize(x, gamma, beta, mean, variance), moved

    name = f"BatchNormalization of {extents} in {mode}"
    return case(name, "BatchNormalization", input_shape, shapes, apply, training)


def fully_connected(rows, inputs, units, activation):
    def apply(x, kernel, bias):
        return operations.activate(operations.dense(x, kernel, bias), activation), {}

    shapes = {"kernel": (inputs, units), "bias": (units,)}
    name = f"Dense {inputs} to {units} {activation or 'linear'}"
    layer = {"Dense": {"units": units} | ({"activation": activation} if activation else {})}
    return case(name, layer, (rows, inputs), shapes, apply)


def tempered_log(shape):
    return case(
        f"TemperedLog of {shape[-1]}",
        "TemperedLog",
        shape,
        {"temperature": (1,)},
        lambda x, temperature: (torch.log(x) / temperature, {}),
        inputs=probabilities,
    )


def names_of_activations():
    """Those of `Activation` in Swift, so that a new one needs nothing here."""
    text = (HERE / "../../../Sources/NeuralNetwork/Layers/Activation.swift").read_text()
    cases = text[: text.index("enum Form")]
    return [name for name in re.findall(r"^    case (\w+)$", cases, re.MULTILINE) if name not in ("linear", "softmax")]


def activation_alone(name, shape):
    return case(
        f"Activation {name} of {'x'.join(map(str, shape[1:]))}",
        {"Activation": {"function": name}},
        shape,
        {},
        lambda x: (operations.activate(x, name), {}),
    )


def activations():
    """Every activation in every layer that takes one."""
    for name in names_of_activations():
        yield fully_connected(3, 6, 5, name)
        yield convolution((2,), "valid", (2, 6, 3), 4, name)
        yield convolution((3, 3), "same", (1, 4, 5, 2), 3, name)
        yield activation_alone(name, (3, 5))
    yield fully_connected(3, 6, 5, "softmax")


def adam(size=20, steps=5):
    """Gradients from 1 down to 1e-10 and exactly 0: where they are small, epsilon's place in the formula shows."""
    p = signed((size,), PARAMETER_SEED)
    scale = 10.0 ** -(torch.arange(size, dtype=torch.float64) % 11)
    scale[size - 1] = 0
    optimizer = Adam([p])
    found = {"initial": stored(p), "gradients": [], "updated": []}
    for step in range(steps):
        gradient = (signed((size,), UPSTREAM_SEED + step) * scale).float().double()
        optimizer.step([gradient])
        found["gradients"].append(rounded(gradient.numpy()))
        found["updated"].append(rounded(p.numpy()))
    return found


def cases():
    return [
        convolution((2,), "valid", (2, 9, 1), 16, "relu"),
        convolution((2,), "valid", (2, 8, 16), 32),
        convolution((2,), "valid", (3, 7, 3), 5, "relu"),
        convolution((3, 3), "same", (2, 6, 5, 1), 16, "relu"),
        convolution((3, 3), "same", (2, 4, 5, 16), 16),
        convolution((3, 3), "same", (2, 5, 4, 3), 10, "relu"),
        convolution((5, 5), "same", (2, 6, 7, 3), 5),
        convolution((3, 3), "valid", (2, 5, 6, 5), 10, "relu"),
        convolution((3, 3), "valid", (1, 5, 4, 16), 16),
        convolution((2, 2), "same", (2, 5, 4, 3), 20),
        convolution((2, 2), "same", (2, 4, 5, 16), 16, "relu"),
        pooling((2, 7, 16)),
        pooling((3, 5, 3)),
        pooling((2, 5, 7, 16)),
        pooling((2, 7, 4, 5)),
        average_pooling((2, 5, 7, 16), 2),
        average_pooling((1, 5, 5, 4), 2, padding="same"),
        average_pooling((1, 5, 6, 20), 3, strides=1),
        average_pooling((2, 7, 6, 5), 3, strides=2, padding="same"),
        average_pooling((2, 8, 7, 3), 2, strides=3, padding="same"),
        *(
            normalization(shape, training)
            for shape in ((6, 16), (7, 5), (3, 5, 16), (2, 7, 3), (2, 3, 4, 16), (2, 3, 3, 10))
            for training in (True, False)
        ),
        fully_connected(4, 20, 16, "relu"),
        fully_connected(3, 5, 10, None),
        fully_connected(2, 32, 48, None),
        activation_alone("softmax", (4, 10)),
        activation_alone("softmax", (3, 16)),
        tempered_log((3, 10)),
        reshaping("Flatten", (2, 3, 4, 5), [60]),
        reshaping("Reshape", (2, 12, 5), [5, 4, 3]),
        reshaping("Reshape", (2, 60), [12, 5]),
        reshaping("Reshape", (2, 4, 5, 3), [60]),
        *activations(),
    ]


if __name__ == "__main__":
    (HERE / "layers.json").write_text(lines({"cases": cases(), "adam": adam()}))
