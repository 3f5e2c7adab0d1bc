"""Measuring a row: all its sides in turn, and the lines of the table that come of it."""

from . import report
from .pairs import alternate, pair
from .rows import CLIP_SECONDS, Row
from .sides import Flipbook, FlipbookServer, Sample


class Peaks:
    """What the processor does in registers, measured once for each type."""

    def __init__(self, server: FlipbookServer):
        self.server = server
        self.known: dict[str, float] = {}

    def operations_a_second(self, dtype: str) -> float:
        """The fastest of many measurements: nothing but the hardware bounds it."""
        if dtype not in self.known:
            side = Flipbook(self.server, {"operation": "peak", "precision": dtype}, seconds=0.02)
            self.known[dtype] = 1 / min(side.measure().seconds for _ in range(15)) * side.operations
        return self.known[dtype]


def measure(row: Row, peaks: Peaks, rounds: int) -> list[dict]:
    """A line for each peer; and for the peak, for memory and for real time where they count."""
    flipbook = row.make()
    peers = [peer.make() for peer in row.peers]
    ours, *others = alternate([flipbook, *peers], rounds)
    operations = flipbook.operations

    def line(name: str, peer: str, theirs: list[Sample], bar: float | None, by_memory: bool = False) -> dict:
        found = pair(ours, theirs, by_memory)
        return report.row(name, row.shape, row.dtype, peer, found, operations, bar)

    lines = [line(row.name, side.name, theirs, peer.bar) for peer, side, theirs in zip(row.peers, peers, others)]
    if row.has_peak:
        limit = Sample(operations / peaks.operations_a_second(row.dtype))
        lines.append(line(row.name, f"{row.dtype} peak, in registers", [limit] * rounds, row.peak_bar))
    if row.by_memory:
        lines.append(line(f"{row.name}-memory", peers[0].name, others[0], row.memory_bar, by_memory=True))
    if row.by_real_time:
        playing = Sample(CLIP_SECONDS)
        lines.append(line(f"{row.name}-video-seconds", "real time", [playing] * rounds, row.real_time_bar))
    return lines
