"""Renders the world into shards of clips: `python -m scripts.train.render --out DIR --shards 96`.

A shard is `clips-NNNNN.npy`, uint8 [N, F, H, W, 3], beside `clips-NNNNN.json`: for each clip its description
and four captions. Its number decides what is in it, so that any number of processes can share the work
(--stride, --first) and a broken run goes on where it was. With --pictures each clip is one of its frames alone:
variety for a twenty-fifth of the price. With --windows the shards are what the autoencoder sees besides: larger
pictures and photographs, nine frames at a time.
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from scripts.world import RATIOS, captions, render, sample_clip

from . import photographs

CAPTIONS = 4
PICTURE_CAPTIONS = 2


@dataclass(frozen=True)
class Recipe:
    kind: str
    ratio: str
    frames: int = 25


def recipe(shard: int) -> Recipe:
    """Half of the shards are plain, a third has shots, the rest pairs and styles; half of those are not square.

    One shard in twenty-four is longer.
    """
    ratios = [name for name in RATIOS if name != "1:1"]
    turn, place = divmod(shard, 12)
    other = ratios[turn % len(ratios)]
    if place in (0, 2, 4, 6, 8, 10):
        return Recipe("plain", "1:1", 49 if place == 10 and turn % 2 else 25)
    if place in (1, 5, 7, 11):
        return Recipe("shots", "1:1" if place in (1, 7) else ratios[(turn + place) % len(ratios)])
    return Recipe("pair" if place == 3 else "styled", "1:1" if turn % 2 else other)


def render_shard(path: Path, shard: int, size: int, held_out: bool) -> None:
    made = recipe(shard)
    width, height = RATIOS[made.ratio]
    clips = [
        sample_clip(shard * size + i, kind=made.kind, frames=made.frames, held_out=held_out) for i in range(size)
    ]
    about = [
        {"clip": clip.to_json(), "captions": captions(clip, shard * size + i, CAPTIONS)}
        for i, clip in enumerate(clips)
    ]
    path.with_suffix(".json").write_text(json.dumps(about))
    save(path, np.stack([render(clip, width, height) for clip in clips]))


def render_pictures(path: Path, shard: int, size: int) -> None:
    """Frames of clips of one shot, 70 % of them first frames; half are plain."""
    random = np.random.default_rng(shard)
    ratios = list(RATIOS)
    width, height = RATIOS["1:1" if shard % 4 else ratios[shard // 4 % len(ratios)]]
    about, pictures = [], []
    for i in range(size):
        seed = 30_000_000 + shard * size + i
        clip = sample_clip(seed, kind=("plain", "pair", "plain", "styled")[i % 4])
        frame = 0 if random.random() < 0.7 else int(random.integers(clip.frames))
        about.append({"clip": clip.to_json(), "captions": captions(clip, seed, PICTURE_CAPTIONS)})
        pictures.append(render(clip, width, height, frames=[frame]))
    path.with_suffix(".json").write_text(json.dumps(about))
    save(path, np.stack(pictures))


def render_windows(path: Path, shard: int, size: int, pictures: list) -> None:
    random = np.random.default_rng(shard)
    if pictures and shard % 2:
        chosen = [pictures[random.integers(len(pictures))] for _ in range(size)]
        save(path, np.stack([photographs.window(picture, random, 9, 128) for picture in chosen]))
        return
    lines = 480 if shard % 4 == 2 else 256
    count = max(8, size * 128**2 // lines**2)
    clips = [sample_clip(20_000_000 + shard * size + i, kind="any", frames=9) for i in range(count)]
    save(path, np.stack([render(clip, lines, lines) for clip in clips]))


def save(path: Path, frames: np.ndarray) -> None:
    partial = path.with_suffix(".partial")
    with open(partial, "wb") as file:
        np.save(file, frames)
    partial.rename(path)
    print(path.name, frames.shape, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True)
    parser.add_argument("--shards", type=int, default=96, help="one more than the number of the last shard")
    parser.add_argument("--first", type=int, default=0, help="number of the first shard")
    parser.add_argument("--stride", type=int, default=1)
    parser.add_argument("--size", type=int, default=64, help="clips a shard")
    parser.add_argument("--held-out", action="store_true", help="held-out triples only")
    parser.add_argument("--pictures", action="store_true", help="one frame of each clip")
    parser.add_argument("--windows", action="store_true", help="larger pictures and photographs, nine frames each")
    parser.add_argument("--photographs", help="folder of pictures")
    arguments = parser.parse_args()
    out = Path(arguments.out)
    out.mkdir(parents=True, exist_ok=True)
    pictures = photographs.load(Path(arguments.photographs)) if arguments.photographs else []
    for shard in range(arguments.first, arguments.shards, arguments.stride):
        path = out / f"{'windows' if arguments.windows else 'clips'}-{shard:05d}.npy"
        if path.exists():
            continue
        if arguments.pictures:
            render_pictures(path, shard, arguments.size)
        elif arguments.windows:
            render_windows(path, shard, arguments.size, pictures)
        else:
            render_shard(path, shard, arguments.size, arguments.held_out)


if __name__ == "__main__":
    main()
