"""All that is measured of one set of generated clips, beside the same of the true clips."""

from collections import Counter, defaultdict
from dataclasses import dataclass

import numpy as np

from . import motion, shots
from .labels import CLASSES, cuts
from .probe import Probe
from .prompts import PLAIN, Prompt
from .table import Share, share
from .verdicts import judge_all, named_action, verdicts

PLAIN_KINDS = ("colour", "scene", "shape", "action", "camera")


@dataclass
class Judged:
    """One clip: verdicts by kind, the action that it seems to show, and measures of its pictures."""

    prompt: Prompt
    verdicts: dict[str, bool]
    action: str
    change: float | None
    flow: float
    flicker: float


def judge(probe: Probe, prompts: list[Prompt], load) -> list[Judged]:
    """Judges the clip of every prompt, uint8 [25, 128, 128, 3], which `load` reads."""
    found = []
    for prompt, seen in zip(prompts, judge_all(probe, prompts, load)):
        clip = load(prompt)
        right = verdicts(prompt.clip, seen)
        asked = cuts(prompt.clip)
        right["cuts"] = shots.cuts_as_asked(shots.largest_changes(clip, len(asked)), asked)
        right["clear cuts"] = shots.cuts_as_asked(shots.clear_cuts(clip), asked)
        if asked:
            starts = [shot.start for shot in prompt.clip.shots]
            hue = shots.keeps_hue(clip, starts, prompt.clip.subjects[0].colour)
            if hue is not None:
                right["hue"] = hue
            right["shots"] = right["cuts"] and right["colours"] and hue is not False
        measures = (motion.change(clip, asked), motion.flow(clip, asked), motion.flicker(clip, asked))
        found.append(Judged(prompt, right, named_action(seen), *measures))
    return found


def accuracy(judged: list[Judged], kind: str, groups: set[str] | None = None) -> Share:
    """How many of the prompts of some groups are right in a kind; those that say nothing of it do not count."""
    return share(
        item.verdicts.get(kind) for item in judged if groups is None or item.prompt.group in groups
    )


def frozen(judged: list[Judged], truths: list[Judged]) -> Share:
    """Clips that hardly change, of those whose true clip does."""
    true = {truth.prompt.index: truth.change for truth in truths}
    return share(
        item.change < motion.FROZEN * true[item.prompt.index]
        for item in judged if (true[item.prompt.index] or 0) > motion.MOVING
    )


def restlessness(judged: list[Judged], truths: list[Judged]) -> float | None:
    """Mean change, in grey levels, of the clips in which nothing should: the true ones do not change at all."""
    still = {truth.prompt.index for truth in truths if truth.change is not None and truth.change < 0.1}
    found = [item.change for item in judged if item.prompt.index in still]
    return float(np.mean(found)) if found else None


def held_out_loss(judged: list[Judged]) -> float:
    """Mean of the losses in shape, colour and action, from seen triples to held-out ones; a share, not points."""
    kinds = ("shape", "colour", "action")
    losses = [
        accuracy(judged, kind, {"plain"}).value - accuracy(judged, kind, {"held-out triples"}).value for kind in kinds
    ]
    return float(np.mean(losses))


def ratio(judged: list[Judged], truths: list[Judged], name: str) -> float:
    """The mean of a measure over that of the true clips of the same prompts."""
    true = {truth.prompt.index: getattr(truth, name) for truth in truths}
    return float(sum(getattr(item, name) for item in judged) / sum(true[item.prompt.index] for item in judged))


def by_class(judged: list[Judged]) -> dict[str, dict[str, dict]]:
    """For plain prompts of one action: kind, value → right, count and what its actions were taken for."""
    found: dict = defaultdict(lambda: defaultdict(lambda: {"right": 0, "count": 0, "taken for": Counter()}))
    for item in judged:
        clip = item.prompt.clip
        if item.prompt.group not in PLAIN or len(clip.shots[0].actions) > 1:
            continue
        subject, shot = clip.subjects[0], clip.shots[0]
        values = {"colour": subject.colour, "scene": clip.scene, "shape": subject.shape,
                  "action": shot.actions[0], "camera": shot.camera}
        for kind, value in values.items():
            cell = found[kind][value]
            cell["count"] += 1
            cell["right"] += item.verdicts[kind]
            if kind == "action" and not item.verdicts[kind]:
                cell["taken for"][item.action] += 1
    return {kind: {name: found[kind][name] for name in CLASSES[kind] if name in found[kind]} for kind in PLAIN_KINDS}
