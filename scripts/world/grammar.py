"""Captions: from a clip to sentences, and from a caption to its shots."""

from __future__ import annotations

import re

import numpy as np

from .clip import Clip, Shot
from .sampling import WORLD_VERSION
from .vocabulary import TABLES, held_out_wording, stable_hash

_CUT = re.compile(r"\s*\[(?:cut(?:\s+\d+(?:\.\d+)?s)?|SHOT CUT|镜头切换)\]\s*")


def shot_texts(caption: str) -> list[str]:
    """The text of each shot; a global part before `||` is put before each."""
    common, bars, rest = caption.partition("||")
    if not bars:
        common, rest = "", caption
    return [f"{common.strip()} {part.strip()}".strip() for part in _CUT.split(rest)]


class _Words:
    """Chooses wordings; without `rng`, the canonical ones."""

    def __init__(self, rng=None, held_out: bool = False):
        self.rng, self.held_out, self.chosen = rng, held_out, {}

    def chance(self, p: float) -> bool:
        return self.rng is not None and self.rng.random() < p

    def __call__(self, table: str, value: str):
        """One wording, the same one each time a subject or scene comes back."""
        entries = TABLES[table][value]
        if self.rng is None:
            return entries[0]
        key = (table, value)
        if key not in self.chosen or table in ("action", "camera", "framing"):
            kept = [e for e in entries if held_out_wording(table, value, e)]
            free = [e for e in entries if e not in kept]
            if self.held_out and kept:
                entries = kept
            else:  # the canonical wording is as likely as the others together
                entries = free + [free[0]] * (len(free) - 2)
            self.chosen[key] = entries[int(self.rng.integers(len(entries)))]
        return self.chosen[key]


