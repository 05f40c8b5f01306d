"""Makes the NumPy fixtures beside this script: files as NumPy itself writes them."""
import io
import os
import warnings

import numpy as np
from numpy.lib import format as npy

here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "npy")
os.makedirs(here, exist_ok=True)


def path(name):
    return os.path.join(here, name)


# Each element type in both byte orders, always the same six numbers (7, 6, … where there is no sign).
for name in "uint8 uint16 uint32 uint64 int8 int16 int32 int64 float16 float32 float64".split():
    values = [[0, 1, 127], [2, 3, 100]] if name.startswith("u") else [[0, -1, 127], [2, -3, 100]]
    for order, word in (("<", "little"), (">", "big")):
        np.save(path(f"{name}_{word}.npy"), np.array(values).astype(np.dtype(name).newbyteorder(order)))

np.save(path("fortran.npy"), np.asfortranarray(np.arange(24, dtype="<i2").reshape(2, 3, 4)))
np.save(path("scalar.npy"), np.float32(2.5))
np.save(path("empty.npy"), np.zeros((0, 784), "uint8"))
np.save(path("fractions.npy"), np.array([1.0, 2.5, 3.0], "float64"))
np.save(path("huge_uint64.npy"), np.array([1, 2**63], "uint64"))
np.save(path("not_finite.npy"), np.array([1.5, np.nan, np.inf, -np.inf], "float16"))
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    for version in (1, 2, 3):
        with open(path(f"version{version}.npy"), "wb") as file:
            npy.write_array(file, np.arange(5, dtype="int32"), version=(version, 0))

np.save(path("objects.npy"), np.array([{"a": 1}], dtype=object))
np.save(path("structured.npy"), np.zeros(2, dtype=[("x", "f4"), ("y", "i4")]))
np.save(path("complex.npy"), np.zeros(2, "complex64"))
np.save(path("text.npy"), np.array(["one", "two"]))

random = np.random.default_rng(1)
np.savez_compressed(path("members.npz"), X=np.arange(6, dtype="float32").reshape(2, 3), y=np.array([4, 5]))

# What Normalization must compute, by NumPy: large offsets, and a column that never changes.
audio = random.normal(1000, 3, (20, 7)).astype("float32")
audio[:, 4] = 0.1
images = random.integers(0, 256, (20, 4, 4)).astype("uint8")
fitted = audio[3:17].astype("float64")
mean, deviation = fitted.mean(0).astype("float32"), fitted.std(0).astype("float32")
deviation[4] = 1
np.save(path("normalization_audio.npy"), audio)
np.save(path("normalization_images.npy"), images)
np.save(path("normalization_mean.npy"), mean)
np.save(path("normalization_deviation.npy"), deviation)
np.save(path("normalization_result.npy"), (audio - mean) / deviation)
np.save(path("normalization_pixels.npy"), images.astype("float32") / np.float32(255))
