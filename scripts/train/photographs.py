"""Photographs panned and zoomed into clips, so that the autoencoder also holds for pictures from a camera.

The pictures come from packages that allow it: Debian's `mate-backgrounds` (nature) and
`lomiri-wallpapers-16.04`, unpacked into one folder. They are read, never stored in this repository.
"""

from pathlib import Path

import numpy as np
from PIL import Image


def load(folder: Path, longest: int = 1600) -> list[Image.Image]:
    """All JPEG pictures below `folder` of at least 1,000 pixels, at most `longest` pixels wide."""
    pictures = []
    for path in sorted(folder.rglob("*.jpg")):
        picture = Image.open(path)
        if min(picture.size) >= 1000:
            picture.draft("RGB", (longest, longest))
            picture = picture.convert("RGB")
            picture.thumbnail((longest, longest))
            pictures.append(picture)
    return pictures


def window(picture: Image.Image, random: np.random.Generator, frames: int, side: int) -> np.ndarray:
    """A slow pan and zoom, uint8 [frames, side, side, 3]; a quarter of them cut to another place at frame 5."""
    def place():
        size = random.uniform(0.25, 0.9) * min(picture.size)
        left = random.uniform(0, picture.width - size)
        top = random.uniform(0, picture.height - size)
        return np.array([left, top, size])

    def drift(start):
        end = place()
        return start + (end - start) * random.uniform(0, 0.15)

    start = place()
    end = drift(start)
    cut = 5 if random.random() < 0.25 else frames
    out = np.empty((frames, side, side, 3), np.uint8)
    for index in range(frames):
        if index == cut:
            start = place()
            end = drift(start)
        left, top, size = start + (end - start) * index / (frames - 1)
        box = (left, top, left + size, top + size)
        out[index] = picture.resize((side, side), Image.Resampling.BILINEAR, box=box, reducing_gap=2.0)
    return out
