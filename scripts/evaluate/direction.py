"""Which way things move: `python -m scripts.evaluate.direction`.

Every colour once to the left and once to the right, in a scene where it stands out, camera still. The subject is
found by its colour (the pixels within 90 of it in RGB), and the sign of the slope of its centre over
time is held against the prompt. Prints a line a prompt and the share that is right, for the colour's presence and
for the direction. A measure without a network: it sees colours and places, nothing else.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np

from .engine import Engine, frames_of

SCENES = {
    "red": "meadow", "green": "desert", "blue": "snow", "yellow": "night", "purple": "snow",
    "orange": "night", "cyan": "stage", "pink": "meadow", "white": "stage", "black": "snow",
}
RGB = {
    "red": (230, 20, 20), "green": (13, 143, 36), "blue": (20, 51, 230), "yellow": (255, 224, 13),
    "purple": (122, 26, 189), "orange": (255, 122, 5), "cyan": (13, 214, 230), "pink": (255, 128, 189),
    "white": (250, 250, 250), "black": (15, 15, 18),
}
PLACES = {"meadow": "in a meadow", "desert": "in the desert", "snow": "in the snow", "night": "at night",
          "stage": "on a stage"}


def centers(frames: np.ndarray, colour: str) -> tuple[np.ndarray, np.ndarray]:
    """The subject's centre column [F] in widths (NaN where it is not seen) and its share of each frame [F]."""
    distance = np.linalg.norm(frames.astype(np.float32) - np.array(RGB[colour], np.float32), axis=-1)
    mask = distance < 90
    share = mask.mean(axis=(1, 2))
    columns = np.arange(frames.shape[2]) / frames.shape[2]
    weight = mask.sum(axis=1)
    total = weight.sum(axis=1)
    return np.where(share > 0.01, (weight * columns).sum(axis=1) / np.maximum(total, 1), np.nan), share


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--flipbook", default=".build/release/flipbook")
    parser.add_argument("--model", default="Weights/diorama")
    parser.add_argument("--seed", type=int, default=0, help="of the first prompt; the others follow")
    parser.add_argument("--shape", default="ball")
    arguments, options = parser.parse_known_args()
    seen = right = 0
    asked = [(colour, scene, side) for colour, scene in SCENES.items() for side in ("left", "right")]
    with tempfile.TemporaryDirectory() as folder:
        requests = [
            {"prompt": f"A {colour} {arguments.shape} moves {side} {PLACES[scene]}, the camera does not move.",
             "seed": arguments.seed + index // 2, "output": str(Path(folder) / str(index))}
            for index, (colour, scene, side) in enumerate(asked)
        ]
        Engine(arguments.flipbook, arguments.model, options).generate(requests)
        for (colour, _, side), request in zip(asked, requests):
            frames = frames_of(Path(request["output"]))
            center, share = centers(frames, colour)
            known = ~np.isnan(center)
            slope = np.polyfit(np.flatnonzero(known), center[known], 1)[0] * len(frames) if known.sum() > 3 else 0.0
            seen += known.mean() > 0.5
            right += (slope < -0.05) if side == "left" else (slope > 0.05)
            print(f"{colour:7} {side:5} {slope:+.2f} widths a clip, seen in {known.mean():.0%} of the frames, "
                  f"{share.mean():.1%} of the picture", flush=True)
    print(f"colour seen {seen}/{len(asked)}, direction right {right}/{len(asked)}")


if __name__ == "__main__":
    main()
