"""The table, as JSON and as Markdown.

JSON: {"machine": …, "rows": [{"name", "shape", "dtype", "flipbook": {"seconds", "gflops"},
"peer": {"name", "seconds", "gflops"}, "ratio", "spread", "bar"}]}. A ratio above 1 means that Flipbook is
faster or smaller; the spread is the largest minus the smallest ratio of the rounds; the bar is the ratio
that is asked for, null where none is. Rows about memory have "bytes" beside the seconds.
"""

import json
import os
from pathlib import Path

from .pairs import Pair
from .sides import Sample


def side(sample: Sample, operations: float | None) -> dict:
    facts = {"seconds": sample.seconds, "gflops": operations / sample.seconds / 1e9 if operations else None}
    return facts if sample.bytes is None else {**facts, "bytes": sample.bytes}


def row(
    name: str, shape: str, dtype: str, peer: str, pair: Pair, operations: float | None = None, bar: float | None = None
) -> dict:
    return {
        "name": name,
        "shape": shape,
        "dtype": dtype,
        "flipbook": side(pair.flipbook, operations),
        "peer": {"name": peer, **side(pair.peer, operations)},
        "ratio": pair.ratio,
        "spread": pair.spread,
        "bar": bar,
    }


def merge(old: list[dict], new: list[dict]) -> list[dict]:
    """The old rows; in the place of what was measured anew stand all its new rows, whatever their peers are now (the
    faster of PyTorch's memory formats may be another one); and then the others."""

    def key(row: dict) -> tuple:
        return row["name"], row["shape"], row["dtype"]

    fresh: dict[tuple, list[dict]] = {}
    for row in new:
        fresh.setdefault(key(row), []).append(row)
    measured = set(fresh)
    merged = []
    for row in old:
        merged += fresh.pop(key(row), []) if key(row) in measured else [row]
    return merged + [row for rows in fresh.values() for row in rows]


def load(path: Path) -> list[dict]:
    return json.loads(path.read_text())["rows"] if path.exists() else []


def write(path: Path, text: str) -> None:
    """The file appears when it is whole."""
    partial = path.with_name(path.name + ".partial")
    partial.write_text(text)
    os.replace(partial, path)


def to_json(machine: dict, rows: list[dict]) -> str:
    return json.dumps({"machine": machine, "rows": rows}, indent=2, ensure_ascii=False) + "\n"


def to_markdown(machine: dict, rows: list[dict]) -> str:
    lines = [f"- {label}: {value}" for label, value in machine.items()]
    lines += [
        "",
        "| row | shape | dtype | Flipbook | | peer | | | ratio | spread | bar |",
        "| --- | --- | --- | ---: | ---: | --- | ---: | ---: | ---: | ---: | --- |",
    ]
    for row in rows:
        cells = [row["name"], row["shape"], row["dtype"], *amounts(row["flipbook"]), row["peer"]["name"]]
        cells += [*amounts(row["peer"]), f"{row['ratio']:.2f}", f"{row['spread']:.2f}", verdict(row)]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def verdict(row: dict) -> str:
    if row["bar"] is None:
        return ""
    return f"≥ {row['bar']:g} {'met' if row['ratio'] >= row['bar'] else '**not met**'}"


def amounts(facts: dict) -> list[str]:
    """Time and rate, or memory and nothing."""
    if "bytes" in facts:
        return [f"{facts['bytes'] / 2**20:.0f} MiB", ""]
    return [duration(facts["seconds"]), f"{facts['gflops']:.0f} GFLOP/s" if facts["gflops"] else ""]


def duration(seconds: float) -> str:
    for unit, factor in (("s", 1), ("ms", 1e3)):
        if seconds * factor >= 1:
            return f"{seconds * factor:.3g} {unit}"
    return f"{seconds * 1e6:.3g} µs"
