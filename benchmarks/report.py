"""Shows results of `run.py` as a table, for the terminal or for Markdown."""

HEADER = ["what", "Duet", "PyTorch: best (default)", "Keras: best (default)", "ONNX Runtime", "to fastest", "to PyTorch eager"]


def is_latency(case):
    return case["mode"] == "infer" and case["batch_size"] == 1


def title(case):
    mode = {"train": "training", "infer": "inference"}[case["mode"]]
    return f"{mode}, {case['model']}, batch {case['batch_size']}"


def figure(case, result):
    """Samples per second, or milliseconds for one; `~` marks what other processes disturbed."""
    mark = "~" if result["disturbed"] else ""
    rate = result["samples_per_second"]
    return f"{mark}{1000 / rate:.2f} ms" if is_latency(case) else f"{mark}{rate:,.0f}/s"


def of_peer(case, peer):
    return [r for r in case["results"] if r["peer"] == peer and "error" not in r]


def fastest(results):
    return max(results, key=lambda result: result["samples_per_second"], default=None)


def peer_cell(case, peer, default):
    """The peer's best variant and, in parentheses, what its users get without asking for more."""
    results = of_peer(case, peer)
    best = fastest(results)
    if best is None:
        return "failed" if any(r["peer"] == peer for r in case["results"]) else "–"
    cell = figure(case, best)
    if default is None:
        return cell
    cell += f" {best['variant']}"
    plain = next((r for r in results if r["variant"] == default), None)
    return f"{cell} ({figure(case, plain)})" if plain and plain is not best else cell


def ratio(case, others):
    """How many times as fast as the fastest of the others Duet is."""
    duet, other = fastest(of_peer(case, "Duet")), fastest(others)
    return f"{duet['samples_per_second'] / other['samples_per_second']:.2f}×" if duet and other else "–"


def row(case):
    peers = [result for result in case["results"] if result["peer"] != "Duet" and "error" not in result]
    eager = [result for result in peers if (result["peer"], result["variant"]) == ("PyTorch", "eager")]
    return [
        title(case),
        peer_cell(case, "Duet", default=None),
        peer_cell(case, "PyTorch", default="eager"),
        peer_cell(case, "Keras", default="xla"),
        peer_cell(case, "ONNX Runtime", default=None),
        ratio(case, peers),
        ratio(case, eager),
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


def notes(results):
    found = []
    everything = [result for case in results["cases"] for result in case["results"]]
    if any(result.get("disturbed") for result in everything):
        found.append("~ other processes disturbed every run of this one: do not trust it.")
    errors = {f"{result['peer']} {result['variant']}": result["error"] for result in everything if "error" in result}
    return found + [f"{name} failed: {error}" for name, error in errors.items()]


def text(results):
    rows = [HEADER] + [row(case) for case in results["cases"]]
    widths = [max(len(cell) for cell in column) for column in zip(*rows)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(cells, widths)).rstrip() for cells in rows]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(surroundings(results) + [""] + lines + notes(results))


def markdown(results):
    rows = [HEADER, ["---"] + ["---:"] * (len(HEADER) - 1)] + [row(case) for case in results["cases"]]
    table = ["| " + " | ".join(cells) + " |" for cells in rows]
    return "\n".join([" · ".join(surroundings(results)), ""] + table + [""] + notes(results)).rstrip()
