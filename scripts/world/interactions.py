"""What two subjects do to each other.

Written for a first subject A that comes from the left; a shot's direction of -1
mirrors it.  `u` is the part of the shot that has passed, from 0 to 1.
"""

from __future__ import annotations

import math

import numpy as np

from .clip import FPS, Shot, Subject
from .placement import STATE, WHEELED, arc, drop, place, resting
from .shapes import support

RUN = {"wide shot": 2.0, "medium shot": 1.5, "close-up": 1.0}   # units, of a free run
FALL = {"wide shot": 1.3, "medium shot": 0.9, "close-up": 0.6}  # units
HIT = 0.42                                                      # when A hits B, part of the shot


def _positions(verb: str, u: float, seconds: float, run: float, fall: float, touch: float, top: float):
    """(x, z, lift) of A and x of B at `u`, for a contact at distance `touch`."""
    if verb == "pushes":  # B stands at 0 until A reaches it
        ax = -touch - 0.3 * run + 1.15 * run * u
        return ax, 0.0, 0.0, max(0.0, ax + touch)
    if verb == "chases":
        ax = run * u
        return ax, 0.0, 0.0, ax + touch + 0.2
    if verb == "circles around":
        angle = math.tau * (min(0.95 * seconds, 1.0) * u - 0.15)
        return (touch + 0.1) * math.sin(angle), (touch + 0.1) * math.cos(angle), 0.0, 0.0
    if verb == "jumps over":
        reach = touch + 0.25
        return reach * (2 * u - 1), 0.0, (top + 0.3) * arc((u - 0.06) / 0.88), 0.0
    if verb == "hits":
        ax = -touch - 0.7 * run * max(0.0, 1 - u / HIT) + 0.12 * min(1.0, max(0.0, u - HIT) / 0.2)
        return ax, 0.0, 0.0, 0.9 * run * max(0.0, u - HIT) / (1 - HIT)
    return 0.0, 0.0, top + fall * drop(u * seconds, min(0.46, 0.6 * seconds)), 0.0  # lands on


def pair_states(shot: Shot, first: Subject, second: Subject) -> np.ndarray:
    """States [frames, 2, STATE] of both subjects of an interaction, centred in x."""
    verb, way = shot.actions[0], shot.direction
    touch = 0.52 * (first.scale + second.scale)
    base, yaw = resting(second, verb == "hits")
    top = second.scale * (support(second.shape, np.eye(3)) + support(second.shape, -np.eye(3)))
    path = np.array([_positions(verb, i / FPS / shot.seconds, shot.seconds, RUN[shot.framing],
                                FALL[shot.framing], touch, top) for i in range(shot.frames)])
    xs = path[:, [0, 3]]
    if verb != "circles around":
        path[:, [0, 3]] -= (xs.max() + xs.min()) / 2
    states = np.zeros((shot.frames, 2, STATE))
    dx, dz = shot.offset
    for state, (ax, az, lift, bx) in zip(states, path):
        roll = -way * (bx - path[0, 3]) / (WHEELED * second.scale) if verb == "hits" else 0.0
        place(state[0], first, np.eye(3), way * ax + dx, az + dz, lift, 0.0, first.yaw, first.scale)
        place(state[1], second, base, way * bx + dx, dz, 0.0, roll, yaw, second.scale)
    return states
