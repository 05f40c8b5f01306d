"""The numbers that the fixtures do not store: weights and inputs that any language can make again, bit for bit."""

import math

import numpy as np

IMAGE_SEED, AUDIO_SEED, LABEL_SEED = 7, 8, 9
BATCH = 8


def hash32(x):
    """MurmurHash3's 32-bit finalizer, element by element, on unsigned 32-bit integers."""
    x = np.array(x, dtype=np.uint32, ndmin=1)
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x85EBCA6B)
    x ^= x >> np.uint32(13)
    x *= np.uint32(0xC2B2AE35)
    x ^= x >> np.uint32(16)
    return x


def hashes(seed, count, offset=0):
    """hash32(hash32(seed) + i), wrapping at 2^32, for i from `offset`."""
    start = hash32(seed)[0]
    return hash32(np.arange(offset, offset + count, dtype=np.uint32) + start)


def uniform(seed, count, offset=0):
    """Float64 values in [0, 1), multiples of 2^-24."""
    return (hashes(seed, count, offset) >> np.uint32(8)).astype(np.float64) / 2**24


def rounded(values):
    """Rounded to float32 (to nearest, ties to even), and back in float64."""
    return values.astype(np.float32).astype(np.float64)


def parameter_seed(model_number, place):
    return 1000 * model_number + place


def values(role, shape, seed):
    """A parameter's values, in the scale that its role asks for."""
    u = uniform(seed, math.prod(shape))
    match role:
        case "kernel":
            window = math.prod(shape[:-2])
            scaled = (2 * u - 1) * math.sqrt(6 / (window * shape[-2] + window * shape[-1]))
        case "bias" | "moving_mean":
            scaled = (2 * u - 1) * 0.1
        case "gamma":
            scaled = 1 + (2 * u - 1) * 0.2
        case "beta":
            scaled = (2 * u - 1) * 0.2
        case "moving_variance" | "temperature":
            scaled = 0.75 + 0.5 * u
        case _:
            raise ValueError(f"no formula for a parameter called {role}")
    return rounded(scaled).reshape(shape)


def batch(step, size=BATCH):
    """The images [size, 28, 28, 1], the audio [size, 507, 1] and the labels [size] of one step, counted from 0."""
    first = step * size
    labels = (hashes(LABEL_SEED, size, first) % np.uint32(10)).astype(np.int64)
    images = uniform(IMAGE_SEED, size * 784, first * 784).reshape(size, 784)
    images = images + 0.5 * (np.arange(784) % 10 == labels[:, None])
    audio = (2 * uniform(AUDIO_SEED, size * 507, first * 507) - 1).reshape(size, 507) * 1.7
    audio = audio + 1.0 * (np.arange(507) % 10 == labels[:, None])
    return rounded(images).reshape(size, 28, 28, 1), rounded(audio).reshape(size, 507, 1), labels


def sketch(values, seed, buckets=256):
    """CountSketch (Charikar, Chen and Farach-Colton 2002): the norm of a difference of sketches estimates that of the
    difference itself, without storing millions of numbers."""
    flat = values.reshape(-1)
    h = hashes(seed + 77, flat.size)
    signs = np.where(h >> np.uint32(31) == 0, 1.0, -1.0)
    return np.bincount((h % np.uint32(buckets)).astype(np.int64), weights=signs * flat, minlength=buckets)
