"""A `duet serve` that a check starts, and what it is asked."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FORM_TYPE = "multipart/form-data; boundary=x"


def start(duet, *options):
    """A server at a free port, and the port."""
    server = subprocess.Popen(
        [duet, "serve", "--port", "0", "--log-level", "critical", *map(str, options)], stdout=subprocess.PIPE, text=True)
    return server, int(re.search(r":(\d+)/", server.stdout.readline()).group(1))


def form():
    """A drawn and a spoken seven, as the body of a POST to /predict."""
    body = b""
    for name, file in (("image", "seven.png"), ("audio", "seven.wav")):
        body += f'--x\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\n\r\n'.encode()
        body += (ROOT / "examples" / file).read_bytes() + b"\r\n"
    return body + b"--x--\r\n"


def resident(server):
    """Its memory in MB."""
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{server.pid}/status").read_text()).group(1)) / 1024
