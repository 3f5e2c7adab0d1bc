"""Three shots of one subject, over many seeds: `python -m scripts.evaluate.storyboards --out DIR [--seeds 60]`.

Every storyboard goes through `flipbook generate --storyboard`, as a user's does; seed n shows the n-th of eight
colours in the n-th of six scenes. Counted are videos whose two largest changes from frame to frame are the cuts that
were asked for, on the very frames (what moves fast changes much as well, so that a threshold would not tell a cut from
a bounce), and those whose subject keeps its hue within 15 degrees in all shots (scripts/evaluate/shots.py). A subject that cannot
be found in a shot counts as one that did not keep it.
"""

import argparse
import json
import subprocess
from pathlib import Path

import numpy as np
from PIL import Image

from .engine import frames_of
from .shots import keeps_hue, largest_changes

COLOURS = ("red", "green", "blue", "yellow", "purple", "orange", "cyan", "pink")
SCENES = ("in a meadow", "in the desert", "at night", "in the snow", "on a stage", "on a beach")
SHAPES = ("ball", "cube", "cone", "cylinder")
LATENTS = (3, 2, 2)  # of the shots: 9, 8 and 8 frames


def storyboard(seed: int) -> dict:
    subject = f"{COLOURS[seed % len(COLOURS)]} {SHAPES[seed % len(SHAPES)]}"
    texts = (f"Wide shot of a {subject} moving to the right", f"close-up of the {subject} spinning",
             f"medium shot of the {subject} bouncing")
    frames = [4 * count - (3 if index == 0 else 0) for index, count in enumerate(LATENTS)]
    return {
        "global": SCENES[seed % len(SCENES)], "seed": seed,
        "shots": [{"prompt": text, "duration": count / 24} for text, count in zip(texts, frames)],
    }


def starts() -> list[int]:
    """The frames that the second and the third shot begin with."""
    return [4 * sum(LATENTS[: index]) - 3 for index in (1, 2)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True, type=Path, help="the videos, as folders of PNG; what is there is kept")
    parser.add_argument("--seeds", type=int, default=60)
    parser.add_argument("--flipbook", default=".build/release/flipbook")
    parser.add_argument("--model", default="Weights/diorama")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    cuts, hues, rows = 0, 0, []
    for seed in range(arguments.seeds):
        folder = arguments.out / f"{seed:03d}"
        if not folder.is_dir():
            path = arguments.out / f"{seed:03d}.json"
            path.write_text(json.dumps(storyboard(seed)))
            subprocess.run([arguments.flipbook, "generate", "--quiet", "--model", arguments.model, "--storyboard",
                            str(path), "-o", str(folder)], check=True, stdout=subprocess.DEVNULL)
        clip = frames_of(folder)
        cuts += largest_changes(clip, 2) == starts()
        hues += keeps_hue(clip, [0, *starts()], COLOURS[seed % len(COLOURS)]) is True
        if seed < 12:
            rows.append(clip)
    print(f"three shots, {arguments.seeds} seeds: cuts on the frames asked for in {cuts}, "
          f"the subject's hue within 15 degrees in {hues}")
    Image.fromarray(np.concatenate([np.concatenate(list(clip[[2, 7, 11, 15, 19, 23]]), axis=1) for clip in rows])).save(
        arguments.out / "sheet.png")


if __name__ == "__main__":
    main()
