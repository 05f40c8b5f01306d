"""Shows results of `run.py` as tables, for the terminal or for Markdown."""

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
    if value is None:
        return "–"
    return f"≤ {value:g}" if row["compares_times"] else f"{value:g}×"


def ratio_cell(row):
    """The median, and between which ratios the rounds lie."""
    mark, sign = "~" if row["disturbed"] else "", "" if row["compares_times"] else "×"
    return f"{mark}{row['ratio']:.2f}{sign} ({row['lowest_ratio']:.2f} to {row['highest_ratio']:.2f})"


def cells(row):
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
    """What all tables were measured on."""
    machine = results["machine"]
    memory = f", {machine['memory_gib']} GiB" if machine["memory_gib"] else ""
    return [
        f"{machine['processor']}, {machine['cores']} cores{memory}; {machine['system']}; Swift {machine['swift']}",
        "has " + " ".join(machine["flags"]),
        f"measured at {results['measured_at']}",
    ]


def circumstances(table):
    """What one table was measured with."""
    settings = table["settings"]
    versions = ", ".join(f"{name} {version}" for name, version in table["versions"].items())
    return [versions, f"{settings['rounds']} rounds of {settings['seconds']} s each"]


def errors(results):
    """What the contestants that failed said."""
    return {
        f"{table['title']}: {result['contestant']} ({case['mode']}, {case['model']}, batch {case['batch_size']})": run[
            "error"
        ]
        for table in results["tables"]
        for case in table["cases"]
        for result in case["results"]
        for run in result["runs"]
        if "error" in run
    }


def notes(table):
    found = []
    if table["not_held"]:
        found.append(
            f"Not held to this instruction set, which is not the processor's best: {', '.join(table['not_held'])}."
        )
    if any(row.get("disturbed") for row in table["rows"]):
        found.append("~ other processes disturbed every round of this row: do not trust it.")
    return found


def failures(results):
    return [f"{name} failed: {error}" for name, error in errors(results).items()]


def text(results):
    lines = surroundings(results)
    for table in results["tables"]:
        rows = [HEADER] + [cells(row) for row in table["rows"]]
        widths = [max(len(cell) for cell in column) for column in zip(*rows)]
        aligned = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
        aligned.insert(1, "  ".join("-" * width for width in widths))
        lines += ["", f"=== {table['title']}", *circumstances(table), "", *aligned, *notes(table)]
    return "\n".join(lines + failures(results))


def markdown(results):
    alignments = ["---", "---:", "---", "---", "---:", "---:", "---:", "---"]
    paragraphs = [" · ".join(surroundings(results))]
    for table in results["tables"]:
        rows = [HEADER, alignments] + [cells(row) for row in table["rows"]]
        paragraphs += [f"### {table['title']}", " · ".join(circumstances(table))]
        paragraphs += ["\n".join("| " + " | ".join(row) + " |" for row in rows), *notes(table)]
    return "\n\n".join(paragraphs + failures(results))
