"""Motion without a network: how much a clip changes, and block matching between its frames.

Blocks are matched on the luminance of halved clips: pixels are those of 64×64, lengths in pixels a frame. A block
of 8×8 takes the shift within ±4 pixels that fits best; a small price on long shifts keeps flat blocks still.
Flicker looks like motion to it, so what is frozen is decided by the coarse change over eight frames.
"""

import numpy as np

from .probe import halve

BLOCK, REACH = 8, 4
PRICE = 0.15  # grey levels a pixel of shift
LAG = 8  # frames, over which a clip that is not frozen changes
CELL = 8  # pixels of 128, coarse enough that flicker averages out
FROZEN = 0.25  # of the true clip's change
MOVING = 1.0  # grey levels, from which on a true clip counts as moving


def luminance(clip: np.ndarray) -> np.ndarray:
    """Clip uint8 [F, 128, 128, 3] to grey levels [F, 64, 64]."""
    return halve(clip).astype(np.float32) @ np.array([0.30, 0.59, 0.11], np.float32)


def match(before: np.ndarray, after: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Shift lengths and remaining differences [N, 8, 8] a block, from grey frames [N, 64, 64] to the later ones."""
    count, rows, columns = before.shape
    padded = np.pad(after, ((0, 0), (REACH, REACH), (REACH, REACH)), mode="edge")
    blocks = (count, rows // BLOCK, BLOCK, columns // BLOCK, BLOCK)
    best = np.full((count, rows // BLOCK, columns // BLOCK), np.inf, np.float32)
    length, least = np.zeros_like(best), best.copy()
    for dy in range(-REACH, REACH + 1):
        for dx in range(-REACH, REACH + 1):
            moved = padded[:, REACH + dy : REACH + dy + rows, REACH + dx : REACH + dx + columns]
            difference = np.abs(moved - before).reshape(blocks).mean(axis=(2, 4))
            size = float(np.hypot(dx, dy))
            better = difference + PRICE * size < best
            best = np.where(better, difference + PRICE * size, best)
            length = np.where(better, size, length)
            least = np.minimum(least, difference)
    return length, least


def change(clip: np.ndarray, cuts: list[int]) -> float | None:
    """Mean change in grey levels over eight frames, of the means of 8×8 pixels; None where no shot is that long."""
    count, rows, columns, _ = clip.shape
    coarse = clip.reshape(count, rows // CELL, CELL, columns // CELL, CELL, 3).mean(axis=(2, 4))
    starts = np.array([t for t in range(count - LAG) if not any(t < cut <= t + LAG for cut in cuts)], int)
    return float(np.abs(coarse[starts + LAG] - coarse[starts]).mean()) if len(starts) else None


def flow(clip: np.ndarray, cuts: list[int]) -> float:
    """Mean length of the motion over the picture, pixels a frame; pairs of frames across a cut are left out."""
    grey = luminance(clip)
    starts = [t for t in range(0, len(clip) - 2, 2) if not any(t < cut <= t + 2 for cut in cuts)]
    length, _ = match(grey[starts], grey[[t + 2 for t in starts]])
    return float(length.mean() / 2)


def flicker(clip: np.ndarray, cuts: list[int]) -> float:
    """Mean difference, in grey levels, between a frame and the one before, moved to fit."""
    grey = luminance(clip)
    starts = [t for t in range(len(clip) - 1) if t + 1 not in cuts]
    _, least = match(grey[starts], grey[[t + 1 for t in starts]])
    return float(least.mean())
