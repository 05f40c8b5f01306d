"""A small server that speaks as Zenodo's API does, and misbehaves when asked to.

    zenodo_server.py FOLDER [--break-after BYTES] [--break-once] [--ignore-range] [--lie NAME] [--stall] [--status N]
                            [--redirect] [--redirect-to URL] [--overlong NAME] [--refuse-range] [--slow]

It serves the files of FOLDER as record 4452953 on a free port of this machine, prints the port, and keeps a list of what
was asked, which `GET /asked` gives. It ends when its standard input does, so that it never outlives the test.
"""
import argparse
import hashlib
import json
import os
import re
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

parser = argparse.ArgumentParser()
parser.add_argument("folder")
parser.add_argument("--break-after", type=int, help="end each connection after so many bytes of a file")
parser.add_argument("--break-once", action="store_true", help="only the first connection breaks")
parser.add_argument("--ignore-range", action="store_true", help="answer 200 with the whole file, always")
parser.add_argument("--refuse-range", action="store_true", help="answer 416 to every range")
parser.add_argument("--lie", help="give a wrong checksum for this file")
parser.add_argument("--overlong", help="send more of this file than the record says")
parser.add_argument("--stall", action="store_true", help="stop sending half-way without ending the connection")
parser.add_argument("--slow", action="store_true", help="send a little at a time")
parser.add_argument("--status", type=int, help="answer every file with this status")
parser.add_argument("--status-once", type=int, help="answer the first request for a file with this status")
parser.add_argument("--redirect", action="store_true", help="send every file's asker on to another address")
parser.add_argument("--redirect-to", metavar="URL", help="send every file's asker on to this address")
options = parser.parse_args()
asked = []
breaks = [0]


def content(name):
    with open(os.path.join(options.folder, name), "rb") as file:
        return file.read()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def answer(self, status, body, headers=(), send=None):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        (send or self.wfile.write)(body)

    def do_GET(self):
        if self.path == "/asked":
            return self.answer(200, json.dumps(asked).encode())
        if self.path == "/api/records/4452953":
            return self.answer(200, json.dumps(self.record()).encode(), [("Content-Type", "application/json")])
        name = os.path.basename(self.path)
        wanted = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range") or "")
        asked.append([name, int(wanted[1]) if wanted else 0])
        if options.redirect and self.path.startswith("/files/"):
            return self.answer(302, b"", [("Location", f"/elsewhere/{name}")])
        if options.redirect_to:
            return self.answer(302, b"", [("Location", options.redirect_to)])
        if options.status or options.status_once and len(asked) == 1:
            return self.answer(options.status or options.status_once, b"no")
        if not os.path.exists(os.path.join(options.folder, name)):
            return self.answer(404, b"no")
        body = content(name) + (b"more" * 1000 if name == options.overlong else b"")
        if not wanted or options.ignore_range:
            return self.answer(200, body, send=self.send)
        start = int(wanted[1])
        if start >= len(body) or options.refuse_range:
            return self.answer(416, b"", [("Content-Range", f"bytes */{len(body)}")])
        self.answer(206, body[start:], [("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")], self.send)

    def send(self, body):
        if options.stall:
            # Half of a whole file, and nothing of a rest: else each new attempt would bring half of what is left.
            self.wfile.write(b"" if self.headers.get("Range") else body[: len(body) // 2])
            self.wfile.flush()
            time.sleep(60)
        elif options.slow:
            for start in range(0, len(body), 256):
                self.wfile.write(body[start : start + 256])
                time.sleep(0.05)
        elif options.break_after is not None and not (options.break_once and breaks[0]):
            breaks[0] += 1
            self.wfile.write(body[: options.break_after])
            self.close_connection = True
        else:
            self.wfile.write(body)

    def record(self):
        files = []
        for name in sorted(os.listdir(options.folder)):
            body = content(name)
            md5 = hashlib.md5(b"lie" if name == options.lie else body).hexdigest()
            link = f"http://127.0.0.1:{self.server.server_port}/files/{name}"
            entry = {"key": name, "size": len(body), "checksum": f"md5:{md5}", "links": {"self": link}, "type": "npy"}
            files.append(entry)
        return {"id": 4452953, "files": files, "metadata": {"title": "a test", "creators": []}, "stats": None}


class Server(ThreadingHTTPServer):
    def handle_error(self, request, address):
        # A client that hangs up half-way is part of the test.
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, address)


server = Server(("127.0.0.1", 0), Handler)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_port, flush=True)
sys.stdin.read()
