"""Weights in Keras's layout, as Duet's model files have them, for the PyTorch models."""

import torch

import architectures

ROLES = {
    "kernel": "weight",
    "bias": "bias",
    "gamma": "weight",
    "beta": "bias",
    "moving_mean": "running_mean",
    "moving_variance": "running_var",
}


def load(network, model, weights):
    """Puts `weights`, arrays by names such as `image.conv2d_1.kernel`, into a `models.LateFusion`."""
    for branch, shape, layers in architectures.branches(model):
        modules = (module for module in getattr(network, branch) if list(module.parameters(recurse=False)))
        flattened = None  # the shape that a Flatten has made a row of, until a dense layer has read it
        for name, layer in zip(architectures.layer_names(branch, layers), layers):
            prefix = f"{name}."
            own = {key.removeprefix(prefix): torch.tensor(w) for key, w in weights.items() if key.startswith(prefix)}
            if own:
                fill(next(modules), own, flattened)
                flattened = None
            if layer.kind == "flatten":
                flattened = shape
            shape = architectures.output_shape(layer, shape)


def fill(module, weights, flattened):
    with torch.no_grad():
        for role, values in weights.items():
            if role == "kernel":
                values = torch_kernel(values, flattened)
            target = getattr(module, ROLES[role])
            if target.shape != values.shape:
                raise ValueError(f"{role} has the shape {values.shape}, but {module} wants {target.shape}")
            target.copy_(values)


def torch_kernel(kernel, flattened):
    """[…, in, out] as [out, in, …].

    A dense kernel behind a Flatten counts its inputs with channels last in Keras and with channels first in PyTorch."""
    if flattened is not None:
        kernel = kernel.reshape(*flattened, -1).movedim(-2, 0).reshape(kernel.shape)
    return kernel.movedim((-1, -2), (0, 1))
