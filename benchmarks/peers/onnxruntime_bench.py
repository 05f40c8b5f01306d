"""Times ONNX Runtime's inference on one of the paper's models, exported from PyTorch for the one batch size."""

import tempfile
import warnings
from pathlib import Path

import numpy as np
import onnxruntime
import torch

import measure
from models import LateFusion

def export(model, batch_size, path):
    """Writes the network with its softmax. PyTorch's older exporter will do: it needs the onnx package only."""
    example = (torch.zeros(batch_size, 1, 28, 28), torch.zeros(batch_size, 1, 507))
    network = Probabilities(LateFusion(model)).eval()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(network, example, path, dynamo=False, input_names=["images", "audio"])


class Probabilities(torch.nn.Module):
    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, images, audio):
        return torch.softmax(self.network(images, audio), dim=1)


def session(model, batch_size, threads):
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = threads
    settings.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{model}.onnx"
        export(model, batch_size, path)
        return onnxruntime.InferenceSession(path, settings, providers=["CPUExecutionProvider"])


if __name__ == "__main__":
    options = measure.arguments(__doc__, ["infer"], ["cpu"])
    torch.manual_seed(1)
    running = session(options.model, options.batch_size, options.threads)
    data = [
        (np.ascontiguousarray(np.moveaxis(images, -1, 1)), np.ascontiguousarray(np.moveaxis(audio, -1, 1)))
        for images, audio, _ in measure.batches(options.batch_size)
    ]

    def step(images, audio):
        running.run(None, {"images": images, "audio": audio})

    blocks = measure.measured(step, data, options.batch_size, options.seconds)
    measure.report(options, "onnxruntime", {"onnxruntime": onnxruntime.__version__, "torch": torch.__version__}, blocks)
