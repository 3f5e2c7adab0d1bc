"""Renders the clips that the probe learns from: `python -m scripts.evaluate.clips --out data/probe`.

Shards as `scripts.train.render` writes them, all of 25 frames of 128×128, from seeds that neither training nor
the prompts use. Pairs, styles and shots are as frequent as plain clips, and the held-out triples are among them:
the probe judges clips of all kinds, so it must have seen all kinds. `--held-out` draws other seeds, to measure it.
"""

import argparse
import json
from pathlib import Path

import numpy as np

from scripts.train.render import save
from scripts.world import Clip, render, sample_clip

FIRST_SEED = 100_000_000
FIRST_HELD_OUT_SEED = 200_000_000
# Kind, and whether its triples are held-out ones.
MIXTURE = (
    ("plain", False), ("pair", False), ("styled", False), ("shots", False), ("plain", True), ("pair", False),
    ("styled", False), ("plain", False),
)


def describe(shard: int, size: int, held_out: bool) -> list[Clip]:
    """The clips of a shard."""
    kind, triples = MIXTURE[shard % len(MIXTURE)]
    first = (FIRST_HELD_OUT_SEED if held_out else FIRST_SEED) + shard * size
    return [sample_clip(first + i, kind=kind, held_out=triples) for i in range(size)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True)
    parser.add_argument("--shards", type=int, default=128, help="one more than the number of the last shard")
    parser.add_argument("--first", type=int, default=0, help="number of the first shard")
    parser.add_argument("--stride", type=int, default=1)
    parser.add_argument("--size", type=int, default=64, help="clips a shard")
    parser.add_argument("--held-out", action="store_true", help="clips that the probe is measured on")
    arguments = parser.parse_args()
    out = Path(arguments.out)
    out.mkdir(parents=True, exist_ok=True)
    for shard in range(arguments.first, arguments.shards, arguments.stride):
        path = out / f"clips-{shard:05d}.npy"
        if path.exists():
            continue
        clips = describe(shard, arguments.size, arguments.held_out)
        path.with_suffix(".json").write_text(json.dumps([{"clip": clip.to_json()} for clip in clips]))
        save(path, np.stack([render(clip, 128, 128) for clip in clips]))


if __name__ == "__main__":
    main()
