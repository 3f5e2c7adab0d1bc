"""The sheet of samples: `python -m scripts.evaluate.samples --out Weights/diorama/samples.png`.

Runs the engine as a user would, default settings, one seed, every prompt of scripts/train/samples.py; nothing is
dropped. Build first: `swift build -c release`.
"""

import argparse
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from scripts.train.samples import PROMPTS, sheet


def generate(flipbook: str, prompt: str, folder: Path, options: list[str]) -> np.ndarray:
    """The frames of one prompt, uint8 [F, H, W, 3]."""
    subprocess.run([flipbook, "generate", "--quiet", "-o", str(folder), *options, "--", prompt], check=True,
                   stdout=subprocess.DEVNULL)
    return np.stack([np.asarray(Image.open(path).convert("RGB")) for path in sorted(folder.glob("*.png"))])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--flipbook", default=".build/release/flipbook")
    parser.add_argument("--out", required=True)
    parser.add_argument("--seed", default="7")
    arguments, options = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as folder:
        clips = [
            generate(arguments.flipbook, prompt, Path(folder) / str(index), ["--seed", arguments.seed, *options])
            for index, prompt in enumerate(PROMPTS)
        ]
    sheet(np.stack(clips), PROMPTS).save(arguments.out, optimize=True)


if __name__ == "__main__":
    main()
