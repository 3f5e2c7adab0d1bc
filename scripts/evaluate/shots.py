"""Where a clip is cut, and whether its subject keeps its colour, measured in the pictures."""

import numpy as np

from scripts.world.renderer import PAINTS

from .probe import halve

JUMP = 3.0  # times the usual difference between frames
LEAST = 8.0  # grey levels
GREYS = {"white", "black"}
HUE_LIMIT = 15.0  # degrees
NEAR = 1  # frame


def differences(clip: np.ndarray) -> np.ndarray:
    """Mean absolute difference [F − 1] in grey levels between each frame and the next, softened by 4×4 pixels."""
    small = halve(halve(clip)).astype(np.float32)
    return np.abs(small[1:] - small[:-1]).mean(axis=(1, 2, 3))


def largest_changes(clip: np.ndarray, count: int) -> list[int]:
    """The `count` frames that differ most from the frame before, in order; fewer where less than that changes."""
    values = differences(clip)
    return sorted(int(index) + 1 for index in np.argsort(-values)[:count] if values[index] > LEAST)


def clear_cuts(clip: np.ndarray) -> list[int]:
    """Frames whose difference to the frame before is three times what is usual around it.

    It tells a cut without knowing how many there are, but not from what moves fast or flickers.
    """
    values = differences(clip)
    found = []
    for index, value in enumerate(values):
        around = np.concatenate([values[max(0, index - 4) : index], values[index + 1 : index + 5]])
        if value > LEAST and value > JUMP * np.median(around) and value >= around.max():
            found.append(index + 1)
    return found


def cuts_as_asked(found: list[int], asked: list[int]) -> bool:
    """As many cuts as asked, each within one frame of its place."""
    return len(found) == len(asked) and all(abs(a - b) <= NEAR for a, b in zip(found, asked))


def hue_of(rgb: np.ndarray) -> np.ndarray:
    """Hues in degrees of colours [..., 3]."""
    r, g, b = np.moveaxis(rgb.astype(np.float32), -1, 0)
    return np.degrees(np.arctan2(np.sqrt(3) * (g - b), 2 * r - g - b)) % 360


def hue_difference(a, b):
    return np.abs((np.asarray(a) - b + 180) % 360 - 180)


def subject_hue(frames: np.ndarray, colour: str) -> float | None:
    """Mean hue, in degrees, of the subject that should have `colour`, in frames uint8 [F, 128, 128, 3] of a shot.

    The subject is what is saturated, within 45° of the colour's own hue, and unlike the picture's border. None
    where less than 0.4 % of the picture is, or the colour has no hue.
    """
    if colour in GREYS:
        return None
    small = halve(frames[:: max(1, len(frames) // 4)]).astype(np.float32)
    border = np.concatenate([
        small[:, ::6, [1, 4, -5, -2]].reshape(len(small), -1, 3), small[:, [1, -2], ::6].reshape(len(small), -1, 3)
    ], axis=1)
    own = hue_of(np.array(PAINTS[colour][0]))
    high, low = small.max(-1), small.min(-1)
    saturated = (high - low > 0.3 * high) & (high > 30)
    candidate = saturated & (hue_difference(hue_of(small), own) < 45)
    for index in range(len(small)):
        places = np.nonzero(candidate[index])
        if len(places[0]):
            pixels = small[index][places]
            nearest = np.abs(pixels[:, None] - border[index][None]).sum(-1).min(-1)
            candidate[index][places] = nearest > 60
    if candidate.mean() < 0.004:
        return None
    angles = np.radians(hue_of(small[candidate]))
    weights = (high - low)[candidate]
    return float(np.degrees(np.arctan2((weights * np.sin(angles)).sum(), (weights * np.cos(angles)).sum())) % 360)


def keeps_hue(clip: np.ndarray, starts: list[int], colour: str) -> bool | None:
    """Whether the subject's hue stays within 15° from shot to shot; None where it cannot be measured."""
    edges = [*starts, len(clip)]
    hues = [subject_hue(clip[a:b], colour) for a, b in zip(edges, edges[1:])]
    if any(hue is None for hue in hues):
        return None
    return bool(max(hue_difference(a, b) for a in hues for b in hues) <= HUE_LIMIT)
