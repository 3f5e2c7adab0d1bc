"""From what the probe says of a clip's spans to what is right: one truth value a figure, for one prompt."""

from collections import defaultdict

import numpy as np

from scripts.world import Clip

from . import probe as probes
from .labels import CLASSES, COLOURLESS, Span, answers, spans
from .prompts import Prompt

WHOLE = ("shape", "colour", "scene", "style", "count")  # the same in every span
JUDGED_AT_ONCE = 64  # clips


def pair_colours(first: np.ndarray, second: np.ndarray) -> set[int]:
    """The likeliest set of two colours, from the log-probabilities of either subject's, whichever is whose."""
    joint = np.logaddexp(first[:, None] + second[None], first[None] + second[:, None])
    np.fill_diagonal(joint, -np.inf)
    return set(np.unravel_index(joint.argmax(), joint.shape))


def verdicts(clip: Clip, found: list[tuple[Span, dict[str, np.ndarray]]]) -> dict[str, bool]:
    """What is right, by kind: all of `clip` against the log-probabilities of every span.

    `colours` is whether the subject has its colour in every shot, `scenes` the like of the scene; `pair` is the
    number of subjects and the colours of both.
    """
    truths = [answers(clip, span) for span, _ in found]
    right: dict[str, bool] = {}
    for kind in WHOLE:
        if truths[0][kind] >= 0:
            right[kind] = bool(sum(p[kind] for _, p in found).argmax() == truths[0][kind])
    by_shot: dict[int, list[int]] = defaultdict(list)
    for index, (span, _) in enumerate(found):
        by_shot[span.shot].append(index)

    def shots_right(kind: str) -> bool:
        return all(
            sum(found[i][1][kind] for i in members).argmax() == truths[members[0]][kind]
            for members in by_shot.values()
        )

    right["action"] = all(p["action"].argmax() == truth["action"] for (_, p), truth in zip(found, truths))
    right["camera"], right["framing"] = shots_right("camera"), shots_right("framing")
    right["scenes"] = shots_right("scene")
    if clip.style not in COLOURLESS:
        right["colours"] = shots_right("colour")
        if len(clip.subjects) == 2:
            named = pair_colours(*(sum(p[kind] for _, p in found) for kind in ("colour", "second colour")))
            asked = {CLASSES["colour"].index(subject.colour) for subject in clip.subjects}
            right["pair"] = right["count"] and named == asked
    return {kind: bool(value) for kind, value in right.items()}


def named_action(found: list[tuple[Span, dict[str, np.ndarray]]]) -> str:
    return CLASSES["action"][int(found[0][1]["action"].argmax())]


def judge_all(probe: probes.Probe, prompts: list[Prompt], load) -> list[list[tuple[Span, dict[str, np.ndarray]]]]:
    """The probe's log-probabilities of every span of every prompt's clip, which `load` reads."""
    judged = []
    for start in range(0, len(prompts), JUDGED_AT_ONCE):
        part = prompts[start : start + JUDGED_AT_ONCE]
        clips, asked = [], []
        for prompt in part:
            clip = load(prompt)
            for span in spans(prompt.clip):
                clips.append(clip)
                asked.append(span)
        found = probes.judge(probe, clips, asked)
        each = iter({kind: values[i] for kind, values in found.items()} for i in range(len(asked)))
        judged += [[(span, next(each)) for span in spans(prompt.clip)] for prompt in part]
    return judged
