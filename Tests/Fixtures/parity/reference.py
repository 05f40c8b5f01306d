"""One model's reference numbers, computed with PyTorch from the formula's weights and batches."""

import math
import sys
from pathlib import Path

import torch
import torch.nn.functional as F

import formula
import operations

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "benchmarks" / "peers"))
import architectures  # noqa: E402

STEPS = 20
CALM_BATCH, CALM_RATE = 32, 2e-5
LEARNING_RATE, BETA_1, BETA_2, ADAM_EPSILON = 1e-3, 0.9, 0.999, 1e-7


def initial_parameters(model):
    """Name to float64 array, for all parameters, in order."""
    number = int(model.removeprefix("model-"))
    return {
        p.name: formula.values(p.role, p.shape, formula.parameter_seed(number, place))
        for place, p in enumerate(architectures.parameters(model))
    }


class Network:
    """A model with its parameters. A training forward moves the moving statistics, as Keras's does."""

    def __init__(self, model, dtype):
        self.model = model
        self.dtype = dtype
        self.parameters = {name: torch.tensor(v, dtype=dtype) for name, v in initial_parameters(model).items()}
        names = [p.name for p in architectures.parameters(model) if p.trainable]
        self.trainable = {name: self.parameters[name].requires_grad_() for name in names}

    def forward(self, images, audio, training):
        """The logits, and the probabilities of the audio and the image branch."""
        layers = architectures.MODELS[self.model]
        heard = self.run("audio", layers.audio, audio, training)
        seen = self.run("image", layers.image, images, training)
        logits = self.run("head", layers.head, torch.cat([heard, seen], dim=1), training)
        return logits, heard, seen

    def run(self, branch, layers, x, training):
        for name, layer in zip(architectures.layer_names(branch, layers), layers):
            x = self.apply(name, layer, x, training)
        return x

    def apply(self, name, layer, x, training):
        p = self.parameters
        match layer.kind:
            case "conv1d" | "conv2d":
                padding = "same" if layer.kind == "conv2d" else "valid"
                x = operations.convolve(x, p[f"{name}.kernel"], p[f"{name}.bias"], padding)
                return operations.activate(x, layer.activation)
            case "dense":
                return operations.activate(
                    operations.dense(x, p[f"{name}.kernel"], p[f"{name}.bias"]), layer.activation
                )
            case "batch_normalization":
                mean, variance = p[f"{name}.moving_mean"], p[f"{name}.moving_variance"]
                if training:
                    moving_mean, moving_variance = mean, variance
                    mean, variance = operations.batch_statistics(x)
                    p[f"{name}.moving_mean"] = operations.moved(moving_mean, mean)
                    p[f"{name}.moving_variance"] = operations.moved(moving_variance, variance)
                return operations.normalize(x, p[f"{name}.gamma"], p[f"{name}.beta"], mean, variance)
            case "max_pooling1d" | "max_pooling2d":
                return operations.max_pool(x)
            case "flatten":
                return x.flatten(1)
            case "dropout":
                return x  # rate 0: dropout's random numbers have no reference

    def batch(self, step, size=formula.BATCH):
        images, audio, labels = formula.batch(step, size)
        return torch.tensor(images, dtype=self.dtype), torch.tensor(audio, dtype=self.dtype), torch.tensor(labels)


def backward(network, step, size=formula.BATCH):
    """Forward and backward in training on one step's batch: logits, loss, each trainable parameter's gradient."""
    images, audio, labels = network.batch(step, size)
    logits, _, _ = network.forward(images, audio, training=True)
    loss = F.cross_entropy(logits, labels)
    gradients = torch.autograd.grad(loss, list(network.trainable.values()))
    return logits.detach(), loss.item(), dict(zip(network.trainable, gradients))


class Adam:
    """Keras's Adam, which puts both bias corrections into the step size, so that epsilon is not corrected."""

    def __init__(self, parameters, rate=LEARNING_RATE):
        self.parameters = parameters
        self.rate = rate
        self.first = [torch.zeros_like(p) for p in parameters]
        self.second = [torch.zeros_like(p) for p in parameters]
        self.steps = 0

    @torch.no_grad()
    def step(self, gradients):
        self.steps += 1
        rate = self.rate * math.sqrt(1 - BETA_2**self.steps) / (1 - BETA_1**self.steps)
        for p, gradient, first, second in zip(self.parameters, gradients, self.first, self.second):
            first.lerp_(gradient, 1 - BETA_1)
            second.lerp_(gradient.square(), 1 - BETA_2)
            p -= rate * first / (second.sqrt() + ADAM_EPSILON)


def loss_trajectory(network, batches, rate=LEARNING_RATE, size=formula.BATCH):
    """The loss before each step of Adam on these batches."""
    adam = Adam(list(network.trainable.values()), rate)
    losses = []
    for step in batches:
        _, loss, gradients = backward(network, step, size)
        losses.append(loss)
        adam.step(gradients.values())
    return losses


def reference(model, dtype=torch.float64):
    """Everything that a fixture holds, in full: arrays by name, nothing sketched or rounded."""
    network = Network(model, dtype)
    images, audio, _ = network.batch(0)
    with torch.no_grad():
        inference, heard, seen = network.forward(images, audio, training=False)
    training, loss, gradients = backward(network, 0)
    moving = {name: p.clone() for name, p in network.parameters.items() if name not in network.trainable}
    return {
        "inferenceLogits": inference.double().numpy(),
        "audioProbabilities": heard.double().numpy(),
        "imageProbabilities": seen.double().numpy(),
        "trainingLogits": training.double().numpy(),
        "loss": loss,
        "gradients": {name: g.double().numpy() for name, g in gradients.items()},
        "movingStatistics": {name: m.double().numpy() for name, m in moving.items()},
        "losses": loss_trajectory(Network(model, dtype), range(STEPS)),
        "calmLosses": loss_trajectory(Network(model, dtype), range(STEPS), CALM_RATE, CALM_BATCH),
    }
