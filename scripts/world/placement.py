"""Setting a subject down: states, rotations, and the curves of falls and jumps.

A subject rests on the ground whatever its orientation: its centre is lifted by
the support of the rotated shape.
"""

from __future__ import annotations

import math

import numpy as np

from .clip import Subject
from .shapes import support

# Columns of a subject's state.
CENTRE, SCALE, ROTATION, LIFT, STATE = slice(0, 3), 3, slice(4, 13), 13, 14
WHEELED = 0.5  # units, mean rolling radius of a unit shape


def rotation_y(a: float) -> np.ndarray:
    c, s = math.cos(a), math.sin(a)
    return np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])


def rotation_z(a: float) -> np.ndarray:
    c, s = math.cos(a), math.sin(a)
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])


LYING = np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]], dtype=float)  # y axis turned to z


def arc(u: float) -> float:
    """A unit parabola over 0 <= u <= 1, zero outside."""
    return max(0.0, 4 * u * (1 - u))


def drop(t: float, land: float) -> float:
    """Height left, from 1, of a fall that lands at `land` seconds; one small rebound."""
    return 1 - (t / land) ** 2 if t < land else 0.13 * arc((t - land) / (0.45 * land))


def place(state: np.ndarray, subject: Subject, base: np.ndarray, x, z, lift, roll, turn, scale):
    rotation = rotation_y(turn) @ rotation_z(roll) @ base
    state[CENTRE] = x, lift + scale * support(subject.shape, rotation), z
    state[SCALE] = scale
    state[ROTATION] = rotation.ravel()
    state[LIFT] = lift


def resting(subject: Subject, rolls: bool) -> tuple[np.ndarray, float]:
    """(rotation before rolling, yaw) of a subject; wheels face the camera."""
    lies = rolls and subject.shape == "cylinder"
    return (LYING if lies else np.eye(3)), (0.0 if rolls else subject.yaw)
