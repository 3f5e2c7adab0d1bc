"""Where every subject is in every frame.

An action is a function of the time since it began, giving a displacement from
where it started.  Actions in a row share the time of the shot and are chained;
the whole path is then centred, so that what moves left starts right of the
centre and ends left of it.
"""

from __future__ import annotations

import math

import numpy as np

from .clip import FPS, Clip, Shot, Subject
from .interactions import pair_states
from .placement import STATE, WHEELED, arc, drop, place, resting

SPEED = {"wide shot": 1.6, "medium shot": 1.2, "close-up": 0.7}      # units a second, sideways
APPROACH = {"wide shot": 1.95, "medium shot": 1.35, "close-up": 0.65}  # units a second, in depth
HEIGHT = {"wide shot": 1.15, "medium shot": 0.85, "close-up": 0.45}  # units, of a bounce or jump
DROP = {"wide shot": 1.5, "medium shot": 1.0, "close-up": 0.55}      # units, of a fall
LARGEST = {"wide shot": 0.3, "medium shot": 0.15, "close-up": 0.05}  # octaves above the subject's scale
TURN = 2 * math.pi    # radians a second, of a spin
FOLLOWED = 2.4        # times the speed, where the camera keeps the subject in view
LONGEST_CHASE = 7.0   # units a followed subject may travel inside the backdrop
LONGEST_COURSE = 1.3  # seconds of travel before a path is slowed to stay in view


def displacement(action: str, t: float, length: float, framing: str, following: bool):
    """(x, lift, z, roll, turn, log2 of scale) after `t` of `length` seconds."""
    if following:
        paced = min(FOLLOWED, LONGEST_CHASE / (SPEED[framing] * length))
    else:
        paced = min(1.0, LONGEST_COURSE / length)
    side, depth = SPEED[framing] * paced * t, APPROACH[framing] * paced * t
    sign = -1 if action.endswith("left") else 1
    x = lift = z = roll = turn = growth = 0.0
    if action in ("moves left", "moves right"):
        x = sign * side
    elif action.startswith("rolls"):
        x = sign * side
        roll = -x / WHEELED
    elif action == "moves toward the camera":
        z = depth
    elif action == "moves away":
        z = -depth
    elif action == "spins":
        turn = TURN * t
    elif action == "bounces":
        lift = HEIGHT[framing] * arc((2 * t) % 1)
    elif action == "jumps":
        air = min(0.65, 0.8 * length)
        lift = HEIGHT[framing] * arc((t - 0.4 * (min(length, 1.0) - air)) / air)
    elif action == "falls":
        lift = DROP[framing] * drop(t, min(0.46, 0.6 * length))
    elif action in ("grows", "shrinks"):
        rate = 1.0 / length if length > 1 else max(1.0, 0.55 / length)
        growth = rate * t * (1 if action == "grows" else -1)
    return np.array([x, lift, z, roll, turn, growth])


def _single(shot: Shot, subject: Subject) -> np.ndarray:
    times = np.arange(shot.frames) / FPS
    following = shot.camera == "follow"
    length = shot.seconds / len(shot.actions)
    path, origin = np.zeros((shot.frames, 6)), np.zeros(6)
    for n, action in enumerate(shot.actions):
        last = n == len(shot.actions) - 1
        for i, t in enumerate(times):
            if n * length <= t and (last or t < (n + 1) * length):
                path[i] = origin + displacement(action, t - n * length, length, shot.framing, following)
        ended = displacement(action, length, length, shot.framing, following)
        ended[1] = 0
        origin = origin + ended
    for axis in (0, 2):
        path[:, axis] -= (path[:, axis].max() + path[:, axis].min()) / 2
    if np.ptp(path[:, 2]):
        path[:, 2] -= 0.1 * np.ptp(path[:, 2])
    path[:, 5] -= path[:, 5].max() - (LARGEST[shot.framing] if np.ptp(path[:, 5]) else 0)
    path[:, 0] += shot.offset[0]
    path[:, 2] += shot.offset[1]
    base, yaw = resting(subject, any(a.startswith("rolls") for a in shot.actions))
    states = np.zeros((shot.frames, STATE))
    for state, (x, lift, z, roll, turn, growth) in zip(states, path):
        place(state, subject, base, x, z, lift, roll, turn + yaw, subject.scale * 2 ** growth)
    return states


def subject_states(clip: Clip) -> np.ndarray:
    """States [frames, subjects, STATE] of every subject, float32."""
    states = np.zeros((clip.frames, len(clip.subjects), STATE), np.float32)
    for shot in clip.shots:
        frames = slice(shot.start, shot.start + shot.frames)
        if len(clip.subjects) == 2 and clip.frames > 1:
            states[frames] = pair_states(shot, *clip.subjects)
        else:
            for k, subject in enumerate(clip.subjects):
                states[frames, k] = _single(shot, subject)
                if len(clip.subjects) == 2:
                    states[frames, k, 0] += (-0.75, 0.75)[k]
    return states
