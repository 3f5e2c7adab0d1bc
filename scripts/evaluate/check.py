"""A check of the evaluation itself, in seconds, without weights: `python -m scripts.evaluate.check`."""

import hashlib

import numpy as np
import torch

from scripts.world import WORLD_VERSION, canonical, render, sample_clip

from . import motion, shots
from .labels import CLASSES, UNKNOWN, answers, cuts, mirrored, spans
from .probe import FRAMES, Probe, step_mask, steps_of_frames
from .prompts import GROUPS, pattern, prompts
from .quality import psnr, ssim
from .table import Share
from .verdicts import verdicts

# The first 25 prompts of version 1 of the world: a change of the world changes its version, and this.
FIRST_PROMPTS = {1: "3f055437d871ba92"}


def perfect(clip) -> list:
    """What a probe says that knows everything."""
    found = []
    for span in spans(clip):
        truth = answers(clip, span)
        found.append((span, {
            kind: np.where(np.arange(len(names)) == truth[kind], 0.0, -9.0) for kind, names in CLASSES.items()
        }))
    return found


def check_prompts() -> None:
    chosen = prompts(0, 25)
    text = "\n".join(prompt.text for prompt in chosen)
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == FIRST_PROMPTS[WORLD_VERSION], text
    assert len(pattern()) == sum(group[1] for group in GROUPS) == 25
    assert all(len(prompt.clip.subjects) == (2 if prompt.group == "pair" else 1) for prompt in chosen)
    assert all(prompt.text.count("[cut ") == len(cuts(prompt.clip)) for prompt in chosen)


def check_labels() -> None:
    for kind in CLASSES:
        table = mirrored(kind)
        assert [table[table[i]] for i in range(len(table))] == list(range(len(table))), kind
    for seed in range(40):
        clip = sample_clip(seed)
        found = spans(clip)
        assert found[0].start == 0 and found[-1].end == clip.frames, canonical(clip)
        assert all(a.end == b.start for a, b in zip(found, found[1:])), canonical(clip)
        assert all(verdicts(clip, perfect(clip)).values()), canonical(clip)
    styled = sample_clip(3, kind="styled")
    assert (answers(styled, spans(styled)[0])["second shape"]) == UNKNOWN


def check_probe() -> None:
    frames = torch.arange(FRAMES).float()[None, :, None, None, None].expand(2, FRAMES, 64, 64, 3)
    steps = steps_of_frames(frames)[0, :, ::3, 0, 0]
    assert steps[0].tolist() == [0, 0, 1] and steps[1].tolist() == [2, 3, 4] and steps[8].tolist() == [23, 24, 24]
    mask = step_mask(torch.tensor([[0, 25], [9, 17]]))
    assert mask.sum(1).tolist() == [9, 3]
    # What lies outside of a span does not matter, but for the frame before and the frame after.
    probe = Probe().eval()
    first, second = torch.rand(2, 1, FRAMES, 64, 64, 3)
    second[:, 7:19] = first[:, 7:19]
    bounds = torch.tensor([[9, 17]])
    with torch.no_grad():
        for a, b in zip(probe(first, bounds).values(), probe(second, bounds).values()):
            assert torch.allclose(a, b, atol=1e-5)


def check_measures() -> None:
    clip = sample_clip(2, kind="shots")
    video = render(clip, 128, 128)
    asked = cuts(clip)
    assert shots.cuts_as_asked(shots.clear_cuts(video), asked)
    assert shots.cuts_as_asked(shots.largest_changes(video, len(asked)), asked)
    still = np.repeat(video[:1], FRAMES, axis=0)
    assert not shots.clear_cuts(still) and not shots.largest_changes(still, len(asked))
    texture = np.random.default_rng(0).integers(0, 255, (32, 40, 3), np.uint8).repeat(8, 0).repeat(8, 1)
    sliding = np.stack([texture[:128, 2 * t : 2 * t + 128] for t in range(FRAMES)])
    assert abs(motion.flow(sliding, []) - 1) < 0.1  # two pixels of 128 are one of 64
    assert motion.flow(np.repeat(video[:1], FRAMES, axis=0), []) == 0
    assert motion.change(np.repeat(video[:1], FRAMES, axis=0), []) == 0 < motion.change(sliding, [])
    assert motion.change(video, list(range(5, 25, 5))) is None
    grey = np.full((1, 32, 32, 3), 100, np.uint8)
    assert abs(psnr(grey, grey + 10) - 20 * np.log10(25.5)) < 1e-3
    assert abs(ssim(video[:2], video[:2]) - 1) < 1e-6
    assert shots.hue_difference(350, 10) == 20
    assert abs(float(shots.hue_of(np.array([0, 255, 0]))) - 120) < 1e-3
    low, high = Share(81, 100).interval  # Wilson's interval, as tables have it
    assert abs(low - 0.722) < 2e-3 and abs(high - 0.875) < 2e-3


if __name__ == "__main__":
    for check in (check_prompts, check_labels, check_probe, check_measures):
        check()
        print(check.__name__.removeprefix("check_"), "ok")
