"""The instruction sets that contestants can be held to, and how each of them is told.

At the best set that the processor has, nobody is told anything. Below it, ONNX Runtime and what TensorFlow does without
oneDNN or XLA stay as they are: README.md says who can be held and who cannot.
"""

import platform
from typing import NamedTuple

import machine


class InstructionSet(NamedTuple):
    name: str  # as Duet and `--isa` take it
    title: str
    needs: frozenset[str]  # the processor's flags, as Linux names them
    held: dict[str, str]  # the environment that holds the peers to it

    @property
    def is_native(self):
        """Whether this is all that the processor has, so that nobody need be held to it."""
        return self.name == available()[-1].name

    @property
    def environment(self):
        duet = {"DUET_MAX_CPU_ISA": self.name} if self.needs else {}
        return duet if self.is_native else {**duet, **self.held}


def peers_held(onednn, aten, march, xla, mkl):
    """What the peers read. oneDNN is in PyTorch, TensorFlow and OpenVINO; MKL in PyTorch."""
    return {
        "ONEDNN_MAX_CPU_ISA": onednn,
        "ATEN_CPU_CAPABILITY": aten,  # of PyTorch's own kernels, and of those that torch.compile makes
        "TORCHINDUCTOR_CPP_MARCH": march,  # of what the compiler makes of them; the processor's own without it
        "XLA_FLAGS": f"--xla_cpu_max_isa={xla}",
        "MKL_ENABLE_INSTRUCTIONS": mkl,
    }


AVX2_FLAGS = {"avx2", "fma", "bmi1", "bmi2", "f16c", "movbe"}
AVX512_FLAGS = AVX2_FLAGS | {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"}

SETS = (
    InstructionSet(
        "SSE2",
        "SSE2",  # the peers' least is SSE 4
        frozenset({"sse2"}),
        peers_held("SSE41", "default", "x86-64-v2", "SSE4_2", "SSE4_2"),
    ),
    InstructionSet(
        "AVX2", "AVX2", frozenset(AVX2_FLAGS), peers_held("AVX2", "avx2", "x86-64-v3", "AVX2", "AVX2")
    ),
    InstructionSet(
        "AVX512",
        "AVX-512",
        frozenset(AVX512_FLAGS),
        peers_held("AVX512_CORE", "avx512", "x86-64-v4", "AVX512", "AVX512"),
    ),
    InstructionSet(
        "AVX512_BF16",
        "AVX-512 with bfloat16",
        frozenset(AVX512_FLAGS | {"avx512_bf16"}),
        peers_held("AVX512_CORE_BF16", "avx512", "cooperlake", "AVX512_BF16", "AVX512"),
    ),
)


def available():
    """What this processor has, the best last. On other processors than x86-64 there is no choice."""
    flags = machine.flags()
    found = [own for own in SETS if own.needs <= flags]
    return found or [InstructionSet("native", platform.machine(), frozenset(), {})]


def default():
    """Every set from AVX2 up; the best where that is less."""
    found = available()
    return [own for own in found if own.name != "SSE2"] or found[-1:]