def _article(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou8' else 'a'} {noun}"


def _bare(phrase: str) -> str:
    return re.sub(r"^(a|an|the) ", "", phrase)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _adjectives(words: _Words, clip: Clip, dense: float) -> list[str]:
    """Noun phrases without article of the subjects, sizes and materials kept by chance."""
    names = []
    for subject in clip.subjects:
        parts = []
        for table in ("size", "material"):
            if words.rng is None or words.chance(dense):
                parts.append(words(table, getattr(subject, table)))
        parts += [words("colour", subject.colour), words("shape", subject.shape)]
        names.append(" ".join(parts))
    return names


def _verb(words: _Words, clip: Clip, shot: Shot, other: str, form: int) -> str:
    """What the first subject does; form 0 is finite, 1 is the gerund."""
    if shot.actions[0] in TABLES["interaction"]:
        return words("interaction", shot.actions[0])[form].format(b=other)
    link = ", then " if words.rng is None or not words.chance(0.25) else " and then "
    return link.join(words("action", a)[form] for a in shot.actions)


class _Shot:
    """The pieces of one shot's description."""

    def __init__(self, words: _Words, clip: Clip, shot: Shot, names: list[str], known: bool):
        name = (lambda n: f"the {n}") if known else _article
        self.who = [name(n) for n in names]
        self.bare = names[0]
        if len(names) == 2 and shot.actions[0] not in TABLES["interaction"]:
            self.who = [f"{self.who[0]} and {self.who[1]}"]
            self.bare = f"{names[0]} and {names[1]}"
        other = self.who[-1]
        self.does = _verb(words, clip, shot, other, 0)
        self.doing = _verb(words, clip, shot, other, 1)
        self.preposition, self.place = words("scene", clip.scene)
        self.where = f"{self.preposition} {self.place}"
        self.framing = words("framing", shot.framing)
        told = words.rng is None or words.chance(0.3 if shot.camera == "static" else 0.88)
        self.moves, self.moving = words("camera", shot.camera) if told else (None, None)


def _dense(p: _Shot) -> str:
    tail = f" while the camera {p.moves}" if p.moves else ""
    return f"In {_article(p.framing)} {p.where}, {p.who[0]} {p.does}{tail}."


def _dense_last(p: _Shot) -> str:
    tail = f" The camera {p.moves}." if p.moves else ""
    return f"{_capital(_article(p.framing))} of {p.who[0]} {p.doing} {p.where}.{tail}"


def _colon(p: _Shot) -> str:
    tail = f", the camera {p.moves}" if p.moves else ""
    return f"{_capital(p.framing)}: {p.who[0]} {p.does} {p.where}{tail}."


def _middle(p: _Shot) -> str:
    tail = f", camera {p.moving}" if p.moves else ""
    return f"{_capital(p.who[0])} {p.does} {p.where}{tail}."


def _camera_first(p: _Shot) -> str:
    if not p.moves:
        return f"{_capital(p.where)}, {p.who[0]} {p.does}, {p.framing}."
    return f"The camera {p.moves} as {p.who[0]} {p.does} {p.where}, {p.framing}."


def _place_first(p: _Shot) -> str:
    tail = f"; the camera {p.moves}" if p.moves else ""
    return f"{_capital(p.where)}, {p.who[0]} {p.does}{tail}."


def _terse(p: _Shot) -> str:
    tail = f", camera {p.moving}" if p.moves else ""
    return f"{p.bare} {p.doing}, {_bare(p.place)}{tail}"


def _tags(p: _Shot) -> str:
    tail = f", camera {p.moving}" if p.moves else ""
    return f"{p.framing}, {_bare(p.place)}, {p.bare} {p.doing}{tail}"


def _placeless(p: _Shot) -> str:
    tail = f" while the camera {p.moves}" if p.moves else ""
    return f"{_capital(p.framing)} of {p.who[0]} {p.doing}{tail}"


TEMPLATES = (_dense_last, _colon, _middle, _camera_first, _place_first, _terse, _tags, _terse, _middle)
HELD_OUT_TEMPLATE = _place_first


def _template(words: _Words, placeless: float):
    if words.chance(placeless):
        return _placeless
    if words.rng is None or words.chance(0.32):
        return _dense
    if words.held_out and words.chance(0.5):
        return HELD_OUT_TEMPLATE
    free = [t for t in TEMPLATES if t is not HELD_OUT_TEMPLATE]
    return free[int(words.rng.integers(len(free)))]


def _with_style(words: _Words, style: str, text: str) -> str:
    name = words("style", style)
    if words.chance(0.35) and not text.endswith("]"):
        return f"{text.rstrip('.')}, {name} style"
    if words.chance(0.3):
        return f"In {name} style, {text[:1].lower() + text[1:]}"
    return f"{_capital(name)} style. {text}"


def _caption(words: _Words, clip: Clip) -> str:
    styled = clip.style != "3D" or words.rng is None or words.chance(0.12)
    names = _adjectives(words, clip, 0.45)
    common = ""
    placeless = 0.05
    if len(clip.shots) > 1 and words.chance(0.35):
        place = words("scene", clip.scene)
        named = f"{words('style', clip.style)} style, " if styled else ""
        common = _capital(f"{named}{place[1]}") + " || "
        styled, placeless = False, 0.8
    timed = words.rng is not None and words.chance(0.5)
    caption = common
    for n, shot in enumerate(clip.shots):
        if n:
            caption += f" [cut {round(shot.seconds, 2)}s] " if timed else " [cut] "
        pieces = _Shot(words, clip, shot, names, known=n > 0)
        text = _template(words, placeless)(pieces)
        caption += _with_style(words, clip.style, text) if styled and n == 0 else text
    return caption


def canonical(clip: Clip) -> str:
    """The dense description that names everything in its canonical words."""
    return _caption(_Words(), clip)


def captions(clip: Clip, seed: int, count: int, held_out_wordings: bool = False) -> list[str]:
    """`count` descriptions of the clip, from terse to dense, drawn by `seed`."""
    rng = np.random.Generator(np.random.Philox(np.random.SeedSequence(
        [WORLD_VERSION, clip.seed, seed, stable_hash("captions", clip.kind) % 2**32])))
    return [_caption(_Words(rng, held_out_wordings), clip) for _ in range(count)]
