"""Trains one of the paper's models with PyTorch on a Duet dataset folder and prints its test accuracy, as a reference.

Trains the fused model, then the audio branch alone. Images are divided by 255; audio is z-score normalized, each of the
507 values with its own mean and deviation over the training rows.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

import architectures
from models import LateFusion


def load(folder, part):
    """Images [n, 784], audio [n, 507] and labels [n] of the training or the test part."""
    arrays = []
    for name, width in ((f"data_wr_{part}.npy", 784), (f"data_sp_{part}.npy", 507), (f"labels_{part}.npy", None)):
        path = folder / name
        if not path.is_file():
            sys.exit(f"{path} is missing: expected a dataset folder with {name} in it")
        array = np.load(path)
        if width is not None and (array.ndim != 2 or array.shape[1] != width):
            sys.exit(f"{path} has the shape {array.shape}; expected rows of {width} values")
        arrays.append(array if width is not None else array.reshape(-1))
    if len({len(array) for array in arrays}) != 1:
        sys.exit(f"{folder}: the {part} files have {[len(array) for array in arrays]} rows; expected the same number")
    images, audio, labels = arrays
    return images.astype(np.float32) / 255, audio.astype(np.float32), labels.astype(np.int64)


def tensors(images, audio, labels):
    images = torch.from_numpy(images).reshape(-1, 1, 28, 28).contiguous(memory_format=torch.channels_last)
    return images, torch.from_numpy(audio).unsqueeze(1), torch.from_numpy(labels)


def audio_scores(network):
    """The logits of the audio branch, whose last module is its softmax."""
    before_softmax = network.audio[:-1]
    return lambda images, audio: before_softmax(audio)


def train(network, forward, data, epochs, batch_size):
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3, eps=1e-7, fused=True)
    network.train()
    count = len(data[2])
    for epoch in range(epochs):
        total = 0.0
        for rows in torch.randperm(count).split(batch_size):
            if len(rows) == 1:
                continue  # batch normalization needs more than one row
            images, audio, labels = (part[rows] for part in data)
            optimizer.zero_grad()
            loss = F.cross_entropy(forward(images, audio), labels)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
        print(f"epoch {epoch + 1} of {epochs}: loss {total / count:.4f}", file=sys.stderr)


@torch.inference_mode()
def accuracy(network, forward, data):
    network.eval()
    right = sum(
        (forward(images, audio).argmax(1) == labels).sum().item()
        for images, audio, labels in zip(*(part.split(512) for part in data))
    )
    return right / len(data[2])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", choices=list(architectures.MODELS), default="model-2")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)

    images, audio, labels = load(options.folder, "train")
    mean, deviation = audio.mean(axis=0), audio.std(axis=0)
    deviation[deviation == 0] = 1
    training = tensors(images, (audio - mean) / deviation, labels)
    images, audio, labels = load(options.folder, "test")
    test = tensors(images, (audio - mean) / deviation, labels)

    found = {"model": options.model, "epochs": options.epochs, "seed": options.seed, "torch": torch.__version__}
    for name in ("fused", "audio"):
        torch.manual_seed(options.seed)
        network = LateFusion(options.model).to(memory_format=torch.channels_last)
        forward = network if name == "fused" else audio_scores(network)
        train(network, forward, training, options.epochs, options.batch_size)
        found[name] = round(accuracy(network, forward, test), 4)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
