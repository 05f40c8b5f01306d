"""The comparisons: what, against whom, and how much faster Duet is to be."""

from typing import NamedTuple

from contestants import (
    DUET,
    DUET_BF16,
    DUET_PREDICT,
    DUET_STEP,
    DUET_TSNE,
    FLOOR,
    KERAS,
    ONNX_RUNTIME,
    OPENVINO,
    PYTHON_PREDICT,
    PYTORCH,
    PYTORCH_BF16,
    TSNE,
    Case,
    Contestant,
)


class Target(NamedTuple):
    at_least: float
    aim: float


class Row(NamedTuple):
    name: str  # as `--only` takes it
    case: Case
    duet: Contestant
    against: str
    peers: tuple[Contestant, ...]  # the fastest of them counts
    avx2: Target | None  # what is to be reached with AVX2; with other sets below AVX-512, nothing is
    avx512: Target
    compares_times: bool = False  # whether the ratio is of times, so that less is better
    in_quick: bool = True

    @property
    def title(self):
        case = self.case
        number = case.model.removeprefix("model-")
        if case.mode == "predict":
            return f"`duet predict`, the whole process, Model {number}, one pair"
        if case.mode == "embed":
            return f"t-SNE, {case.batch_size:,} × 64, 750 iterations"
        precision = "bf16" if self.duet.precision == "bf16" else "float32"
        mode = {"train": "training", "infer": "inference", "profile": "training step"}[case.mode]
        return f"{mode}, Model {number}, {precision}, batch {case.batch_size}"

    def target(self, instruction_set):
        return {"AVX2": self.avx2, "AVX512": self.avx512, "AVX512_BF16": self.avx512}.get(instruction_set.name)

    def is_for(self, instruction_set, all_sets):
        """Whether the row belongs into this set's table, where these sets have a table each."""
        if self.duet.precision == "bf16":
            return instruction_set.name == "AVX512_BF16"
        if self.case.mode == "embed":
            return instruction_set.is_native  # nobody's t-SNE can be held
        # Nothing in float32 is faster for having instructions for bfloat16.
        return instruction_set.name != "AVX512_BF16" or all(other.name != "AVX512" for other in all_sets)


TRAIN_32, TRAIN_128 = Case("train", "model-2", 32), Case("train", "model-2", 128)
INFER_1, INFER_128 = Case("infer", "model-2", 1), Case("infer", "model-2", 128)
STEP_TO_FLOOR = Target(1.15, 1.05)

ROWS = [
    Row("training-model-2-b32", TRAIN_32, DUET, "PyTorch's best", PYTORCH, Target(2.4, 3.2), Target(1.8, 2.4)),
    Row("training-model-2-b32-keras", TRAIN_32, DUET, "Keras's best", KERAS, Target(2.4, 3.2), Target(2.7, 3.8)),
    Row("training-model-2-b128", TRAIN_128, DUET, "PyTorch's best", PYTORCH, Target(2.4, 3.3), Target(2.1, 2.7)),
    Row(
        "training-model-2-b128-bf16",
        TRAIN_128,
        DUET_BF16,
        "PyTorch's best float32",
        PYTORCH,
        avx2=None,
        avx512=Target(3.0, 3.8),
    ),
    Row(
        "training-model-2-b128-bf16-autocast",
        TRAIN_128,
        DUET_BF16,
        "PyTorch's best bf16",
        PYTORCH_BF16,
        avx2=None,
        avx512=Target(2.2, 2.8),
    ),
    *(
        Row(
            f"training-{model}-b32",
            Case("train", model, 32),
            DUET,
            "PyTorch's best",
            PYTORCH,
            avx2=Target(2.4, 3.2),
            avx512=Target(1.8, 2.5),
            in_quick=False,
        )
        for model in ("model-1", "model-3", "model-4")
    ),
    *(
        Row(
            f"step-by-floor-model-2-b{batch_size}",
            Case("profile", "model-2", batch_size),
            DUET_STEP,
            "its floor",
            (FLOOR,),
            avx2=STEP_TO_FLOOR,
            avx512=STEP_TO_FLOOR,
            compares_times=True,
        )
        for batch_size in (32, 128)
    ),
    Row(
        "inference-model-2-b1",
        INFER_1,
        DUET,
        "ONNX Runtime",
        ONNX_RUNTIME,
        avx2=Target(0.7, 0.5),
        avx512=Target(0.9, 0.6),
        compares_times=True,
    ),
    Row(
        "inference-model-2-b128",
        INFER_128,
        DUET,
        "the better of ONNX Runtime and OpenVINO",
        ONNX_RUNTIME + OPENVINO,
        avx2=Target(1.2, 1.5),
        avx512=Target(1.2, 1.5),
    ),
    Row(
        "predict-process",
        Case("predict", "model-2", 1),
        DUET_PREDICT,
        "Python with ONNX Runtime",
        PYTHON_PREDICT,
        avx2=Target(10.0, 20.0),
        avx512=Target(10.0, 20.0),
    ),
    Row(
        "tsne-5000",
        Case("embed", "tsne", 5000),
        DUET_TSNE,
        "the fastest of both libraries",
        TSNE,
        avx2=Target(2.0, 4.0),
        avx512=Target(2.0, 4.0),
    ),
]


def chosen(names, quick):
    """The rows of these names, or all; in quick comparisons fewer, each with the first variant of every peer only."""
    found = [row for row in ROWS if row.name in names] if names else [r for r in ROWS if r.in_quick or not quick]
    return [row._replace(peers=first_variants(row.peers)) for row in found] if quick else found


def first_variants(contestants):
    first = {}
    for contestant in contestants:
        first.setdefault(contestant.peer, contestant)
    return tuple(first.values())
