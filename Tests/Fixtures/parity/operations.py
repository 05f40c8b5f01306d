"""Keras's layers, written in PyTorch: channels last, Keras's kernel layouts, Keras's padding."""

import torch
import torch.nn.functional as F

EPSILON, MOMENTUM = 1e-3, 0.99


def channels_first(x):
    return x.movedim(-1, 1)


def channels_last(x):
    return x.movedim(1, -1)


def convolve(x, kernel, bias, padding):
    """x [n, …, in], kernel [k…, in, out]. 'same' pads an even kernel's odd row or column at the end."""
    window = kernel.shape[:-2]
    x = channels_first(x)
    if padding == "same":
        pads = [side for k in reversed(window) for side in ((k - 1) // 2, k // 2)]
        x = F.pad(x, pads)
    kernel = kernel.movedim(-1, 0).movedim(-1, 1)
    operation = {1: F.conv1d, 2: F.conv2d}[len(window)]
    return channels_last(operation(x, kernel, bias))


def max_pool(x):
    """Windows of 2 with stride 2; an odd last row or column is left out."""
    operation = {3: F.max_pool1d, 4: F.max_pool2d}[x.dim()]
    return channels_last(operation(channels_first(x), 2))


def batch_statistics(x):
    """Mean and biased variance of each channel."""
    axes = tuple(range(x.dim() - 1))
    return x.mean(axes), x.var(axes, unbiased=False)


def normalize(x, gamma, beta, mean, variance):
    return (x - mean) / torch.sqrt(variance + EPSILON) * gamma + beta


def moved(moving, batch):
    """A moving statistic after one training forward."""
    return moving * MOMENTUM + batch.detach() * (1 - MOMENTUM)


def dense(x, kernel, bias):
    return x @ kernel + bias


def activate(x, activation):
    """Keras's and PyTorch's names are the same: relu, sigmoid, tanh, gelu, silu, …"""
    if activation is None:
        return x
    return torch.softmax(x, -1) if activation == "softmax" else getattr(F, activation)(x)
