"""What a clip is: plain frozen records, enough to draw it and to describe it.

Conventions.  Right-handed axes: x to the right, y up, z toward the viewer of
the default camera; the ground is y = 0.  Lengths are world units (a subject of
scale 1 is about one unit across), times are seconds, angles are radians.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

FPS = 24

# Widths and heights of the base tier.
RATIOS = {
    "1:1": (128, 128), "4:3": (144, 112), "3:4": (112, 144),
    "16:9": (176, 96), "9:16": (96, 176), "21:9": (192, 80),
}


@dataclass(frozen=True)
class Subject:
    shape: str
    colour: str
    size: str
    material: str
    scale: float  # uniform scale of the unit shape
    yaw: float    # resting rotation about the vertical


@dataclass(frozen=True)
class Shot:
    start: int                 # index of the first frame
    frames: int                # length in frames
    framing: str
    camera: str
    actions: tuple[str, ...]   # one or two in a row, or the one interaction of a pair
    direction: int             # +1 or -1: the way along x of an interaction
    offset: tuple[float, float]  # where on the ground (x, z) the motion is centred

    @property
    def seconds(self) -> float:
        return self.frames / FPS


@dataclass(frozen=True)
class Clip:
    version: int
    seed: int
    kind: str                       # plain, pair, styled or shots
    frames: int
    subjects: tuple[Subject, ...]
    scene: str
    style: str
    sun: tuple[float, float]        # azimuth from +z toward +x, elevation
    backdrop_yaw: float             # turn of the landmarks on the horizon
    ground_shift: tuple[float, float]  # displacement of the ground pattern
    shots: tuple[Shot, ...]

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @staticmethod
    def from_json(text: str) -> Clip:
        fields = json.loads(text)
        fields["subjects"] = tuple(Subject(**s) for s in fields["subjects"])
        fields["shots"] = tuple(
            Shot(**{**s, "actions": tuple(s["actions"]), "offset": tuple(s["offset"])})
            for s in fields["shots"])
        for name in ("sun", "ground_shift"):
            fields[name] = tuple(fields[name])
        return Clip(**fields)
