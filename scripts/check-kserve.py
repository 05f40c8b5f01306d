#!/usr/bin/env python3
"""Asks `duet serve` with KServe's client, whose many dependencies the tests do without.

Usage: check-kserve.py DUET MODEL, with a Python that has kserve 0.21. MODEL takes the digits' images and audio.
Ends with status 1 where the client does not get what `duet predict` gives.
"""

import asyncio
import re
import subprocess
import sys
import tempfile

import numpy as np
from kserve import InferenceRESTClient, InferInput, InferRequest
from kserve.inference_client import RESTConfig


async def check(address, name, duet, model):
    client = InferenceRESTClient(RESTConfig(protocol="v2", retries=1))
    assert await client.is_server_live(address) is True
    assert await client.is_server_ready(address) is True
    assert await client.is_model_ready(address, name) is True
    generator = np.random.default_rng(1)
    image = generator.integers(0, 256, (3, 28, 28), dtype=np.uint8)
    audio = generator.normal(0, 10, (3, 507)).astype(np.float32)
    with tempfile.TemporaryDirectory() as folder:
        np.save(f"{folder}/image.npy", image)
        np.save(f"{folder}/audio.npy", audio)
        subprocess.run([duet, "predict", "--model", model, "--images", f"{folder}/image.npy", "--audio", f"{folder}/audio.npy",
                        "--output", f"{folder}/out.csv", "--probabilities", "--quiet"], check=True)
        rows = [line.strip().split(",") for line in open(f"{folder}/out.csv")][1:]
    for binary in (False, True):
        inputs = [InferInput("image", [3, 28, 28, 1], "UINT8"), InferInput("audio", [3, 507, 1], "FP32")]
        inputs[0].set_data_from_numpy(image.reshape(3, 28, 28, 1), binary_data=binary)
        inputs[1].set_data_from_numpy(audio.reshape(3, 507, 1), binary_data=binary)
        request = InferRequest(model_name=name, infer_inputs=inputs, request_id="r1")
        answer = await client.infer(address, request, model_name=name)
        assert answer.id == "r1" and answer.model_name == name, answer
        outputs = {output.name: output for output in answer.outputs}
        probabilities = np.array(outputs["probabilities"].as_numpy()).reshape(3, -1)
        labels = [label.decode() if isinstance(label, bytes) else label for label in outputs["label"].as_numpy()]
        assert labels == [row[1] for row in rows], (labels, rows)
        expected = np.array([[float(value) for value in row[2:]] for row in rows])
        assert np.abs(probabilities - expected).max() < 1e-5, np.abs(probabilities - expected).max()
        print(f"good  binary {binary}: three rows as of duet predict")


def main():
    duet, model = sys.argv[1:3]
    server = subprocess.Popen([duet, "serve", "--model", model, "--port", "0", "--log-level", "error"], stdout=subprocess.PIPE, text=True)
    try:
        name, address = re.search(r"'(.*)' at (http://\S+)/", server.stdout.readline()).groups()
        asyncio.run(check(address, name, duet, model))
    finally:
        server.terminate()
        server.wait()


main()
