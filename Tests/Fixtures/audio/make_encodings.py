"""Makes the sound files of every encoding in `encodings`: by hand, and a FLAC file with FFmpeg's own encoder.

Needs numpy 2.4.6 and av 18.1.0. Sample n of the 16-bit files is (7 n² + 3001 n) mod 65536 - 32768, which the tests
compute too.
"""
import os
import struct

import av
import numpy as np

here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "encodings")
os.makedirs(here, exist_ok=True)
RATE, COUNT = 16_000, 300
PCM, FLOAT, ALAW, ULAW = 1, 3, 6, 7
values = [(7 * n * n + 3001 * n) % 65536 - 32768 for n in range(COUNT)]


def chunk(name, data):
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def wav(data, bits, tag=PCM, channels=1, rate=RATE, extra=b""):
    frame = channels * bits // 8
    header = struct.pack("<HHIIHH", tag, channels, rate, rate * frame, frame, bits) + extra
    return b"RIFF" + struct.pack("<I", 4 + len(chunk(b"fmt ", header)) + len(chunk(b"data", data))) + b"WAVE" + (
        chunk(b"fmt ", header) + chunk(b"data", data))


def save(name, data):
    with open(os.path.join(here, name), "wb") as file:
        file.write(data)


def pack(code, numbers):
    return struct.pack(f"<{len(numbers)}{code}", *numbers)


good = wav(pack("h", values), 16)
save("16.wav", good)
save("8.wav", wav(bytes((value >> 8) + 128 for value in values), 8))
save("24.wav", wav(b"".join(struct.pack("<i", value * 256 + 5)[:3] for value in values), 24))
save("32.wav", wav(pack("i", [value * 65536 + 77 for value in values]), 32))
save("float.wav", wav(pack("f", [value / 32768 for value in values]), 32, FLOAT))
save("double.wav", wav(pack("d", [value / 32768 for value in values]), 64, FLOAT))
save("ulaw.wav", wav(bytes(range(256)), 8, ULAW))
save("alaw.wav", wav(bytes(range(256)), 8, ALAW))
# The right channel is the left one at half the height, turned over.
save("stereo.wav", wav(pack("h", [s for v in values for s in (v, -v // 2)]), 16, channels=2))
# WAVE_FORMAT_EXTENSIBLE, as recorders write it.
pcm_format = struct.pack("<HHI", 22, 16, 4) + struct.pack("<H", PCM) + bytes.fromhex("000000001000800000aa00389b71")
save("extensible.wav", wav(pack("h", values), 16, 0xFFFE, extra=pcm_format))

save("empty.wav", wav(b"", 16))
save("seventeen_channels.wav", wav(pack("h", values[:170]), 16, channels=17))
save("slow.wav", wav(pack("h", values), 16, rate=999))
save("fast.wav", wav(pack("h", values), 16, rate=384_001))
save("not_a_number.wav", wav(pack("f", [0.5, float("nan"), 0.5]), 32, FLOAT))
save("wrong_scale.wav", wav(pack("f", [float(value) for value in values]), 32, FLOAT))
# Headers that promise two gigabytes.
save("promises.wav", good[:4] + b"\xff\xff\xff\x7f" + good[8:40] + b"\xf0\xff\xff\x7f" + good[44:])

with av.open(os.path.join(here, "16.flac"), "w") as file:
    stream = file.add_stream("flac", rate=RATE, layout="mono")
    frame = av.AudioFrame.from_ndarray(np.array([values], np.int16), format="s16", layout="mono")
    frame.sample_rate = RATE
    for packet in stream.encode(frame) + stream.encode(None):
        file.mux(packet)
