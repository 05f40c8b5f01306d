#!/usr/bin/env python3
"""How long MFCCs take: Duet's beside those of librosa and torchaudio, in turns, on one thread each.

Usage: compare.py DUET_BENCHMARK [CLIPS]       (default: 500 clips of one second at 8 kHz)

DUET_BENCHMARK is .build/release/DuetBenchmark. Needs the packages of requirements.txt. The coefficients are those of
torchaudio.transforms.MFCC(sample_rate=8000, n_mfcc=13), which the model of digits reads; librosa computes its own with the same
settings. torchaudio also gets all clips at once, as a batch.
"""

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import librosa
import numpy
import torch
import torchaudio

ROUNDS = 7
RATE = 8000


def clips(count):
    """Noise that rises and falls, as speech does: MFCCs take as long of it as of speech."""
    generator = numpy.random.default_rng(1)
    envelope = 0.1 + numpy.abs(numpy.sin(numpy.linspace(0, 9, RATE)))
    return (0.1 * envelope * generator.standard_normal((count, RATE))).astype("float32")


def main():
    program, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 500
    torch.set_num_threads(1)
    sounds = clips(count)
    tensor = torch.from_numpy(sounds)
    transform = torchaudio.transforms.MFCC(sample_rate=RATE, n_mfcc=13)
    torchaudio_results = {}

    def with_librosa():
        for sound in sounds:
            librosa.feature.mfcc(y=sound, sr=RATE, n_mfcc=13, n_fft=400, hop_length=200, n_mels=128)

    def with_torchaudio():
        torchaudio_results["clips"] = [transform(sound) for sound in tensor]

    def with_torchaudio_batch():
        transform(tensor)

    def timed(work):
        start = time.perf_counter()
        work()
        return time.perf_counter() - start

    peers = {
        f"librosa {librosa.__version__}": with_librosa,
        f"torchaudio {torchaudio.__version__}, clip by clip": with_torchaudio,
        f"torchaudio {torchaudio.__version__}, one batch": with_torchaudio_batch,
    }
    times = {name: [] for name in ["Duet", *peers]}
    with tempfile.TemporaryDirectory() as folder, torch.inference_mode():
        source, target = Path(folder, "clips.npy"), Path(folder, "features.npy")
        numpy.save(source, sounds)
        for work in peers.values():
            work()
        for _ in range(ROUNDS):
            done = subprocess.run([program, "mfcc", source, target], check=True, capture_output=True, text=True)
            times["Duet"].append(float(done.stdout))
            for name, work in peers.items():
                times[name].append(timed(work))
        expected = numpy.stack([clip.numpy().T for clip in torchaudio_results["clips"]])
        difference = numpy.abs(numpy.load(target) - expected).max()

    medians = {name: statistics.median(found) / count * 1e6 for name, found in times.items()}
    print(f"{count} clips of one second at {RATE} Hz, one thread, medians of {ROUNDS} rounds in turns")
    print(f"largest difference of Duet's coefficients from torchaudio's: {difference:.1e}\n")
    print("| | µs a clip | times Duet's |\n|---|---:|---:|")
    for name, median in medians.items():
        print(f"| {name} | {median:.0f} | {median / medians['Duet']:.1f} |")


main()
