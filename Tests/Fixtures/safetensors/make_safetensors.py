"""Writes numpy.safetensors, which the tests read: every element type that Duet reads, written by the Python package.

Run with: python3 -m pip install numpy safetensors, then python3 make_safetensors.py
"""

import json
import pathlib
import struct

import numpy
import safetensors.numpy

folder = pathlib.Path(__file__).parent
ramp = numpy.linspace(-2, 2, 6).reshape(2, 3)
tensors = {
    "double": ramp,
    "single": ramp.astype(numpy.float32),
    "half": ramp.astype(numpy.float16),
    "long": numpy.array([-3, 2**40]),
    "int": numpy.array([[-3], [7]], dtype=numpy.int32),
    "byte": numpy.arange(253, 256, dtype=numpy.uint8),
    "scalar": numpy.array(0.1, dtype=numpy.float32),
    "empty": numpy.zeros((0, 4), dtype=numpy.float32),
}
metadata = {"classes": '["null", "eins"]', "note": 'quote " slash / umlaut ü 七'}
safetensors.numpy.save_file(tensors, folder / "numpy.safetensors", metadata=metadata)

# NumPy has no bfloat16, so this one file is put together by hand: 1.5, -2 and the largest number below infinity.
header = json.dumps({"brain": {"dtype": "BF16", "shape": [3], "data_offsets": [0, 6]}}).encode()
values = struct.pack("<3H", 0x3FC0, 0xC000, 0x7F7F)
(folder / "bfloat16.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + values)
