"""The served model in Python: ONNX Runtime on normalized values. What the peers' servers share."""

import json
import os
from pathlib import Path

import numpy as np
import onnxruntime

FOLDER = Path(os.environ["SERVED_FOLDER"])


class Predictor:
    def __init__(self):
        with open(FOLDER / "normalization.json") as file:
            rules = json.load(file)["rules"]
        self.divisor = rules["image"]["scaling"]["divisor"]
        audio = rules["audio"]["standardization"]
        self.mean = np.array(audio["mean"], np.float32)
        self.deviation = np.array(audio["standardDeviation"], np.float32)
        settings = onnxruntime.SessionOptions()
        settings.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(
            str(FOLDER / "model.onnx"), settings, providers=["CPUExecutionProvider"]
        )

    def probabilities(self, image, audio):
        """Of raw values: pixels from 0 to 255, and audio features."""
        images = np.asarray(image, np.float32).reshape(-1, 1, 28, 28) / self.divisor
        sounds = (np.asarray(audio, np.float32).reshape(-1, 507) - self.mean) / self.deviation
        return self.session.run(None, {"images": images, "audio": sounds.reshape(-1, 1, 507)})[0]
