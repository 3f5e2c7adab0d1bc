"""The table: figures with their intervals, their bars, and the probe's own accuracy beside them."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Share:
    """`right` of `count`, with the 95 % interval of Wilson."""

    right: int
    count: int

    @property
    def value(self) -> float:
        return self.right / self.count if self.count else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        if not self.count:
            return 0.0, 1.0
        z, n, p = 1.96, self.count, self.value
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return max(0.0, middle - half), min(1.0, middle + half)

    def __str__(self) -> str:
        if not self.count:
            return "–"
        low, high = self.interval
        return f"{self.value:.1%} ({low:.0%}–{high:.0%})"

    def to_json(self) -> dict:
        return {"right": self.right, "count": self.count, "value": self.value, "interval": self.interval}


def share(values) -> Share:
    values = [bool(value) for value in values if value is not None]
    return Share(sum(values), len(values))


@dataclass(frozen=True)
class Row:
    """A figure against its bar."""

    name: str
    measured: float | None
    shown: str
    bar: float | None
    unit: str = "%"  # or dB, or points
    at_most: bool = False
    ceiling: str = ""

    @property
    def verdict(self) -> str:
        if self.bar is None or self.measured is None or math.isnan(self.measured):
            return ""
        met = self.measured <= self.bar if self.at_most else self.measured >= self.bar
        return "met" if met else "not met"

    @property
    def bar_text(self) -> str:
        if self.bar is None:
            return ""
        number = f"{self.bar:.0%}".replace("%", " %") if self.unit == "%" else f"{self.bar:g} {self.unit}"
        return f"at most {number}" if self.at_most else number

    def to_json(self) -> dict:
        return {"name": self.name, "measured": self.measured, "shown": self.shown, "bar": self.bar,
                "unit": self.unit, "at most": self.at_most, "rendered": self.ceiling, "verdict": self.verdict}


def markdown(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
