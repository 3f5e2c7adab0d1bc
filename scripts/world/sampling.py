"""Draws clips from the world: which subjects, scene, actions, cameras, cuts."""

from __future__ import annotations

import math

import numpy as np

from .clip import Clip, Shot, Subject
from .vocabulary import (ACTIONS, CAMERAS, COLOURS, FRAMINGS, INTERACTIONS, MATERIALS,
                         SCENES, SHAPES, SIZES, STYLES, held_out_triple, stable_hash)

WORLD_VERSION = 1

SCALES = {"small": 0.86, "large": 1.14}
SHORTEST_SHOT = 8  # frames

TRAVELS = {"moves left", "moves right", "rolls left", "rolls right",
           "moves toward the camera", "moves away"}
SIDEWAYS = {"moves left", "moves right", "rolls left", "rolls right"}
VERTICAL = {"bounces", "jumps", "falls"}
DEPTH = {"moves toward the camera", "moves away", "grows", "shrinks"}


def _pick(rng, values):
    values = list(values)
    return values[int(rng.integers(len(values)))]


def cameras_for(actions: tuple[str, ...]) -> list[str]:
    """The moving cameras under which `actions` stay in view and readable."""
    done = set(actions)
    cameras = {"orbit left", "orbit right", "zoom in", "zoom out"}
    if not done & VERTICAL and not done & set(INTERACTIONS):
        cameras |= {"tilt up", "tilt down"}
    if not done & (SIDEWAYS | set(INTERACTIONS)):
        cameras |= {"pan left", "pan right"}
    if done & DEPTH:
        cameras -= {"zoom in", "zoom out"}
    if done & SIDEWAYS:
        cameras.add("follow")
    return [c for c in CAMERAS if c in cameras]


def _sample_actions(rng, seconds: float) -> tuple[str, ...]:
    """One action, or two in a row (likelier the longer the shot)."""
    first = _pick(rng, ACTIONS)
    chance = 0.0 if seconds < 0.9 else 0.15 if seconds < 1.5 else 0.7
    if rng.random() >= chance:
        return (first,)
    others = [a for a in ACTIONS if a != first and a != "falls"
              and not (seconds < 1.5 and a == "stands still")
              and not (first in DEPTH and a in DEPTH)
              and not (first in TRAVELS and a.split()[0] == first.split()[0])]
    return first, _pick(rng, others)


def _sample_shot(rng, start: int, frames: int, actions: tuple[str, ...], used: list[Shot]) -> Shot:
    framing = _pick(rng, [f for f in FRAMINGS if not used or f != used[-1].framing])
    if frames == 1 or rng.random() < 0.5:
        camera = "static"
    else:
        camera = _pick(rng, cameras_for(actions))
    if len(actions) == 1 and actions[0] in SIDEWAYS and frames > 36:
        camera = "follow"
    offset = tuple(float(v) for v in rng.uniform(-0.08, 0.08, 2).round(3))
    return Shot(start, frames, framing, camera, actions, _pick(rng, (-1, 1)), offset)


def _cuts(rng, frames: int) -> list[int]:
    """First frames of 2 or 3 shots; each cut falls between two latent frames."""
    def valid(starts):
        edges = [0, *starts, frames]
        return all(b - a >= SHORTEST_SHOT for a, b in zip(edges, edges[1:]))
    places = range(1, frames, 4)
    two = [(a,) for a in places if valid((a,))]
    three = [(a, b) for a in places for b in places if a < b and valid((a, b))]
    if not two:
        return [0]
    chosen = _pick(rng, three) if three and rng.random() < 0.35 else _pick(rng, two)
    return [0, *chosen]


def _sample_subject(rng, shape: str, colour: str) -> Subject:
    size = _pick(rng, SIZES)
    scale = SCALES[size] * rng.uniform(0.98, 1.02)
    yaw = rng.uniform(0.35, 0.65) * _pick(rng, (-1, 1))
    return Subject(shape, colour, size, _pick(rng, MATERIALS), round(float(scale), 3), round(float(yaw), 3))


def _resolve(rng, kind: str) -> tuple[bool, bool, bool, str]:
    """(several shots, pair, styled, name) of one drawing of `kind`."""
    if kind == "any":
        kind = ("plain",) * 6 + ("shots",) * 4 + ("pair", "styled")
        kind = _pick(rng, kind)
        if kind == "shots":
            extra = rng.random()
            return True, extra < 1 / 6, 1 / 6 <= extra < 1 / 3, kind
    if kind not in ("plain", "pair", "styled", "shots"):
        raise ValueError(f"unknown kind of clip: {kind}")
    return kind == "shots", kind == "pair", kind == "styled", kind


def triples(clip: Clip) -> list[tuple[str, str, str]]:
    """The (shape, colour, action) triples that a clip shows."""
    lead = clip.subjects[0]
    return [(lead.shape, lead.colour, a) for shot in clip.shots for a in shot.actions]


def sample_clip(seed: int, *, kind: str = "any", frames: int = 25, held_out: bool = False) -> Clip:
    """The clip that `seed` names.

    `held_out` asks for a clip whose first (shape, colour, action) is one of the
    held-out triples; without it no triple of the clip is one.
    """
    rng = np.random.Generator(np.random.Philox(
        np.random.SeedSequence([WORLD_VERSION, seed, stable_hash("kind", kind) % 2**32, frames])))
    several, pair, styled, name = _resolve(rng, kind)
    starts = _cuts(rng, frames) if several else [0]
    lengths = [b - a for a, b in zip(starts, [*starts[1:], frames])]
    verbs = INTERACTIONS if pair and frames > 1 else ACTIONS

    def actions_of_shot(length, used):
        if frames == 1:
            return ("stands still",)
        if verbs is INTERACTIONS:
            return (_pick(rng, INTERACTIONS),)
        while True:
            actions = _sample_actions(rng, length / 24)
            if not used or actions != used[-1].actions:
                return actions

    while True:
        shape, colour = _pick(rng, SHAPES), _pick(rng, COLOURS)
        first = actions_of_shot(lengths[0], [])
        if held_out_triple(shape, colour, first[0]) == held_out:
            if held_out or not any(held_out_triple(shape, colour, a) for a in first):
                break
    shots: list[Shot] = []
    for start, length in zip(starts, lengths):
        actions = first
        while shots or not actions:
            actions = actions_of_shot(length, shots)
            if held_out or not any(held_out_triple(shape, colour, a) for a in actions):
                break
        shots.append(_sample_shot(rng, start, length, actions, shots))

    subjects = [_sample_subject(rng, shape, colour)]
    if pair:
        other = _pick(rng, [c for c in COLOURS if c != colour])
        subjects.append(_sample_subject(rng, _pick(rng, SHAPES), other))
    return Clip(
        version=WORLD_VERSION, seed=seed, kind=name, frames=frames, subjects=tuple(subjects),
        scene=_pick(rng, SCENES),
        style=_pick(rng, [s for s in STYLES if s != "3D"]) if styled else "3D",
        sun=(round(float(rng.uniform(0.5, 1.1) * _pick(rng, (-1, 1))), 3),
             round(math.radians(rng.uniform(48, 60)), 3)),
        backdrop_yaw=round(float(rng.uniform(-0.4, 0.4)), 3),
        ground_shift=tuple(float(v) for v in rng.uniform(-3, 3, 2).round(3)),
        shots=tuple(shots))
