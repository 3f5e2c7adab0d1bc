"""The Diorama world: a small world of solids, drawn and described by a program.

`sample_clip` draws a clip from a seed, `render` draws its pictures, `captions`
describes it.  A seed and WORLD_VERSION name a clip for good.
"""

from .clip import FPS, RATIOS, Clip, Shot, Subject
from .sampling import WORLD_VERSION, sample_clip, triples
from .renderer import coverage, render
from .grammar import canonical, captions, shot_texts

__all__ = ["WORLD_VERSION", "FPS", "RATIOS", "Clip", "Shot", "Subject", "sample_clip", "triples",
           "render", "coverage", "captions", "canonical", "shot_texts"]
