"""Runs Duet and its peers in turn on the same networks, and shows how their speeds compare: a table for each
instruction set and number of threads.

Run it through `make bench`, which builds Duet's part and sets up a Python with the peers.
"""

import argparse
import itertools
import json
import os
import sys
import time
from pathlib import Path

import busy_process
import instruction_sets
import judgement
import machine
import report
import rounds
from conditions import Conditions
from contestants import HERE
from rows import ROWS, chosen

RESULTS = HERE / "results" / "latest.json"


def listed(text):
    return text.split(",")


def counts(text):
    return [int(number) for number in text.split(",")]


def arguments():
    sets = instruction_sets.available()
    default = ",".join(found.name for found in instruction_sets.default())
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="rows: " + ", ".join(row.name for row in ROWS),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--quick", action="store_true", help="Model 2 and the peers' known best only, in three rounds")
    parser.add_argument("--only", metavar="ROW,…", type=listed, default=[], help="measure these rows only")
    parser.add_argument(
        "--isa", metavar="SET,…", type=listed, default=listed(default), help=f"hold everyone to these ({default})"
    )
    parser.add_argument("--threads", metavar="COUNT,…", type=counts, default=[os.cpu_count()], help="how many")
    parser.add_argument("--beside-busy-process", action="store_true", help="while something else keeps one core busy")
    parser.add_argument("--rounds", type=int, help="how often each runs (5; with several tables or --quick 3)")
    parser.add_argument("--seconds", type=float, help="how long each run measures (3; with --quick 1.5)")
    parser.add_argument("--output", type=Path, default=RESULTS, help="where the results go (replaced): %(default)s")
    parser.add_argument("--markdown", action="store_true", help="measure nothing; show --output as Markdown")
    found = parser.parse_args()
    for given, known in ((found.only, [row.name for row in ROWS]), (found.isa, [own.name for own in sets])):
        for name in given:
            if name not in known:
                parser.error(f"there is no '{name}' here; there are {', '.join(known)}")
    found.isa = [own for own in sets if own.name in found.isa]
    if found.rounds is None:
        found.rounds = 3 if found.quick or len(found.isa) * len(found.threads) > 1 else 5
    found.seconds = found.seconds if found.seconds is not None else (1.5 if found.quick else 3.0)
    if min(found.rounds, found.seconds, *found.threads) <= 0:
        parser.error("--rounds, --seconds and --threads must be above 0")
    return found


def contestants_of(rows):
    """Everyone in these rows, each once, Duet first."""
    everyone = [row.duet for row in rows] + [peer for row in rows for peer in row.peers]
    return list(dict.fromkeys(everyone))


def measure_case(case, rows, conditions):
    """The rows of one case, judged, and all that was measured for them. Rows of a case share their runs."""
    runs = rounds.measure(case, contestants_of(rows), conditions)
    judged = [judgement.judged(row, row.target(conditions.instruction_set), runs) for row in rows]
    results = [{"contestant": contestant.name, "runs": own} for contestant, own in runs.items()]
    return judged, {**case._asdict(), "results": results}


def measure_table(rows, conditions, save):
    """One table, saved after each of its cases."""
    is_best = conditions.instruction_set.is_native
    free = [peer.name for peer in contestants_of(rows) if not peer.can_be_held]
    table = {"title": conditions.title, "settings": conditions.settings(), "not_held": [] if is_best else free}
    table |= {"versions": {}, "rows": [], "cases": []}
    cases = list(dict.fromkeys(row.case for row in rows))
    for number, case in enumerate(cases, 1):
        rows_of_case = [row for row in rows if row.case == case]
        rounds.progress(f"{conditions.title}, {number} of {len(cases)}: {rows_of_case[0].title}")
        judged, measured = measure_case(case, rows_of_case, conditions)
        table["rows"] += judged
        table["cases"].append(measured)
        table["versions"] |= versions(measured)
        save(table)
    return table


def versions(case):
    return {
        name: version
        for result in case["results"]
        for own in result["runs"]
        for name, version in own.get("versions", {}).items()
    }


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


def planned(options):
    """Each table's rows and conditions; tables without rows are left out."""
    rows = chosen(options.only, options.quick)
    for instruction_set, threads in itertools.product(options.isa, options.threads):
        own = [row for row in rows if row.is_for(instruction_set, options.isa)]
        if own:
            yield own, Conditions(
                instruction_set, threads, options.rounds, options.seconds, options.beside_busy_process
            )


def main():
    options = arguments()
    if options.markdown:
        return show_markdown(options.output)
    plan = list(planned(options))
    if not plan:
        sys.exit("none of these rows is for these sets: bf16 is for AVX512_BF16, t-SNE for the best there is")
    for program in dict.fromkeys(row.duet.program for rows, _ in plan for row in rows):
        if not program.is_file():
            sys.exit(f"{program} is missing; build it with `swift build -c release --product {program.name}`")
    start = time.time()
    results = {
        "measured_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(start)),
        "machine": {**machine.description(), "swift": machine.swift_version()},
        "tables": [],
    }
    with busy_process.beside(options.beside_busy_process):
        for rows, conditions in plan:
            done = results["tables"]
            done.append(
                measure_table(
                    rows, conditions, lambda table: save({**results, "tables": done + [table]}, options.output)
                )
            )
    print(report.text(results))
    rounds.progress(f"took {time.time() - start:.0f} s; everything is in {options.output}")
    if report.errors(results):
        sys.exit("not all contestants ran: see above")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
