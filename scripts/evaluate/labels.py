"""What there is to see in a clip, as numbers: one class a kind for every span of frames.

A span is the time of one action: a whole shot, or its half where two actions stand in a row. Everything that a
prompt says of a span can be asked of it: who, where, what, how filmed.
"""

from dataclasses import dataclass

from scripts.world import FPS, Clip, Shot
from scripts.world.vocabulary import ACTIONS, CAMERAS, COLOURS, FRAMINGS, INTERACTIONS, SCENES, SHAPES, STYLES

UNKNOWN = -1

CLASSES: dict[str, tuple] = {
    "shape": tuple(SHAPES),
    "colour": tuple(COLOURS),
    "second shape": tuple(SHAPES),
    "second colour": tuple(COLOURS),
    "count": (1, 2),
    "scene": tuple(SCENES),
    "style": tuple(STYLES),
    "action": (*ACTIONS, *INTERACTIONS),
    "camera": tuple(CAMERAS),
    "framing": tuple(FRAMINGS),
}
COLOURLESS = {"black and white", "pencil sketch", "ink wash"}


@dataclass(frozen=True)
class Span:
    """Frames start ..< end of a clip, in which a subject does one thing."""

    shot: int
    start: int
    end: int
    action: str


def spans_of_shot(index: int, shot: Shot) -> list[Span]:
    """The frame i of a shot of n actions belongs to action ⌊i / FPS / (seconds / n)⌋."""
    count = len(shot.actions)
    edges = [next(i for i in range(shot.frames + 1) if i / FPS >= n * shot.seconds / count) for n in range(count)]
    edges.append(shot.frames)
    return [
        Span(index, shot.start + a, shot.start + b, action)
        for a, b, action in zip(edges, edges[1:], shot.actions)
    ]


def spans(clip: Clip) -> list[Span]:
    return [span for index, shot in enumerate(clip.shots) for span in spans_of_shot(index, shot)]


def cuts(clip: Clip) -> list[int]:
    """First frames of the shots after the first."""
    return [shot.start for shot in clip.shots[1:]]


def answers(clip: Clip, span: Span) -> dict[str, int]:
    """The class of every kind in a span; UNKNOWN where nobody could see it."""
    shot = clip.shots[span.shot]
    pair = len(clip.subjects) == 2
    values = {
        "shape": clip.subjects[0].shape,
        "colour": clip.subjects[0].colour,
        "count": len(clip.subjects),
        "scene": clip.scene,
        "style": clip.style,
        "action": span.action,
        "camera": shot.camera,
        "framing": shot.framing,
    }
    if pair:
        values |= {"second shape": clip.subjects[1].shape, "second colour": clip.subjects[1].colour}
    if clip.style in COLOURLESS:
        values = {kind: value for kind, value in values.items() if "colour" not in kind}
    return {kind: CLASSES[kind].index(values[kind]) if kind in values else UNKNOWN for kind in CLASSES}


def mirrored(kind: str) -> list[int]:
    """The class that each class of a kind becomes when the picture is mirrored."""
    names = CLASSES[kind]

    def other(name):
        if not isinstance(name, str):
            return name
        if name.endswith("left"):
            return name.removesuffix("left") + "right"
        if name.endswith("right"):
            return name.removesuffix("right") + "left"
        return name

    return [names.index(other(name)) for name in names]
