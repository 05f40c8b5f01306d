"""Who is measured, and on what."""

import sys
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
DUET = HERE.parent / ".build" / "release" / "DuetBenchmark"
BOTH = ("train", "infer")


class Contestant(NamedTuple):
    peer: str
    variant: str
    program: Path
    modes: tuple[str, ...] = BOTH
    quick: tuple[str, ...] = ()  # the modes in which the quick comparison has it too

    def command(self, case, threads, seconds):
        start = [str(self.program)] if self.program == DUET else [sys.executable, str(self.program)]
        found = start + ["--model", case.model, "--mode", case.mode, "--batch-size", str(case.batch_size)]
        found += ["--threads", str(threads), "--seconds", str(seconds), "--json"]
        return found if self.program == DUET else found + ["--variant", self.variant]


class Case(NamedTuple):
    mode: str
    model: str
    batch_size: int


def peer_script(name):
    return HERE / "peers" / name


# A peer's first variant is what its users get without asking for more.
CONTESTANTS = [
    Contestant("Duet", "float32", DUET, quick=BOTH),
    Contestant("PyTorch", "eager", peer_script("pytorch_bench.py"), quick=BOTH),
    Contestant("PyTorch", "channels_last", peer_script("pytorch_bench.py"), quick=("train",)),
    Contestant("PyTorch", "bfloat16", peer_script("pytorch_bench.py")),
    Contestant("PyTorch", "compile", peer_script("pytorch_bench.py")),
    Contestant("Keras", "xla", peer_script("keras_bench.py")),
    Contestant("Keras", "graph", peer_script("keras_bench.py"), quick=BOTH),
    Contestant("ONNX Runtime", "cpu", peer_script("onnxruntime_bench.py"), ("infer",), quick=("infer",)),
]

QUICK_CASES = [
    Case("train", "model-2", 32),
    Case("train", "model-2", 128),
    Case("infer", "model-2", 1),
    Case("infer", "model-2", 128),
]
CASES = QUICK_CASES[:2] + [Case("train", f"model-{number}", 32) for number in (1, 3, 4)] + QUICK_CASES[2:]


def taking_part(case, quick):
    return [c for c in CONTESTANTS if case.mode in (c.quick if quick else c.modes)]
