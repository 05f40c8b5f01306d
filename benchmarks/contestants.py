"""Who is measured."""

import sys
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
BUILT = HERE.parent / ".build" / "release"
DUET_BENCHMARK = BUILT / "DuetBenchmark"
PEERS = HERE / "peers"


class Case(NamedTuple):
    """What is measured: `train` a step, `infer` a batch, `predict` a whole process that classifies one pair, `embed` a
    map of `batch_size` points, `profile` a step and its floor."""

    mode: str
    model: str
    batch_size: int


class Contestant(NamedTuple):
    peer: str
    variant: str
    program: Path
    precision: str = "f32"
    can_be_held: bool = True  # to an instruction set below the processor's best

    @property
    def name(self):
        return f"{self.peer} {self.variant}" + ("" if self.precision == "f32" else f" {self.precision}")

    @property
    def is_duet(self):
        return self.peer == "Duet"

    def command(self, case, threads, seconds):
        start = [str(self.program)] if self.is_duet else [sys.executable, str(self.program), "--variant", self.variant]
        start += ["--model", case.model, "--mode", case.mode, "--batch-size", str(case.batch_size)]
        start += ["--threads", str(threads), "--seconds", str(seconds), "--json"]
        return start if self.precision == "f32" else start + ["--precision", self.precision]


DUET = Contestant("Duet", "network", DUET_BENCHMARK)
DUET_BF16 = DUET._replace(precision="bf16")
# The variant that was fastest before comes first: the quick comparison has only that one.
PYTORCH = tuple(
    Contestant("PyTorch", variant, PEERS / "pytorch_bench.py") for variant in ("channels_last", "compile", "eager")
)
PYTORCH_BF16 = tuple(contestant._replace(precision="bf16") for contestant in PYTORCH)
KERAS = tuple(Contestant("Keras", variant, PEERS / "keras_bench.py") for variant in ("graph", "xla"))
ONNX_RUNTIME = (Contestant("ONNX Runtime", "cpu", PEERS / "onnxruntime_bench.py", can_be_held=False),)
OPENVINO = tuple(Contestant("OpenVINO", variant, PEERS / "openvino_bench.py") for variant in ("latency", "throughput"))

# t-SNE; `embeddings.py` knows their commands.
DUET_TSNE = Contestant("Duet", "t-SNE", DUET_BENCHMARK)
TSNE = (
    Contestant("openTSNE", "fft", PEERS / "tsne_bench.py"),
    Contestant("scikit-learn", "barnes_hut", PEERS / "tsne_bench.py"),
    Contestant("openTSNE", "bh", PEERS / "tsne_bench.py"),
)

# Whole processes; `processes.py` knows their commands.
DUET_PREDICT = Contestant("Duet", "duet predict", BUILT / "duet")
PYTHON_PREDICT = (Contestant("Python", "with ONNX Runtime", PEERS / "predict_onnxruntime.py", can_be_held=False),)

# A training step and the least that it could take; `profiles.py` knows the command.
DUET_STEP = Contestant("Duet", "training step", BUILT / "duet")
FLOOR = Contestant("Duet", "floor", BUILT / "duet")
