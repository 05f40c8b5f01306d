"""The paper's four models as plain data, in Keras's words.

Everything in Python that needs the networks (the peers' benchmarks and the parity fixtures) builds them from here, so
that there is one description to check against the paper's parameter counts.
"""

from typing import NamedTuple

IMAGE_SHAPE = (28, 28, 1)
AUDIO_SHAPE = (507, 1)
CLASSES = 10
PARAMETER_COUNTS = {"model-1": 1_869_454, "model-2": 6_766_478, "model-3": 1_344_654, "model-4": 2_504_270}


class Layer(NamedTuple):
    kind: str
    size: int = 0  # filters of a convolution, units of a dense layer
    activation: str | None = None


class Architecture(NamedTuple):
    audio: list[Layer]
    image: list[Layer]
    head: list[Layer]


class Parameter(NamedTuple):
    name: str  # layer name and role, as in "image.conv2d_1.kernel"
    role: str  # kernel, bias, gamma, beta, moving_mean or moving_variance
    shape: tuple[int, ...]  # in Keras's layout
    trainable: bool


def conv1d(filters):
    """Kernel 2, 'valid' padding, ReLU."""
    return Layer("conv1d", filters, "relu")


def conv2d(filters):
    """Kernel 3 by 3, 'same' padding, ReLU."""
    return Layer("conv2d", filters, "relu")


def dense(units, activation="relu"):
    return Layer("dense", units, activation)


norm = Layer("batch_normalization")
pool1d = Layer("max_pooling1d")
pool2d = Layer("max_pooling2d")
flatten = Layer("flatten")
dropout = Layer("dropout")
probabilities = dense(CLASSES, "softmax")
logits = dense(CLASSES, None)

MODELS = {
    "model-1": Architecture(
        audio=[conv1d(16), norm, pool1d, flatten, dense(64), norm, probabilities],
        image=[conv2d(32), norm, flatten, dense(64), norm, dropout, probabilities],
        head=[dense(64), norm, logits],
    ),
    "model-2": Architecture(
        audio=[
            *(conv1d(16), norm, pool1d),
            *(conv1d(32), norm, pool1d),
            *(conv1d(64), norm, pool1d),
            *(flatten, dense(64), norm, probabilities),
        ],
        image=[
            *(conv2d(32), norm, conv2d(32), norm, pool2d, dropout),
            *(conv2d(64), norm),
            *(flatten, dense(512), norm, dropout, probabilities),
        ],
        head=[dense(64), norm, dense(128), norm, dense(256), norm, logits],
    ),
    "model-3": Architecture(
        audio=[
            *(conv1d(16), norm, pool1d),
            *(conv1d(32), norm),
            *(flatten, dense(64), norm, probabilities),
        ],
        image=[
            *(conv2d(32), norm, conv2d(32), norm, pool2d, dropout),
            *(flatten, dense(128), norm, dropout, probabilities),
        ],
        head=[dense(64), norm, dense(128), norm, logits],
    ),
    "model-4": Architecture(
        audio=[
            *(conv1d(16), norm, pool1d),
            *(conv1d(32), norm, pool1d),
            *(conv1d(64), norm, pool1d),
            *(conv1d(128), norm, pool1d),
            *(flatten, dense(64), norm, dense(128), norm, probabilities),
        ],
        image=[
            *(conv2d(32), norm, conv2d(32), norm, pool2d, dropout),
            *(conv2d(64), norm, conv2d(64), norm, pool2d, dropout),
            *(flatten, dense(512), norm, dropout, dense(1024), norm, dropout, probabilities),
        ],
        head=[dense(64), norm, dense(128), norm, logits],
    ),
}


def layer_names(branch, layers):
    """Keras's names: counted per kind of layer within the branch, the first one without a number."""
    counts, names = {}, []
    for layer in layers:
        count = counts.get(layer.kind, 0)
        counts[layer.kind] = count + 1
        names.append(f"{branch}.{layer.kind}" + (f"_{count}" if count else ""))
    return names


def output_shape(layer, shape):
    """The shape that a layer makes of another, both without the batch."""
    match layer.kind:
        case "conv1d":
            return (shape[0] - 1, layer.size)
        case "conv2d":
            return (*shape[:2], layer.size)
        case "dense":
            return (layer.size,)
        case "max_pooling1d" | "max_pooling2d":
            return (*(extent // 2 for extent in shape[:-1]), shape[-1])
        case "flatten":
            size = 1
            for extent in shape:
                size *= extent
            return (size,)
        case _:
            return shape


def branches(model):
    """The name, input shape and layers of each branch, in the order of the parameter list: audio, image, head."""
    architecture = MODELS[model]
    yield "audio", AUDIO_SHAPE, architecture.audio
    yield "image", IMAGE_SHAPE, architecture.image
    yield "head", (2 * CLASSES,), architecture.head


def parameters(model):
    """The model's parameters in order: branch by branch, layer by layer, in Keras's order within a layer."""
    found = []
    for branch, shape, layers in branches(model):
        for name, layer in zip(layer_names(branch, layers), layers):
            kernels = {"conv1d": (2,), "conv2d": (3, 3), "dense": ()}
            if layer.kind in kernels:
                found.append(Parameter(f"{name}.kernel", "kernel", (*kernels[layer.kind], shape[-1], layer.size), True))
                found.append(Parameter(f"{name}.bias", "bias", (layer.size,), True))
            elif layer.kind == "batch_normalization":
                for role in ("gamma", "beta", "moving_mean", "moving_variance"):
                    found.append(Parameter(f"{name}.{role}", role, (shape[-1],), not role.startswith("moving")))
            shape = output_shape(layer, shape)
    return found
