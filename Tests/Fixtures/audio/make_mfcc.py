"""Makes the MFCC fixtures beside this script: synthetic speech, and what python_speech_features makes of it.

Needs numpy 2.4.6, scipy 1.17.1 and python_speech_features 0.6.
"""
import json
import os
import wave

import numpy as np
from python_speech_features import mfcc
from scipy.signal import lfilter

here = os.path.dirname(os.path.abspath(__file__))
# Formants (Hz) of the vowels, and None for a voiceless hiss.
A, E, I, U, HISS = (730, 1090, 2440), (530, 1840, 2480), (270, 2290, 3010), (300, 870, 2240), None


def speech(rate, sounds, seconds, seed):
    """Each sound for `seconds`: pulses at a falling pitch, or noise, through resonances, under a smooth envelope."""
    random = np.random.default_rng(seed)
    count = int(rate * seconds)
    parts = []
    for number, formants in enumerate(sounds):
        noise = random.standard_normal(count)
        if formants is None:
            part = np.diff(noise, prepend=0) * 0.02
        else:
            pitch = np.linspace(140 - 10 * number, 110 - 10 * number, count)
            phase = np.cumsum(pitch / rate)
            part = np.diff(np.floor(phase), prepend=0) + 0.003 * noise
            for frequency, width in zip(formants, (60, 90, 150)):
                radius = np.exp(-np.pi * width / rate)
                part = lfilter([1 - radius], [1, -2 * radius * np.cos(2 * np.pi * frequency / rate), radius**2], part)
        parts.append(part / np.abs(part).max() * np.sin(np.pi * np.arange(count) / count) ** 0.5)
    samples = np.concatenate(parts)
    samples *= 20_000 if seed else 600
    # Recordings begin and end with faint noise, and some with digital silence.
    quiet = random.standard_normal(rate // 20) * 4
    return np.round(np.concatenate([np.zeros(rate // 10), quiet, samples, quiet])).astype(np.int16)


def save(name, rate, samples):
    with wave.open(os.path.join(here, name + ".wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())


recordings = {
    "paper": (16_000, speech(16_000, [U, HISS], 0.15, seed=1)),
    "telephone": (8_000, speech(8_000, [HISS, E, A], 0.12, seed=2)),
    "quiet": (16_000, speech(16_000, [I], 0.2, seed=0)),
}
for name, (rate, samples) in recordings.items():
    save(name, rate, samples)

paper = dict(winlen=0.05, winstep=0.025, numcep=13, nfft=1024, appendEnergy=True)
cases = [
    ("paper", {}, paper),
    ("quiet", {}, paper),
    ("telephone", {"sampleRate": 8_000}, paper | {"samplerate": 8_000}),
    # Every setting other than the paper's, and a window that is not a whole number of samples.
    (
        "telephone",
        {
            "sampleRate": 8_000, "windowSeconds": 0.0311, "stepSeconds": 0.0101, "coefficients": 20, "filters": 31,
            "fftSize": 256, "lowFrequency": 120, "highFrequency": 3400, "preemphasis": 0.9, "lifter": 0,
            "appendsEnergy": False, "window": "hamming",
        },
        dict(
            samplerate=8_000, winlen=0.0311, winstep=0.0101, numcep=20, nfilt=31, nfft=256, lowfreq=120, highfreq=3400,
            preemph=0.9, ceplifter=0, appendEnergy=False, winfunc=np.hamming,
        ),
    ),
    ("quiet", {"window": "hann", "preemphasis": 0}, paper | {"winfunc": np.hanning, "preemph": 0}),
    # Filters so narrow that some hold no point of the spectrum.
    (
        "quiet",
        {"windowSeconds": 0.008, "fftSize": 128, "filters": 40},
        paper | {"winlen": 0.008, "nfft": 128, "nfilt": 40},
    ),
    # A transform whose size has every prime factor that is taken.
    ("telephone", {"sampleRate": 8_000, "fftSize": 420}, paper | {"samplerate": 8_000, "nfft": 420}),
]
with open(os.path.join(here, "mfcc.json"), "w") as file:
    json.dump(
        [
            {
                "recording": name,
                "settings": settings,
                "features": mfcc(recordings[name][1], **parameters).round(5).tolist(),
            }
            for name, settings, parameters in cases
        ],
        file,
        separators=(",", ":"),
    )
    file.write("\n")
