"""Where the camera is and where it looks in every frame.

Conventions: a pan turns the camera, so that panning left moves everything to
the right of the picture; tilting up moves everything down; orbiting left moves
the camera to its own left on a circle around the subject; zooming changes the
focal length and leaves the perspective alone; following moves the camera along
with the subject.  Sweeps lie evenly about the middle of the shot.
"""

from __future__ import annotations

import math

import numpy as np

from .clip import Clip, Shot
from .placement import CENTRE
from .sampling import VERTICAL

# Columns of a camera's state: eye, right, up and forward vectors, tangent.
CAMERA = 13

HALF_TANGENT = 0.4  # half the side of a square picture, at unit distance

DISTANCE = {"wide shot": 4.15, "medium shot": 2.85, "close-up": 1.95}  # units
AIM = {"wide shot": 0.72, "medium shot": 0.60, "close-up": 0.50}       # units above the ground
AIM_HIGH = {"wide shot": 0.95, "medium shot": 0.85, "close-up": 0.68}  # where things go up
PAIR_DISTANCE = {"wide shot": 1.2, "medium shot": 1.35, "close-up": 1.5}

PAN = math.radians(22)      # a second
TILT = math.radians(14)     # a second
ORBIT = math.radians(55)    # a second
ZOOM = 0.65                 # octaves a second
SWEEP = {"pan": math.radians(26), "tilt": math.radians(17), "orbit": math.radians(120), "zoom": 1.0}


def extents(width: int, height: int) -> tuple[float, float]:
    """Half width and half height of the picture at unit distance.

    The shorter side shrinks with the fourth root of the ratio, so that the
    subject covers a like part of the picture in every format and stays in it.
    """
    short = HALF_TANGENT * (min(width, height) / max(width, height)) ** 0.25
    if width >= height:
        return short * width / height, short
    return short, short * height / width


def _look(eye: np.ndarray, yaw: float, pitch: float, tangent: float) -> np.ndarray:
    """Camera state from turns: yaw to the right of -z, pitch upward."""
    cy, sy, cp, sp = math.cos(yaw), math.sin(yaw), math.cos(pitch), math.sin(pitch)
    right, up, forward = (cy, 0, sy), (-sy * sp, cp, cy * sp), (sy * cp, sp, -cy * cp)
    return np.array([*eye, *right, *up, *forward, tangent])


def _shot_cameras(shot: Shot, path: np.ndarray, pair: bool) -> np.ndarray:
    verb, _, way = shot.camera.partition(" ")
    sign = {"left": -1, "right": 1, "up": 1, "down": -1, "in": 1, "out": -1}.get(way, 0)
    rate = {"pan": PAN, "tilt": TILT, "orbit": ORBIT, "zoom": ZOOM}.get(verb, 0.0)
    if verb == "pan" and shot.framing == "close-up":
        rate *= 0.7
    sweep = min(rate * shot.seconds, SWEEP.get(verb, 0.0))
    high = bool(set(shot.actions) & (VERTICAL | {"jumps over", "lands on"}))
    aim = (AIM_HIGH if high else AIM)[shot.framing]
    distance = DISTANCE[shot.framing] * (PAIR_DISTANCE[shot.framing] if pair else 1.0)
    if pair:
        aim *= 1.35 if high else 1.1
    drop = 0.12 * distance
    cameras = np.zeros((shot.frames, CAMERA))
    for i in range(shot.frames):
        progress = sign * sweep * ((i + 0.5) / shot.frames - 0.5)
        yaw, pitch, azimuth, tangent = 0.0, -math.atan2(drop, distance), 0.0, 1.0
        at = np.zeros(3)
        if verb == "pan":
            yaw = progress
        elif verb == "tilt":
            pitch += progress
        elif verb == "orbit":
            azimuth, yaw = progress, -progress
        elif verb == "zoom":
            tangent = 2.0 ** (-progress + 0.08)
        elif verb == "follow":
            at = np.array([path[i, 0], 0, path[i, 2]])
        eye = at + (distance * math.sin(azimuth), aim + drop, distance * math.cos(azimuth))
        cameras[i] = _look(eye, yaw, pitch, tangent)
    return cameras


def camera_states(clip: Clip, states: np.ndarray) -> np.ndarray:
    """Camera states [frames, CAMERA] for the subjects' `states`, float32."""
    pair = len(clip.subjects) == 2
    cameras = np.zeros((clip.frames, CAMERA), np.float32)
    for shot in clip.shots:
        frames = slice(shot.start, shot.start + shot.frames)
        cameras[frames] = _shot_cameras(shot, states[frames, :, CENTRE].mean(1), pair)
    return cameras
