"""Makes torchaudio.json beside this script: what torchaudio's MFCC makes of the recordings here.

Needs torch 2.13.0, torchaudio 2.11.0 and numpy. Run make_mfcc.py first.
"""
import json
import os
import wave

import numpy as np
import torch
from torchaudio.transforms import MFCC

here = os.path.dirname(os.path.abspath(__file__))


def read(name):
    with wave.open(os.path.join(here, name + ".wav")) as file:
        return np.frombuffer(file.readframes(file.getnframes()), dtype=np.int16).astype(np.float32) / 32768


digits = {"convention": "torchaudio", "sampleRate": 8_000, "coefficients": 13}
# The recording, how many of its samples (None for all), the settings, and the same in torchaudio's words.
cases = [
    ("telephone", None, digits, dict(sample_rate=8_000, n_mfcc=13), {}),
    ("quiet", 3_000, {"convention": "torchaudio"}, dict(sample_rate=16_000), {}),
    # Every setting other than the default, and a window shorter than the transform by an odd number of samples.
    (
        "paper", None,
        {
            "convention": "torchaudio", "sampleRate": 16_000, "windowSeconds": 397 / 16_000, "stepSeconds": 0.02,
            "coefficients": 12, "filters": 40, "fftSize": 512, "lowFrequency": 60, "highFrequency": 7600,
            "window": "hamming",
        },
        dict(sample_rate=16_000, n_mfcc=12),
        dict(
            win_length=397, hop_length=320, n_mels=40, n_fft=512, f_min=60, f_max=7600, window_fn=torch.hamming_window
        ),
    ),
    # A transform of an odd number of pairs of points, and an odd rate, of which torchaudio takes the half rounded down.
    (
        "telephone", 3_000,
        {"convention": "torchaudio", "sampleRate": 11_025, "coefficients": 13, "fftSize": 630, "filters": 30,
         "window": "rectangular"},
        dict(sample_rate=11_025, n_mfcc=13), dict(n_fft=630, n_mels=30, window_fn=torch.ones),
    ),
    # As short as torchaudio takes them, and shorter. Those are padded by NumPy, as torchaudio refuses them.
    ("paper", 201, digits, dict(sample_rate=8_000, n_mfcc=13), {}),
    ("paper", 150, digits, dict(sample_rate=8_000, n_mfcc=13), {}),
    ("telephone", 2, digits, dict(sample_rate=8_000, n_mfcc=13), {}),
    ("telephone", 1, digits, dict(sample_rate=8_000, n_mfcc=13), {}),
]
examples = []
for name, count, settings, parameters, spectrum in cases:
    # The recordings begin with silence, in which there would be nothing to compare.
    sound = read(name) if count is None else read(name)[2_000 : 2_000 + count]
    extractor = MFCC(**parameters, melkwargs=dict(spectrum))
    margin = spectrum.get("n_fft", 400) // 2
    if len(sound) <= margin:
        extractor = MFCC(**parameters, melkwargs=dict(spectrum, center=False))
        padded = np.pad(sound, margin, mode="reflect")
    else:
        padded = sound
    features = extractor(torch.from_numpy(padded.copy())).T.numpy().astype(np.float64)
    examples.append({
        "recording": name, "first": 0 if count is None else 2_000, "samples": len(sound), "settings": settings,
        "features": features.round(5).tolist(),
    })
with open(os.path.join(here, "torchaudio.json"), "w") as file:
    json.dump(examples, file, separators=(",", ":"))
    file.write("\n")
