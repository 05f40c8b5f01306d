#!/usr/bin/env python3
"""How `duet serve` compares with servers in Python on the same model: FastAPI and MLServer, both with ONNX Runtime.

Usage: compare.py DUET FOLDER [--seconds 8] [--rounds 3] [--connections 1,64]

FOLDER has `run/model.safetensors`, `model.onnx`, `normalization.json` and a `pair`, of one Model 2, as `make bench` leaves them in
benchmarks/results/predict. Needs the packages of requirements.txt, and `wrk`, which asks over loopback with one thread: it shares
the processors with the servers, which is the same for all. Everyone answers one example per request, as JSON, of the Open
Inference Protocol; before the clock starts, all must have answered the same probabilities, but for Duet's calibration. Servers take turns: A B C A B C.
"""

import argparse
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import numpy

HERE = Path(__file__).resolve().parent
MODEL = "model-2"


def request_body(pair):
    """One example of a dataset folder."""
    image = numpy.load(pair / "data_wr_test.npy")[0].ravel().astype(float).tolist()
    audio = numpy.load(pair / "data_sp_test.npy")[0].ravel().astype(float).round(5).tolist()
    inputs = [
        {"name": "image", "shape": [1, 28, 28, 1], "datatype": "FP32", "data": image},
        {"name": "audio", "shape": [1, 507], "datatype": "FP32", "data": audio},
    ]
    return json.dumps({"inputs": inputs, "outputs": [{"name": "probabilities"}]})


def differ(answer, other):
    """Whether two answers are of different networks. Duet's are calibrated: the logarithms are divided by a temperature."""
    a, b = (logarithms - logarithms.mean() for logarithms in (numpy.log(answer), numpy.log(other)))
    return numpy.abs(b - a * (a @ b) / (a @ a)).max() > 1e-2 or numpy.argmax(a) != numpy.argmax(b)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Server:
    """A server that is started when it is entered, and asked for what it knows when it is ready."""

    def __init__(self, name, command, environment=(), folder=None):
        self.name, self.command, self.folder = name, command, folder
        self.environment = {**os.environ, **dict(environment)}

    def __enter__(self):
        self.port = free_port()
        command = [part.replace("{port}", str(self.port)) for part in map(str, self.command)]
        if self.folder:
            for file in self.folder.glob("settings.json"):
                settings = {"http_port": self.port, "grpc_port": free_port(), "metrics_port": free_port(), "debug": False,
                            "parallel_workers": 2, "use_structured_logging": False}
                file.write_text(json.dumps(settings))
        self.start = time.perf_counter()
        self.process = subprocess.Popen(
            command, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=HERE,
            start_new_session=True)
        self.await_readiness()
        self.ready = time.perf_counter() - self.start
        return self

    def await_readiness(self):
        for _ in range(6000):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/v2/models/{MODEL}/ready", timeout=1)
                return
            except OSError:
                if self.process.poll() is not None:
                    sys.exit(f"{self.name} ended with {self.process.returncode}")
                time.sleep(0.01)
        sys.exit(f"{self.name} is not ready after a minute")

    def __exit__(self, *_):
        # MLServer's own processes do not always end with it.
        self.process.terminate()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            pass
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}/v2/models/{MODEL}/infer"

    def answer(self, body):
        request = urllib.request.Request(self.address, body.encode(), {"Content-Type": "application/json"})
        outputs = json.load(urllib.request.urlopen(request, timeout=60))["outputs"]
        return outputs[0]["data"]

    def load(self, connections, seconds, body_file):
        """Requests a second, and the median and the 99th percentile of the latency in milliseconds."""
        command = ["wrk", "-t", "1", "-c", str(connections), "-d", f"{seconds}s", "--timeout", "30s"]
        done = subprocess.run(
            [*command, "-s", HERE / "post.lua", self.address], env={**os.environ, "REQUEST_BODY": body_file},
            capture_output=True, text=True, check=True)
        line = next(line for line in done.stdout.splitlines() if line.startswith("RESULT"))
        requests, duration, median, worst, failed = map(float, line.split()[1:])
        if failed:
            sys.exit(f"{self.name}: {failed:.0f} requests failed")
        return requests / duration, median, worst


def servers(duet, folder, scratch):
    served = {"SERVED_FOLDER": str(folder), "PYTHONPATH": str(HERE), "OMP_NUM_THREADS": "1"}
    uvicorn = [sys.executable, "-m", "uvicorn", "fastapi_app:app", "--port", "{port}", "--no-access-log"]
    mlserver = scratch / "mlserver"
    mlserver.mkdir()
    (mlserver / "settings.json").write_text("{}")
    (mlserver / "model-settings.json").write_text(
        json.dumps({"name": MODEL, "implementation": "mlserver_model.OnnxModel"}))
    model = folder / "run" / "model.safetensors"
    yield Server(
        "duet serve", [duet, "serve", "--model", model, "--port", "{port}", "--name", MODEL, "--log-level", "error"])
    yield Server("FastAPI, 1 worker", uvicorn, served)
    yield Server("FastAPI, 2 workers", [*uvicorn, "--workers", "2"], served)
    yield Server("MLServer, 2 workers", [Path(sys.executable).parent / "mlserver", "start", mlserver], served, mlserver)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("duet", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", default="1,64")
    found = parser.parse_args()
    body, counts = request_body(found.folder / "pair"), [int(count) for count in found.connections.split(",")]
    results, readiness, memory = {}, {}, {}
    with tempfile.TemporaryDirectory() as scratch:
        body_file = Path(scratch, "request.json")
        body_file.write_text(body)
        everyone = list(servers(found.duet.resolve(), found.folder.resolve(), Path(scratch)))
        expected = None
        for round_number in range(1, found.rounds + 1):
            for server in everyone:
                with server:
                    answer = server.answer(body)
                    expected = expected or answer
                    if differ(answer, expected):
                        sys.exit(f"{server.name} answers {answer}, not {expected}")
                    readiness.setdefault(server.name, []).append(server.ready)
                    for count in counts:
                        server.load(count, 2, body_file)
                        run = server.load(count, found.seconds, body_file)
                        results.setdefault((server.name, count), []).append(run)
                        print(f"  round {round_number}: {server.name}, {count} connections: {run[0]:,.0f}/s, "
                              f"median {run[1]:.2f} ms, 99 % {run[2]:.2f} ms", flush=True)
    print("\n| server | connections | requests/s | median | 99th percentile | ready after |\n|---|---:|---:|---:|---:|---:|")
    for (name, count), runs in sorted(results.items(), key=lambda entry: entry[0][1]):
        rate, median, worst = (statistics.median(column) for column in zip(*runs))
        print(f"| {name} | {count} | {rate:,.0f} | {median:.2f} ms | {worst:.2f} ms | {statistics.median(readiness[name]):.2f} s |")
    for count in counts:
        own = results["duet serve", count]
        others = [(name, runs) for (name, number), runs in results.items() if number == count and name != "duet serve"]
        rate = max(statistics.median(run[0] for run in runs) for _, runs in others)
        worst = min(statistics.median(run[2] for run in runs) for _, runs in others)
        print(f"\n{count} connections: {statistics.median(run[0] for run in own) / rate:.2f} times the requests of the best, "
              f"{statistics.median(run[2] for run in own) / worst:.2f} of the best 99th percentile")


main()
