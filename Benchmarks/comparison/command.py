"""The command: its options, and what happens in which order."""

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

from . import report
from .environment import ROOT, build, ensure_pytorch, program, say
from .pairs import alternate, pair

DESCRIPTION = """Flipbook beside PyTorch: the same shapes in one run, measured in turn, as one table of ratios. A ratio
above 1 means that Flipbook is faster, or smaller. Installs PyTorch where it is missing, into Benchmarks/.venv."""


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="Benchmarks/compare", description=DESCRIPTION)
    parser.add_argument("--json", type=Path, metavar="FILE", help="the table as JSON")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="the table as Markdown (else: stdout)")
    parser.add_argument("--filter", default="", metavar="TEXT", help="only rows with TEXT in 'NAME SHAPE DTYPE'")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)), help="of both sides (default: all)")
    parser.add_argument("--runs", type=int, default=7, help="rounds; in each, every side is measured once (default: 7)")
    parser.add_argument("--quick", action="store_true", help="fewer shapes, three rounds, nothing compiled by PyTorch")
    parser.add_argument("--keep", action="store_true", help="keep the rows of --json that are not measured now")
    parser.add_argument("--no-build", action="store_true", help="the Swift programs are built already")
    parser.add_argument("--list", action="store_true", help="print what would be measured, and end")
    arguments = parser.parse_args()
    if arguments.threads < 1 or arguments.runs < 1:
        parser.error("--threads and --runs are at least 1")
    if arguments.keep and not arguments.json:
        parser.error("--keep needs --json")
    for path in (arguments.json, arguments.markdown):
        if path and not path.resolve().parent.is_dir():
            parser.error(f"there is no folder for {path}")
    return arguments


def main() -> int:
    arguments = parse()
    ensure_pytorch()
    # Only now certain to be there, and slow to import.
    import torch

    from . import pytorch, rows
    from .measure import Peaks, measure
    from .sides import FlipbookServer

    if not arguments.no_build:
        build()
    threads = arguments.threads
    pytorch.prepare(threads)
    server = FlipbookServer(program(ROOT / "Benchmarks", "flipbook-benchmarks"), threads, ROOT)
    machine = {
        "processor": server.facts["processor"],
        "threads": threads,
        "instruction sets": " ".join(server.facts["instructionSets"]),
        "PyTorch": torch.__version__,
        "OpenBLAS core": server.facts["blasCore"],
        "system": platform.platform(),
        "commit": commit(),
        "rounds": 3 if arguments.quick else arguments.runs,
        "load at the start": round(os.getloadavg()[0], 2),
    }
    done, failures, peaks = [], 0, Peaks(server)
    with tempfile.TemporaryDirectory() as scratch:
        setup = rows.Setup(
            server, program(ROOT, "flipbook"), ROOT, Path(scratch), sys.executable, threads,
            seconds=0.05 if arguments.quick else 0.1, quick=arguments.quick,
            dtypes=("f32", "bf16") if "avx512bf16" in server.facts["instructionSets"] else ("f32",),
        )  # fmt: skip
        chosen = [row for row in rows.rows(setup) if arguments.filter in f"{row.name} {row.shape} {row.dtype}"]
        if not chosen:
            raise SystemExit(f"compare: no row has '{arguments.filter}' in it; --list names them")
        for number, row in enumerate(chosen):
            if arguments.list:
                print(row.name, row.shape, row.dtype)
                continue
            say(f"[{number + 1}/{len(chosen)}] {row.name}, {row.shape}, {row.dtype}")
            try:
                done += measure(row, peaks, machine["rounds"])
            except RuntimeError as problem:
                say(f"left out: {problem}")
                failures += 1
    server.close()
    if arguments.list:
        return 0
    if arguments.keep:
        done = report.merge(report.load(arguments.json), done)
    if arguments.json:
        report.write(arguments.json, report.to_json(machine, done))
    text = report.to_markdown(machine, done)
    if arguments.markdown:
        report.write(arguments.markdown, text)
    else:
        print(text, end="")
    return 1 if failures else 0


def commit() -> str:
    found = subprocess.run(
        ["git", "-C", str(ROOT), "describe", "--always", "--dirty"], capture_output=True, text=True
    )
    return found.stdout.strip() or "unknown"
