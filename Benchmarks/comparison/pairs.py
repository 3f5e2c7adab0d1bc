"""Measuring two or more sides in turn, so that whatever slows the machine for a while slows all of them."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from .sides import Sample, Side


@dataclass(frozen=True)
class Pair:
    """Flipbook and one other, measured side by side."""

    flipbook: Sample  # medians
    peer: Sample
    ratio: float  # the median of the rounds' ratios; above 1 Flipbook is faster, or smaller
    lowest: float
    highest: float

    @property
    def spread(self) -> float:
        return self.highest - self.lowest


def alternate(sides: Sequence[Side], rounds: int) -> list[list[Sample]]:
    """The samples of every side. Each round measures all of them; every other round begins at the other end."""
    samples: list[list[Sample]] = [[] for _ in sides]
    for number in range(rounds):
        order = range(len(sides)) if number % 2 == 0 else reversed(range(len(sides)))
        for index in order:
            samples[index].append(sides[index].measure())
    return samples


def pair(flipbook: Sequence[Sample], peer: Sequence[Sample], by_memory: bool = False) -> Pair:
    """Sets samples of the same rounds against each other, by their time or by their memory."""

    def amount(sample: Sample) -> float:
        return sample.bytes if by_memory else sample.seconds

    ratios = [amount(other) / amount(ours) for ours, other in zip(flipbook, peer, strict=True)]
    middle, low, high = statistics.median(ratios), min(ratios), max(ratios)
    return Pair(median(flipbook, by_memory), median(peer, by_memory), middle, low, high)


def median(samples: Sequence[Sample], by_memory: bool) -> Sample:
    """Medians of time and, where it counts, memory."""
    seconds = statistics.median(sample.seconds for sample in samples)
    return Sample(seconds, int(statistics.median(sample.bytes for sample in samples)) if by_memory else None)
