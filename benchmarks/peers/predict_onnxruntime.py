"""What `duet predict` does, in Python: classifies the pairs of a folder with a model file and writes a CSV file.

Usage: predict_onnxruntime.py MODEL.onnx NORMALIZATION.json FOLDER OUTPUT.csv THREADS
It loads what it needs and no more: NumPy and ONNX Runtime.
"""

import json
import sys

import numpy as np
import onnxruntime

model, normalization, folder, output, threads = sys.argv[1:]
with open(normalization) as file:
    rules = json.load(file)["rules"]
images = np.load(f"{folder}/data_wr_test.npy").reshape(-1, 1, 28, 28).astype(np.float32)
audio = np.load(f"{folder}/data_sp_test.npy").reshape(-1, 1, 507).astype(np.float32)
images /= rules["image"]["scaling"]["divisor"]
audio -= np.array(rules["audio"]["standardization"]["mean"], dtype=np.float32)
audio /= np.array(rules["audio"]["standardization"]["standardDeviation"], dtype=np.float32)

settings = onnxruntime.SessionOptions()
settings.intra_op_num_threads = int(threads)
session = onnxruntime.InferenceSession(model, settings, providers=["CPUExecutionProvider"])
(probabilities,) = session.run(None, {"images": images, "audio": audio})
with open(output, "w") as file:
    file.write("row_id,label\n")
    for row, label in enumerate(probabilities.argmax(axis=1)):
        file.write(f"{row},{label}\n")
print(f"Wrote {len(probabilities)} predictions to {output}.")
