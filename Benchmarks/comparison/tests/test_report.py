"""`python -m unittest discover -s Benchmarks -t Benchmarks`: needs neither PyTorch nor a built Flipbook."""

import json
import tempfile
import unittest
from pathlib import Path

from comparison import report
from comparison.pairs import alternate, pair
from comparison.sides import Sample


class Clock:
    """A side whose measurements are written down before."""

    operations = None

    def __init__(self, name: str, log: list[str]):
        self.name, self.log = name, log

    def measure(self) -> Sample:
        self.log.append(self.name)
        return Sample(float(len(self.log)))


class PairTests(unittest.TestCase):
    def test_every_round_measures_everyone_and_turns_around(self):
        log: list[str] = []
        samples = alternate([Clock("a", log), Clock("b", log), Clock("c", log)], rounds=2)
        self.assertEqual(log, ["a", "b", "c", "c", "b", "a"])
        self.assertEqual([[sample.seconds for sample in side] for side in samples], [[1, 6], [2, 5], [3, 4]])

    def test_ratios_are_of_one_round(self):
        # The machine is half as fast in the second round; the ratio does not see it.
        found = pair([Sample(1), Sample(2), Sample(1)], [Sample(3), Sample(6), Sample(2)])
        self.assertEqual((found.ratio, found.lowest, found.highest, found.spread), (3, 2, 3, 1))
        self.assertEqual((found.flipbook, found.peer), (Sample(1), Sample(3)))

    def test_smaller_is_better_too(self):
        found = pair([Sample(1, 100)], [Sample(1, 400)], by_memory=True)
        self.assertEqual((found.ratio, found.flipbook.bytes, found.peer.bytes), (4, 100, 400))


class ReportTests(unittest.TestCase):
    def row(self, ratio: float = 2, bar: float | None = 1.5, peer: str = "PyTorch eager") -> dict:
        return report.row("matrix/x", "1×2 · 2×3", "bf16", peer, pair([Sample(1e-3)], [Sample(ratio / 1e3)]), 1e9, bar)

    def test_the_form_is_the_documented_one(self):
        document = json.loads(report.to_json({"processor": "x"}, [self.row()]))
        self.assertEqual(list(document), ["machine", "rows"])
        (row,) = document["rows"]
        self.assertEqual(list(row), ["name", "shape", "dtype", "flipbook", "peer", "ratio", "spread", "bar"])
        self.assertEqual(row["flipbook"], {"seconds": 1e-3, "gflops": 1000})
        self.assertEqual(row["peer"], {"name": "PyTorch eager", "seconds": 2e-3, "gflops": 500})
        self.assertEqual((row["ratio"], row["spread"], row["bar"]), (2, 0, 1.5))

    def test_the_table_says_what_is_met(self):
        text = report.to_markdown({"threads": 2}, [self.row(), self.row(ratio=1.2), self.row(bar=None)])
        lines = text.splitlines()
        self.assertEqual(lines[0], "- threads: 2")
        self.assertIn("| 1 ms | 1000 GFLOP/s | PyTorch eager | 2 ms | 500 GFLOP/s | 2.00 | 0.00 | ≥ 1.5 met |", lines[4])
        self.assertTrue(lines[5].endswith("≥ 1.5 **not met** |"))
        self.assertTrue(lines[6].endswith("|  |"))
        self.assertEqual(len({line.count("|") for line in lines[2:]}), 1)

    def test_memory_is_told_in_bytes(self):
        found = pair([Sample(1, 100 << 20)], [Sample(1, 400 << 20)], by_memory=True)
        row = report.row("clip-memory", "", "bf16", "script", found, bar=2.5)
        self.assertEqual(row["peer"]["bytes"], 400 << 20)
        self.assertIn("| 100 MiB |  | script | 400 MiB |", report.to_markdown({}, [row]))

    def test_new_rows_take_the_place_of_old_ones(self):
        old = [self.row(), self.row(peer="PyTorch, contiguous"), {**self.row(), "name": "kept"}]
        new = [self.row(ratio=9), self.row(peer="PyTorch, channels last"), {**self.row(), "name": "new"}]
        merged = report.merge(old, new)
        self.assertEqual([(row["name"], row["peer"]["name"], row["ratio"]) for row in merged],
                         [(old[0]["name"], "PyTorch eager", 9), (old[0]["name"], "PyTorch, channels last", 2),
                          ("kept", "PyTorch eager", 2), ("new", "PyTorch eager", 2)])  # fmt: skip

    def test_a_file_appears_whole(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "table.json"
            self.assertEqual(report.load(path), [])
            report.write(path, report.to_json({}, [self.row()]))
            self.assertEqual(len(report.load(path)), 1)
            self.assertEqual([entry.name for entry in Path(folder).iterdir()], ["table.json"])


if __name__ == "__main__":
    unittest.main()
