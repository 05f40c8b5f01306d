"""Whole processes that classify one pair: `duet predict`, and Python with ONNX Runtime on the same model."""

import csv
import subprocess
import sys
import time

from contestants import DUET_PREDICT, HERE, PEERS, PYTHON_PREDICT

FOLDER = HERE / "results" / "predict"
FILES = PEERS / "prediction_files.py"
TIME_LIMIT = 60


def commands(conditions):
    """Makes the model and the pair, and gives each program's command. Both have to come to the same label."""
    prepare()
    pair, program = FOLDER / "pair", PYTHON_PREDICT[0].program
    outputs = {DUET_PREDICT.program: FOLDER / "duet.csv", program: FOLDER / "python.csv"}
    found = {
        DUET_PREDICT.program: [DUET_PREDICT.program, "predict", "--model", FOLDER / "run" / "model.safetensors"]
        + ["--data", pair, "--output", outputs[DUET_PREDICT.program], "--force", "--threads", str(conditions.threads)],
        program: [sys.executable, program, FOLDER / "model.onnx", FOLDER / "normalization.json", pair]
        + [outputs[program], str(conditions.threads)],
    }
    for command in found.values():
        checked(command, conditions.environment)
    labels = {name: list(csv.reader(output.open())) for name, output in outputs.items()}
    if labels[DUET_PREDICT.program] != labels[program]:
        sys.exit(f"the two predictions of one pair differ: {labels}")
    return found


def prepare():
    """A model trained for a moment, the same model as an ONNX file, and a pair."""
    checked(
        [DUET_PREDICT.program, "train", "--data", noise_dataset(), "--model", "model-2", "--epochs", "1"]
        + ["--output", FOLDER / "run", "--force", "--no-report", "--quiet"]
    )
    checked([sys.executable, FILES, "model", FOLDER])


def noise_dataset():
    """The folder of a dataset of noise, made beside the pair where it is missing."""
    folder = FOLDER / "training"
    if not folder.is_dir():
        checked([sys.executable, FILES, "data", FOLDER])
    return folder


def checked(command, environment=None):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\nfailed:\n{done.stderr}")


def run(command, environment):
    """One process from start to end, in the form of the other runs; too short to tell whether it was disturbed."""
    start = time.perf_counter()
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=TIME_LIMIT,
            env=environment,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return {"error": str(error)}
    seconds = time.perf_counter() - start
    if done.returncode != 0:
        return {"error": done.stderr.decode(errors="replace").strip() or f"ended with {done.returncode}"}
    return {"seconds": round(seconds, 6), "samples_per_second": round(1 / seconds, 3), "quiet": True}
