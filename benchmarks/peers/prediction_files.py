"""Makes what the whole-process comparison needs, in a folder.

`data`: a small dataset of noise to train on, and a folder with one pair. `model`: the ONNX file and the normalization
of the model that Duet has trained on it.
"""

import json
import sys
from pathlib import Path

import numpy as np

PAIRS = 600


def write_side(folder, side, count, generator, labelled):
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / f"data_wr_{side}.npy", generator.integers(0, 256, (count, 784), dtype=np.uint8))
    np.save(folder / f"data_sp_{side}.npy", generator.standard_normal((count, 507), dtype=np.float32))
    if labelled:
        np.save(folder / f"labels_{side}.npy", np.arange(count) % 10)


def write_data(folder):
    generator = np.random.default_rng(1)
    for side in ("train", "test"):
        write_side(folder / "training", side, PAIRS, generator, labelled=True)
    write_side(folder / "pair", "test", 1, generator, labelled=False)


def write_model(folder):
    from safetensors import safe_open

    import onnx_models
    from keras_weights import load
    from models import LateFusion

    with safe_open(folder / "run" / "model.safetensors", framework="numpy") as file:
        weights = {name: file.get_tensor(name) for name in file.keys()}
        normalization = json.loads(file.metadata()["normalization"])
    network = LateFusion("model-2")
    load(network, "model-2", weights)
    onnx_models.export(network, 1, folder / "model.onnx")
    (folder / "normalization.json").write_text(json.dumps(normalization))


if __name__ == "__main__":
    {"data": write_data, "model": write_model}[sys.argv[1]](Path(sys.argv[2]))
