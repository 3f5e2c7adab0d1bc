"""The two sides of a comparison. A side is measured again and again; each measurement is a `Sample`."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


LAUNCH = Path(__file__).with_name("launch.py")


@dataclass(frozen=True)
class Sample:
    """One measurement: a call's seconds, and where that is what counts, the most memory it ever had."""

    seconds: float
    bytes: int | None = None


class Side(Protocol):
    name: str
    operations: float | None  # of a call; known after the first measurement, if at all

    def measure(self) -> Sample: ...


class FlipbookServer:
    """`flipbook-benchmarks --serve`: a line of JSON in, a line of JSON out."""

    def __init__(self, program: Path, threads: int, directory: Path):
        self.threads = threads
        self.process = subprocess.Popen(
            [str(program), "--serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=directory
        )
        self.facts = json.loads(self.read())

    def ask(self, request: dict) -> dict:
        self.process.stdin.write(json.dumps({"threads": self.threads, **request}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.read())
        if "error" in answer:
            raise RuntimeError(f"flipbook-benchmarks: {answer['error']}")
        return answer

    def read(self) -> str:
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"compare: flipbook-benchmarks ended with code {self.process.wait()}")
        return line

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()


class Flipbook:
    """A request to the server, which keeps what it prepared from one measurement to the next."""

    def __init__(self, server: FlipbookServer, request: dict, seconds: float, calls: int = 1, name: str = "Flipbook"):
        self.server, self.name = server, name
        self.request = {**request, "seconds": seconds}
        # How often it takes the work to do what the other side does in one call.
        self.calls = calls
        self.operations: float | None = None

    def measure(self) -> Sample:
        answer = self.server.ask(self.request)
        if "operations" in answer:
            self.operations = answer["operations"] * self.calls
        return Sample(answer["seconds"] * self.calls)


class Function:
    """A Python function, called as often as a measurement of some seconds needs."""

    operations = None

    def __init__(self, name: str, function: Callable[[], object], seconds: float):
        self.name, self.function, self.seconds = name, function, seconds
        # The first call compiles, or touches memory for the first time.
        self.once()
        self.per_call = self.once()

    def measure(self) -> Sample:
        calls = max(1, round(self.seconds / self.per_call))
        start = time.perf_counter()
        for _ in range(calls):
            self.function()
        self.per_call = (time.perf_counter() - start) / calls
        return Sample(self.per_call)

    def once(self) -> float:
        start = time.perf_counter()
        self.function()
        return time.perf_counter() - start


def fastest(variants: dict[str, Callable[[], object]], seconds: float) -> Function:
    """Of several ways to do one thing, the one that was fastest in a short trial."""
    sides = [Function(name, function, seconds) for name, function in variants.items()]
    return min(sides, key=lambda side: min(side.measure().seconds for _ in range(3)))


class Process:
    """A command as a fresh process, to its end. Files are in the page cache after the first time."""

    operations = None

    def __init__(self, name: str, command: list[str], directory: Path):
        self.name, self.command, self.directory = name, command, directory
        self.measure()

    def measure(self) -> Sample:
        launched = subprocess.run(
            [sys.executable, "-I", "-S", str(LAUNCH), *self.command], cwd=self.directory, capture_output=True, text=True
        )
        if launched.returncode != 0:
            raise RuntimeError(f"{self.name} could not be started: {launched.stderr.strip()[-500:]}")
        found = json.loads(launched.stdout)
        if found["code"] != 0:
            raise RuntimeError(f"{self.name} ended with code {found['code']}: {launched.stderr.strip()[-500:]}")
        return Sample(found["seconds"], found["bytes"])
