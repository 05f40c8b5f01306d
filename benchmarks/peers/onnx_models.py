"""The paper's models as ONNX files, exported from PyTorch, for the peers that only infer."""

import os
import warnings
from pathlib import Path

HERE = Path(__file__).resolve().parent
FOLDER = HERE.parent / "results" / "onnx"
SOURCES = [HERE / name for name in ("onnx_models.py", "models.py", "architectures.py")]


def path(model, batch_size):
    """The file of a model with random weights for one batch size. It is exported once, so that the peers that read it
    need not load PyTorch beside what is measured."""
    file = FOLDER / f"{model}-b{batch_size}.onnx"
    if not file.is_file() or any(file.stat().st_mtime < source.stat().st_mtime for source in SOURCES):
        import torch
        from models import LateFusion

        torch.manual_seed(1)
        export(LateFusion(model), batch_size, file)
    return file


def export(network, batch_size, file):
    """Writes a network with its softmax. PyTorch's older exporter will do: it needs the onnx package only."""
    import torch

    class Probabilities(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.network = network

        def forward(self, images, audio):
            return torch.softmax(self.network(images, audio), dim=1)

    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f"{file.name}.{os.getpid()}.part")
    example = (torch.zeros(batch_size, 1, 28, 28), torch.zeros(batch_size, 1, 507))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(Probabilities().eval(), example, beside, dynamo=False, input_names=["images", "audio"])
    beside.replace(file)


def channels_first(batches):
    """The batches of `measure.batches`, channels first, as the files want them."""
    import numpy as np

    return [
        (np.ascontiguousarray(np.moveaxis(images, -1, 1)), np.ascontiguousarray(np.moveaxis(audio, -1, 1)))
        for images, audio, _ in batches
    ]


if __name__ == "__main__":
    for size in (1, 128):
        print(path("model-2", size))
