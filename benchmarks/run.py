"""Runs Duet and its peers in turn on the same networks, and shows how their speeds compare.

Run it through `make bench`, which builds Duet's part and sets up a Python with the peers.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path

import judgement
import machine
import report
import rounds
from contestants import DUET_BENCHMARK, DUET_PREDICT, HERE
from rows import ROWS, chosen

RESULTS = HERE / "results" / "latest.json"


def arguments():
    names = [row.name for row in ROWS]
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="rows: " + ", ".join(names),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--quick", action="store_true", help="Model 2 and the peers' known best only, in three rounds")
    parser.add_argument("--only", metavar="ROW,…", help="measure these rows only")
    parser.add_argument("--rounds", type=int, help="how often each contestant runs (5; with --quick 3)")
    parser.add_argument("--seconds", type=float, help="how long each run measures (3; with --quick 1.5)")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--output", type=Path, default=RESULTS, help="where the results go (replaced): %(default)s")
    parser.add_argument("--markdown", action="store_true", help="measure nothing; show --output as Markdown")
    found = parser.parse_args()
    found.only = found.only.split(",") if found.only else []
    for name in found.only:
        if name not in names:
            parser.error(f"there is no row '{name}'; rows are {', '.join(names)}")
    found.rounds = found.rounds if found.rounds is not None else (3 if found.quick else 5)
    found.seconds = found.seconds if found.seconds is not None else (1.5 if found.quick else 3.0)
    for name in ("rounds", "seconds", "threads"):
        if getattr(found, name) <= 0:
            parser.error(f"--{name} is {getattr(found, name)}; it must be above 0")
    return found


def contestants_of(rows):
    """Everyone in these rows, each once, Duet first."""
    everyone = [row.duet for row in rows] + [peer for row in rows for peer in row.peers]
    return list(dict.fromkeys(everyone))


def measure_case(case, rows, options):
    """The rows of one case, judged, and all that was measured for them. Rows of a case share their runs."""
    refusals = {row.duet: rounds.refusal(row.duet, case) for row in rows}
    possible = [row for row in rows if refusals[row.duet] is None]
    runs = rounds.measure(case, contestants_of(possible), options) if possible else {}
    judged = [
        judgement.skipped(row, f"{row.duet.name}: {refusals[row.duet]}")
        if refusals[row.duet] is not None
        else judgement.judged(row, runs)
        for row in rows
    ]
    results = [{"contestant": contestant.name, "runs": own} for contestant, own in runs.items()]
    return judged, {**case._asdict(), "results": results}


def versions(cases):
    found = {"swift": machine.swift_version()}
    for case in cases:
        for result in case["results"]:
            for own in result["runs"]:
                found.update(own.get("versions", {}))
    return found


def save(results, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".part")
    beside.write_text(json.dumps(results, indent=2) + "\n")
    beside.replace(path)


def show_markdown(path):
    try:
        print(report.markdown(json.loads(path.read_text())))
    except (OSError, ValueError, KeyError) as error:
        sys.exit(f"{path} holds no results ({error!r}); measure first, with `make bench`")


def main():
    options = arguments()
    if options.markdown:
        return show_markdown(options.output)
    rows = chosen(options.only, options.quick)
    for program in dict.fromkeys([DUET_PREDICT.program if r.case.mode == "predict" else DUET_BENCHMARK for r in rows]):
        if not program.is_file():
            sys.exit(f"{program} is missing; build it with `swift build -c release --product {program.name}`")
    start = time.time()
    results = {
        "measured_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(start)),
        "settings": {"rounds": options.rounds, "seconds": options.seconds, "threads": options.threads},
        "machine": machine.description(),
        "rows": [],
        "cases": [],
    }
    cases = list(dict.fromkeys(row.case for row in rows))
    for number, case in enumerate(cases, 1):
        rows_of_case = [row for row in rows if row.case == case]
        rounds.progress(f"{number} of {len(cases)}: {rows_of_case[0].title}")
        judged, measured = measure_case(case, rows_of_case, options)
        results["rows"] += judged
        results["cases"].append(measured)
        results["versions"] = versions(results["cases"])
        save(results, options.output)
    print(report.text(results))
    rounds.progress(f"took {time.time() - start:.0f} s; everything is in {options.output}")
    if report.errors(results):
        sys.exit("not all contestants ran: see above")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
