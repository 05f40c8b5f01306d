#!/usr/bin/env python3
"""What `duet serve` does under more requests than it can answer, and after a long time: answers stay quick, memory stays flat.

Usage: check-server-load.py overload DUET MODEL REQUEST.json [--seconds 60] [--max-queue 256] [--connections 256]
       check-server-load.py soak DUET [--seconds 3600] [--rate 50]

`overload`: `wrk` asks on many connections and asks again at once where it is refused; a client beside it asks now and then, and its
latencies are the ones that count. REQUEST.json is a request of the Open Inference Protocol for MODEL:
{"inputs": [{"name": "image", "shape": [1, 784], "datatype": "FP32", "data": [0, …]}, …]}, a row of a real example.
`soak`: a steady load of what the page and the protocol's clients ask, at the model that Duet ships.
Ends with status 1 where an answer is wrong, latency under load is more than three times that without (the 99th percentiles), or memory
grows by more than 2 % after the first half of the overload or the first tenth of the soak.
"""

import argparse
import http.client
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path

from server import FORM_TYPE, ROOT, form, resident, start


def timed(connection, path, body, kind="application/json"):
    """The status of a request, its answer, and how many milliseconds it took."""
    begin = time.perf_counter()
    connection.request("POST" if body else "GET", path, body, {"Content-Type": kind} if body else {})
    response = connection.getresponse()
    return response.status, response.read(), 1000 * (time.perf_counter() - begin)


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def probe(port, path, body, seconds):
    """Asks every few milliseconds, one request at a time: the latencies of what was answered, and how many were refused."""
    latencies, refused = [], 0
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        status, answer, milliseconds = timed(connection, path, body)
        if status == 200:
            latencies.append(milliseconds)
        elif status == 503:
            refused += 1
        else:
            sys.exit(f"status {status}: {answer[:200]}")
        time.sleep(0.005)
    return latencies, refused


def overload(found):
    body = found.request.read_bytes()
    server, port = start(found.duet, "--model", found.model, "--name", "model", "--max-queue", found.max_queue)
    try:
        path = "/v2/models/model/infer"
        probe(port, path, body, 2)
        quiet, _ = probe(port, path, body, 10)
        limit, before = 3 * percentile(quiet, 0.99), resident(server)
        print(f"quiet: median {statistics.median(quiet):.1f} ms, 99 % {percentile(quiet, 0.99):.1f} ms; {before:.0f} MB")
        load = subprocess.Popen(
            ["wrk", "-t", "1", "-c", str(found.connections), "-d", f"{found.seconds}s", "--timeout", "30s",
             "-s", ROOT / "benchmarks" / "serving" / "post.lua", f"http://127.0.0.1:{port}{path}"],
            env={**os.environ, "REQUEST_BODY": str(found.request)}, stdout=subprocess.PIPE, text=True)
        time.sleep(1)
        early = resident(server)
        half = (found.seconds - 3) // 2
        loaded, refused = probe(port, path, body, half)
        middle = resident(server)
        more, more_refused = probe(port, path, body, half)
        loaded, refused, late = loaded + more, refused + more_refused, resident(server)
        output = load.communicate()[0]
        answered, seconds, *_, failed = map(float, re.search(r"RESULT (.*)", output).group(1).split())
        print(f"overloaded: {answered / seconds:,.0f} requests/s on {found.connections} connections, "
              f"{(answered - failed) / seconds:,.0f}/s of them answered, the others refused with 503")
        worst = percentile(loaded, 0.99)
        print(f"beside it: {len(loaded)} answered, median {statistics.median(loaded):.1f} ms, 99 % {worst:.1f} ms "
              f"({worst / percentile(quiet, 0.99):.1f} times the quiet one); {refused} refused")
        print(f"memory: {early:.0f} MB after a second, {middle:.0f} MB after half of the time, {late:.0f} MB at the end")
        return worst <= limit and late <= 1.02 * middle
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()


def soak(found):
    server, port = start(found.duet)
    row = json.dumps({"inputs": [{"name": "image", "shape": [1, 784], "datatype": "FP32", "data": [0.0] * 784}]}).encode()
    asked = [
        ("/predict", form(), FORM_TYPE, b'"label" : "7"'), ("/v2/models/digits/infer", row, "application/json", b'"outputs"'),
        ("/", None, None, b"<!doctype html>"), ("/metrics", None, None, b"duet_requests_total"),
        ("/v2/models/digits", None, None, b'"inputs"'),
    ]
    connection, memory, latencies, count = None, [], [], 0
    every = max(2, found.seconds * found.rate // 60)
    begin = time.monotonic()
    try:
        while time.monotonic() - begin < found.seconds:
            # A new connection now and then, as clients come and go.
            if count % 100 == 0:
                if connection:
                    connection.close()
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            path, body, kind, expected = asked[count % len(asked)]
            status, answer, milliseconds = timed(connection, path, body, kind)
            if status != 200 or expected.lower() not in answer.lower():
                sys.exit(f"request {count}, {path}: status {status}, {answer[:200]}")
            if path == "/predict":
                latencies.append(milliseconds)
            count += 1
            if count % every == 1:
                memory.append((time.monotonic() - begin, resident(server)))
                print(f"{memory[-1][0]:6.0f} s: {count} requests, {memory[-1][1]:.1f} MB, "
                      f"predict 99 % {percentile(latencies, 0.99):.1f} ms", flush=True)
            time.sleep(max(0, begin + count / found.rate - time.monotonic()))
        settled = next(size for seconds, size in memory if seconds >= found.seconds / 10)
        growth = resident(server) / settled - 1
        print(f"{count} requests without an error; memory changed by {100 * growth:+.1f} % since the first tenth")
        return growth <= 0.02
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    one = commands.add_parser("overload")
    one.set_defaults(run=overload, seconds=60)
    for name in ("duet", "model", "request"):
        one.add_argument(name, type=Path)
    one.add_argument("--max-queue", type=int, default=256)
    one.add_argument("--connections", type=int, default=256)
    other = commands.add_parser("soak")
    other.set_defaults(run=soak, seconds=3600)
    other.add_argument("duet", type=Path)
    other.add_argument("--rate", type=int, default=50, help="requests a second")
    for command in (one, other):
        command.add_argument("--seconds", type=int, default=command.get_default("seconds"))
    found = parser.parse_args()
    sys.exit(0 if found.run(found) else 1)


main()
