"""Shows results of `run.py` as a table, for the terminal or for Markdown."""

HEADER = ["what", "Duet", "against", "their speed", "ratio", "at least", "aim for", "reached"]


def figure(row, rate):
    """Samples per second, or the milliseconds of one."""
    if rate is None:
        return "failed"
    if row["unit"] == "s":
        return f"{1 / rate:.2f} s"
    return f"{1000 / rate:.2f} ms" if row["unit"] == "ms" else f"{rate:,.0f}/s"


def peers_cell(row):
    """All that were measured, the fastest first."""
    fastest_first = sorted(row["peers"].items(), key=lambda peer: -(peer[1] or 0))
    return ", ".join(f"{name} {figure(row, rate)}{quality(row, name)}" for name, rate in fastest_first)


def quality(row, name):
    """How good a map is: its KL divergence, less is better."""
    found = row.get("divergences", {}).get(name)
    return f" (KL {found:.3f})" if found is not None else ""


def bound(row, value):
    return f"≤ {value:g}" if row["compares_times"] else f"{value:g}×"


def ratio_cell(row):
    """The median, and between which ratios the rounds lie."""
    mark, sign = "~" if row["disturbed"] else "", "" if row["compares_times"] else "×"
    return f"{mark}{row['ratio']:.2f}{sign} ({row['lowest_ratio']:.2f} to {row['highest_ratio']:.2f})"


def cells(row):
    if "duet" not in row:
        return [row["title"], "–", row["against"], "–", "–", "–", "–", row["verdict"]]
    return [
        row["title"],
        figure(row, row["duet"]) + quality(row, "Duet t-SNE"),
        row["against"],
        peers_cell(row),
        ratio_cell(row) if "ratio" in row else "–",
        bound(row, row["at_least"]),
        bound(row, row["aim"]),
        row["verdict"],
    ]


def surroundings(results):
    machine, settings = results["machine"], results["settings"]
    memory = f", {machine['memory_gib']} GiB" if machine["memory_gib"] else ""
    versions = ", ".join(f"{name} {version}" for name, version in results["versions"].items())
    return [
        f"{machine['processor']}, {machine['cores']} cores{memory}; {machine['system']}",
        versions,
        f"{settings['threads']} threads, {settings['rounds']} rounds of {settings['seconds']} s each, "
        f"{results['measured_at']}",
    ]


def errors(results):
    """What the contestants that failed said."""
    return {
        f"{result['contestant']} ({case['mode']}, {case['model']}, batch {case['batch_size']})": run["error"]
        for case in results["cases"]
        for result in case["results"]
        for run in result["runs"]
        if "error" in run
    }


def notes(results):
    found = []
    if any(row.get("disturbed") for row in results["rows"]):
        found.append("~ other processes disturbed every round of this row: do not trust it.")
    return found + [f"{name} failed: {error}" for name, error in errors(results).items()]


def text(results):
    rows = [HEADER] + [cells(row) for row in results["rows"]]
    widths = [max(len(cell) for cell in column) for column in zip(*rows)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(cells, widths)).rstrip() for cells in rows]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(surroundings(results) + [""] + lines + notes(results))


def markdown(results):
    alignments = ["---", "---:", "---", "---", "---:", "---:", "---:", "---"]
    rows = [HEADER, alignments] + [cells(row) for row in results["rows"]]
    table = ["| " + " | ".join(cells) + " |" for cells in rows]
    return "\n".join([" · ".join(surroundings(results)), ""] + table + [""] + notes(results)).rstrip()
