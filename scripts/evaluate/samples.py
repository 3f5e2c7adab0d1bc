"""The sheet of samples: `python -m scripts.evaluate.samples --out Weights/diorama/samples.png`.

Runs the engine as a user would, default settings, one seed, every prompt of scripts/train/samples.py; nothing is
dropped. Build first: `swift build -c release`. What is unknown here goes to flipbook: `--steps 8`.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np

from scripts.train.samples import PROMPTS, sheet

from .engine import Engine, frames_of


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--flipbook", default=".build/release/flipbook")
    parser.add_argument("--model", default="Weights/diorama")
    parser.add_argument("--out", required=True)
    parser.add_argument("--seed", type=int, default=7)
    arguments, options = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as folder:
        places = [Path(folder) / str(index) for index in range(len(PROMPTS))]
        Engine(arguments.flipbook, arguments.model, options).generate(
            [{"prompt": text, "seed": arguments.seed, "output": str(at)} for text, at in zip(PROMPTS, places)])
        clips = np.stack([frames_of(place) for place in places])
    sheet(clips, PROMPTS).save(arguments.out, optimize=True)


if __name__ == "__main__":
    main()
