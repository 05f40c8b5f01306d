"""What the runs say about a row: ratios, and whether they reach what is aimed for."""

import statistics

DIVERGENCE_LIMIT = 1.03  # a map's KL may be so many times the best peer's


def rate(runs):
    """The median of the runs that had the machine to themselves; of all where none had. None for one that failed."""
    if not runs or any("error" in run for run in runs):
        return None
    return statistics.median(run["samples_per_second"] for run in quiet(runs) or runs)


def quiet(runs):
    return [run for run in runs if run["quiet"]]


def judged(row, target, runs):
    """A row with its numbers, ready for JSON. `target` is what it is to reach, or None; `runs` has each contestant's
    runs, round by round."""
    found = {
        "name": row.name,
        "title": row.title,
        "against": row.against,
        "at_least": target and target.at_least,
        "aim": target and target.aim,
        "compares_times": row.compares_times,
        "unit": unit(row.case),
        "duet": rate(runs[row.duet]),
        "peers": {peer.name: rate(runs[peer]) for peer in row.peers},
    }
    if row.case.mode == "embed":
        found["divergences"] = {name.name: divergence(runs[name]) for name in (row.duet, *row.peers)}
    rated = {peer: rate(runs[peer]) for peer in row.peers if rate(runs[peer])}
    if found["duet"] is None or not rated:
        return {**found, "verdict": "failed"}
    best = max(rated, key=rated.get)
    found |= {"best": best.name, **compared(row, target, list(zip(runs[row.duet], runs[best])))}
    if "divergences" in found:
        others = [found["divergences"][peer.name] for peer in rated]
        if found["divergences"][row.duet.name] > DIVERGENCE_LIMIT * min(others):
            found["verdict"] = "missed: a worse map"
    return found


def unit(case):
    """What a run's figure is in: for a map, a step and one example the time, else the speed."""
    if case.mode == "embed":
        return "s"
    return "ms" if case.mode in ("predict", "profile") or case.batch_size == 1 else "samples/s"


def divergence(runs):
    """The median of KL(P||Q), or None for one that failed."""
    return statistics.median(run["divergence"] for run in runs) if rate(runs) else None


def compared(row, target, rounds):
    """The median of the rounds' ratios: each compares two runs that followed each other closely. Rounds in which other
    processes took part of the machine count only where there are no others."""
    undisturbed = [pair for pair in rounds if pair[0]["quiet"] and pair[1]["quiet"]]
    ratios = [duet["samples_per_second"] / peer["samples_per_second"] for duet, peer in undisturbed or rounds]
    if row.compares_times:
        ratios = [1 / ratio for ratio in ratios]
    ratio = statistics.median(ratios)
    return {
        "ratio": round(ratio, 3),
        "lowest_ratio": round(min(ratios), 3),
        "highest_ratio": round(max(ratios), 3),
        "rounds": len(ratios),
        "disturbed": not undisturbed,
        "verdict": ("" if undisturbed else "~") + verdict(row, target, ratio),
    }


def verdict(row, target, ratio):
    def reaches(bound):
        return ratio <= bound if row.compares_times else ratio >= bound

    if target is None:
        return "no target"
    return "aim reached" if reaches(target.aim) else "reached" if reaches(target.at_least) else "missed"
