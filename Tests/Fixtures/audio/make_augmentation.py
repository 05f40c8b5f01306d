"""Makes augmentation.json beside this script: what others make of the steps that vary waveforms.

Needs numpy 2.4.6, scipy 1.17.1, python_speech_features 0.6, and a Python before 3.13, whose audioop knows µ-law. Run make_mfcc.py
first.
"""
import audioop
import json
import os
import wave

import numpy as np
from python_speech_features import base, sigproc
from scipy import signal
from scipy.fftpack import dct

here = os.path.dirname(os.path.abspath(__file__))
rate = 8_000


def samples(name):
    with wave.open(os.path.join(here, name + ".wav")) as file:
        assert file.getframerate() == rate
        return np.frombuffer(file.readframes(file.getnframes()), dtype=np.int16)


def warped(frequency, factor, nyquist):
    """Jaitly and Hinton (2013), with their 4,800 of 8,000 Hz for the bend."""
    bend = 0.6 * nyquist * min(factor, 1) / factor
    top = nyquist - (nyquist - 0.6 * nyquist * min(factor, 1)) / (nyquist - bend) * (nyquist - frequency)
    return np.where(frequency <= bend, frequency * factor, top)


def warped_mfcc(sound, factor, filters=26, size=512):
    """python_speech_features.mfcc(sound, 8000, nfft=512, appendEnergy=False) over a warped filterbank."""
    edges = base.mel2hz(np.linspace(base.hz2mel(0), base.hz2mel(rate / 2), filters + 2))
    points = np.floor((size + 1) * warped(edges, factor, rate / 2) / rate)
    bank = np.zeros([filters, size // 2 + 1])
    for j in range(filters):
        for i in range(int(points[j]), int(points[j + 1])):
            bank[j, i] = (i - points[j]) / (points[j + 1] - points[j])
        for i in range(int(points[j + 1]), int(points[j + 2])):
            bank[j, i] = (points[j + 2] - i) / (points[j + 2] - points[j + 1])
    frames = sigproc.framesig(sigproc.preemphasis(sound, 0.97), 0.025 * rate, 0.01 * rate)
    energies = np.dot(sigproc.powspec(frames, size), bank.T)
    energies = np.where(energies == 0, np.finfo(float).eps, energies)
    return base.lifter(dct(np.log(energies), type=2, axis=1, norm="ortho")[:, :13], 22)


speech = samples("telephone")
assert np.allclose(
    warped_mfcc(speech, 1), base.mfcc(speech, rate, nfft=512, appendEnergy=False)), "without a warp it is the package's"

# What lies below 0.6 of the band, where no resampler's filter has begun to fall.
smooth = signal.sosfiltfilt(signal.butter(8, 2_000, fs=rate, output="sos"), speech / 32_768)[1_000:3_000]
impulse = np.zeros(48)
impulse[0] = 1


def peak(frequency, quality, decibels):
    """The analog prototype of the cookbook, transformed bilinearly with its frequency kept."""
    root, omega = 10 ** (decibels / 40), 2 * rate * np.tan(np.pi * frequency / rate)
    return signal.bilinear(
        [1, omega * root / quality, omega**2], [1, omega / (root * quality), omega**2], fs=rate)


# G.711 takes 14 bits: audioop rounds what is finer one way for negative samples and another way for positive ones.
values = np.unique(np.concatenate([np.arange(-32_768, 32_768, 260), np.arange(-300, 300, 4), [32_764]])).astype(np.int16)
with open(os.path.join(here, "augmentation.json"), "w") as file:
    json.dump({
        "muLaw": {
            "samples": values.tolist(),
            "bytes": list(audioop.lin2ulaw(values.tobytes(), 2)),
            "decoded": np.frombuffer(audioop.ulaw2lin(bytes(range(256)), 2), dtype=np.int16).tolist(),
        },
        "vocalTract": [
            {"factor": factor, "features": np.round(warped_mfcc(speech[1_000:3_000], factor), 5).tolist()}
            for factor in (0.85, 1, 1.15)],
        "resampled": {
            "samples": np.round(smooth, 7).tolist(),
            "speeds": [
                {"speed": speed, "samples": np.round(signal.resample_poly(smooth, 128, speed), 7).tolist()}
                for speed in (103, 128, 160)],
        },
        "filters": [
            {"kind": "highPass", "frequency": 300,
             "response": signal.sosfilt(signal.butter(4, 300, "high", fs=rate, output="sos"), impulse).tolist()},
            {"kind": "lowPass", "frequency": 3400,
             "response": signal.sosfilt(signal.butter(4, 3_400, fs=rate, output="sos"), impulse).tolist()},
            {"kind": "peak", "frequency": 1000, "response": signal.lfilter(*peak(1_000, 0.8, 6), impulse).tolist()},
        ],
    }, file, separators=(",", ":"))
