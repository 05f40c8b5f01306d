#!/usr/bin/env python3
"""What `duet serve` does when it is ended under load, killed, and crowded: nothing that it took is lost, nobody else is disturbed.

Usage: check-server-faults.py DUET [RESTARTS] [CONNECTIONS]      (default: 20 and 10000)

The served model is the one that Duet ships. Tests/DuetServerTests has the other faults: bodies that are too large or never end,
slow clients, files that are no pictures, model files that are replaced or cut short.
Ends with status 1 where something is lost or disturbed.
"""

import http.client
import resource
import signal
import socket
import subprocess
import sys
import threading
import time

from server import FORM_TYPE, form, resident, start

BODY = form()
HEADERS = {"Content-Type": FORM_TYPE}


def ask(port, timeout=60):
    """`answered`; `refused`, where no connection was made; `lost (…)`, where there was one and nothing came."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.connect()
    except OSError:
        return "refused"
    try:
        connection.request("POST", "/predict", BODY, HEADERS)
        response = connection.getresponse()
        text = response.read()
        if response.status == 503:
            return "told to come back"
        return "answered" if response.status == 200 and b'"label" : "7"' in text else "answered otherwise"
    except (OSError, http.client.HTTPException) as error:
        return f"lost ({type(error).__name__})"
    finally:
        connection.close()


def ended_under_load(duet, restarts, clients=16):
    """SIGTERM while clients ask: whoever was connected is answered."""
    counts = {}
    for _ in range(restarts):
        server, port = start(duet)
        stopping, results, lock = threading.Event(), [], threading.Lock()

        def work():
            while not stopping.is_set():
                result = ask(port)
                with lock:
                    results.append(result)
                if result == "refused":
                    return

        threads = [threading.Thread(target=work) for _ in range(clients)]
        for thread in threads:
            thread.start()
        time.sleep(0.4)
        server.send_signal(signal.SIGTERM)
        status = server.wait(timeout=60)
        stopping.set()
        for thread in threads:
            thread.join()
        if status != 0:
            sys.exit(f"after SIGTERM the server ended with {status}")
        for result in results:
            counts[result] = counts.get(result, 0) + 1
    return counts


def killed(duet):
    """SIGKILL, and the next server takes the same port at once."""
    server, port = start(duet)
    assert ask(port) == "answered"
    server.kill()
    server.wait()
    began = time.perf_counter()
    server = subprocess.Popen([duet, "serve", "--port", str(port), "--log-level", "critical"], stdout=subprocess.PIPE)
    server.stdout.readline()
    ready = time.perf_counter() - began
    result = ask(port)
    server.terminate()
    server.wait()
    return result, ready


def crowded(duet, count):
    """Idle connections by the thousand, and a client among them."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, count + 500), hard))
    server, port = start(duet)
    before, idle, answers = resident(server), [], []
    for number in range(count):
        one = socket.socket()
        one.connect(("127.0.0.1", port))
        one.send(b"POST /predict HTTP/1.1\r\nHost: a\r\n")
        idle.append(one)
        if number % (count // 20) == 0:
            began = time.perf_counter()
            answers.append((ask(port), time.perf_counter() - began))
    time.sleep(1)
    closed = 0
    for one in idle:
        one.setblocking(False)
        try:
            closed += one.recv(1) == b""
        except BlockingIOError:
            pass
        except OSError:
            closed += 1
    after = resident(server)
    for one in idle:
        one.close()
    server.terminate()
    server.wait()
    return answers, closed, before, after


def main():
    duet = sys.argv[1]
    restarts = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 10_000
    counts = ended_under_load(duet, restarts)
    print(f"SIGTERM under load, {restarts} times: " + ", ".join(f"{number} {name}" for name, number in counts.items()))
    result, ready = killed(duet)
    print(f"SIGKILL: the next server at the same port is ready after {1000 * ready:.0f} ms; {result}")
    answers, closed, before, after = crowded(duet, count)
    good = [seconds for one, seconds in answers if one == "answered"]
    print(f"{count} idle connections: {closed} were closed, {len(good)} of {len(answers)} requests among them answered, "
          f"the slowest in {1000 * max(good, default=0):.0f} ms; memory {before:.0f} MB before, {after:.0f} MB after")
    if any(name.startswith(("lost", "answered otherwise")) for name in counts) or result != "answered" or len(good) < len(answers):
        sys.exit(1)


main()
