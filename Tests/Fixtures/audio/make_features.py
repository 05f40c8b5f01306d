"""Makes features.json beside this script: means taken away from python_speech_features' MFCCs, and their differences.

Needs numpy 2.4.6, scipy 1.17.1 and python_speech_features 0.6. Run make_mfcc.py first.
"""
import json
import os
import wave

import numpy as np
from python_speech_features import delta, mfcc

here = os.path.dirname(os.path.abspath(__file__))
paper = dict(winlen=0.05, winstep=0.025, numcep=13, nfft=1024, appendEnergy=True)


def samples(name):
    with wave.open(os.path.join(here, name + ".wav")) as file:
        return np.frombuffer(file.readframes(file.getnframes()), dtype=np.int16)


plain = mfcc(samples("paper"), 16_000, **paper)
normalized = plain - plain.mean(axis=0)
first = delta(normalized, 2)
cases = [
    ({"normalizesMean": True}, normalized),
    ({"deltas": 1}, np.hstack([plain, delta(plain, 2)])),
    ({"normalizesMean": True, "deltas": 2}, np.hstack([normalized, first, delta(first, 2)])),
]
with open(os.path.join(here, "features.json"), "w") as file:
    json.dump(
        [{"recording": "paper", "settings": settings, "features": np.round(features, 5).tolist()}
         for settings, features in cases], file, separators=(",", ":"))
