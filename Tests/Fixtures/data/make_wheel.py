"""Makes a tiny wheel, the same bytes every time, for pip to bring from a folder instead of the network."""
import os
import zipfile

here = os.path.dirname(os.path.abspath(__file__))
os.makedirs(os.path.join(here, "wheels"), exist_ok=True)
info = "duet_fixture-1.0.dist-info"
entries = {
    "duet_fixture/digits.txt": "zero one two\n" * 50,
    f"{info}/METADATA": "Metadata-Version: 2.1\nName: duet-fixture\nVersion: 1.0\n",
    f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: make_wheel\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    f"{info}/RECORD": "",
}
with zipfile.ZipFile(os.path.join(here, "wheels", "duet_fixture-1.0-py3-none-any.whl"), "w") as wheel:
    for name, text in entries.items():
        entry = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
        # Stored, not deflated: other versions of zlib would make other bytes.
        wheel.writestr(entry, text, zipfile.ZIP_STORED)
