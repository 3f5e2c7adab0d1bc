"""Contact sheets: a row of frames a clip, its captions beneath."""

from __future__ import annotations

import textwrap

import numpy as np
from PIL import Image, ImageDraw

from .clip import Clip
from .grammar import captions
from .renderer import render


def contact_sheet(clips: list[Clip], width: int, height: int, frames: int = 5, columns: int = 1,
                  zoom: int = 1) -> Image.Image:
    """Draws `frames` evenly spaced frames of each clip, `columns` clips a row."""
    w, h = width * zoom, height * zoom
    text_height, gap = 44, 4
    cell = (frames * (w + gap) + 12, h + text_height)
    rows = -(-len(clips) // columns)
    sheet = Image.new("RGB", (cell[0] * columns, cell[1] * rows), (24, 24, 28))
    pen = ImageDraw.Draw(sheet)
    for n, clip in enumerate(clips):
        left, top = cell[0] * (n % columns), cell[1] * (n // columns)
        video = render(clip, width, height)
        for k, f in enumerate(np.linspace(0, clip.frames - 1, frames).round().astype(int)):
            picture = Image.fromarray(video[f]).resize((w, h), Image.Resampling.NEAREST)
            sheet.paste(picture, (left + k * (w + gap), top))
        text = f"{clip.seed}: {captions(clip, 0, 1)[0]}"
        lines = textwrap.wrap(text, cell[0] // 6 - 2)[:3]
        pen.multiline_text((left + 2, top + h + 2), "\n".join(lines), fill=(230, 230, 230), spacing=1)
    return sheet
