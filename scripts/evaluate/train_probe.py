"""Trains the probe: `python -m scripts.evaluate.train_probe --data DIR… --held-out DIR --out scripts/evaluate/weights`.

--data are folders of shards of scripts.evaluate.clips or scripts.train.render; square clips of 25 frames are taken.
A state beside the weights makes the run resumable. At the end it prints the accuracy on held-out clips a kind, and
what is mistaken for what.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from scripts.diorama.precision import mixed
from scripts.train.optimizer import ExponentialMovingAverage, Optimizer, trapezoid
from scripts.world import WORLD_VERSION, Clip

from . import probe as probes
from .labels import CLASSES, UNKNOWN, answers, mirrored, spans

# What matters most, and is hardest, weighs most.
WEIGHTS = {"action": 2.0, "camera": 2.0, "shape": 1.5, "style": 1.5}


class Clips:
    """Halved clips in memory, [N] of uint8 [25, 64, 64, 3], with their spans and answers."""

    def __init__(self, folders: list[Path], cache: Path | None = None, limit: int | None = None):
        frames, self.about = [], []
        for path in [path for folder in folders for path in sorted(folder.glob("clips-*.npy"))]:
            shard = np.load(path, mmap_mode="r")
            if shard.shape[1:4] != (probes.FRAMES, 128, 128):
                continue
            about = json.loads(path.with_suffix(".json").read_text())
            self.about += [Clip.from_json(entry["clip"]) for entry in about]
            frames.append(halved(path, shard, cache))
            if limit and len(self.about) >= limit:
                break
        self.frames = np.concatenate(frames)
        self.spans = [spans(clip) for clip in self.about]
        self.answers = [
            [list(answers(clip, span).values()) for span in found] for clip, found in zip(self.about, self.spans)
        ]

    def __len__(self) -> int:
        return len(self.about)

    def batch(self, chosen: list[tuple[int, int]]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Frames [B, 25, 64, 64, 3] in [−1, 1], bounds [B, 2] and answers [B, kinds] of (clip, span) pairs."""
        frames = torch.from_numpy(self.frames[[clip for clip, _ in chosen]]).float() / 127.5 - 1
        found = [self.spans[clip][span] for clip, span in chosen]
        bounds = torch.tensor([[span.start, span.end] for span in found])
        return frames, bounds, torch.tensor([self.answers[clip][span] for clip, span in chosen])


def halved(path: Path, shard: np.ndarray, cache: Path | None) -> np.ndarray:
    """The shard's clips at half size, kept in `cache`."""
    kept = cache / f"{path.parent.name}-{path.stem}.npy" if cache else None
    if kept and kept.exists():
        return np.load(kept)
    small = np.stack([probes.halve(clip) for clip in shard])
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        np.save(kept, small)
    return small


MIRRORED = [torch.tensor(mirrored(kind) + [UNKNOWN]) for kind in CLASSES]


def augment(frames: torch.Tensor, labels: torch.Tensor, random: np.random.Generator):
    """Mirror images, and what a model does to pictures: softness, grain, a shift of the tone."""
    mirror = torch.from_numpy(random.random(len(frames)) < 0.5)
    frames = torch.where(mirror[:, None, None, None, None], frames.flip(3), frames)
    # A negative index takes the last entry of MIRRORED, which is UNKNOWN again.
    swapped = torch.stack([table[labels[:, i]] for i, table in enumerate(MIRRORED)], dim=1)
    labels = torch.where(mirror[:, None], swapped, labels)
    quarter = len(frames) // 4
    for dimension in (2, 3):
        soft = frames[:quarter]
        amount = torch.from_numpy(random.random(quarter)).float()[:, None, None, None, None] / 2
        soft += amount * ((soft.roll(1, dimension) + soft.roll(-1, dimension)) / 2 - soft)
    grain = frames[quarter : 2 * quarter]
    grain += float(random.uniform(0, 0.06)) * torch.randn_like(grain)
    tone = torch.from_numpy(random.uniform((0.94, -0.04), (1.04, 0.04), (len(frames), 2))).float()
    frames *= tone[:, :1, None, None, None]
    frames += tone[:, 1:, None, None, None]
    return frames, labels


def loss_of(logits: dict[str, torch.Tensor], labels: torch.Tensor) -> torch.Tensor:
    total = 0.0
    for index, kind in enumerate(CLASSES):
        known = labels[:, index] != UNKNOWN
        if known.any():
            entropy = F.cross_entropy(logits[kind][known], labels[known, index], label_smoothing=0.03)
            total = total + WEIGHTS.get(kind, 1.0) * entropy
    return total


@torch.no_grad()
def confusions(probe: probes.Probe, clips: Clips) -> dict[str, np.ndarray]:
    """Matrices [classes, classes] a kind: how often what stands in the row was named as in the column."""
    probe.eval()
    pairs = [(clip, span) for clip in range(len(clips)) for span in range(len(clips.spans[clip]))]
    found = {kind: np.zeros((len(names), len(names)), int) for kind, names in CLASSES.items()}
    for start in range(0, len(pairs), 32):
        frames, bounds, labels = clips.batch(pairs[start : start + 32])
        logits = probe(frames, bounds)
        for index, kind in enumerate(CLASSES):
            for truth, named in zip(labels[:, index].tolist(), logits[kind].argmax(-1).tolist()):
                if truth != UNKNOWN:
                    found[kind][truth, named] += 1
    probe.train()
    return found


def accuracies(found: dict[str, np.ndarray]) -> str:
    return ", ".join(f"{kind} {np.trace(m) / max(1, m.sum()):.1%}" for kind, m in found.items())


def report(found: dict[str, np.ndarray]) -> None:
    """Prints the accuracy a kind and the commonest mistakes."""
    for kind, matrix in found.items():
        print(f"{kind}: {np.trace(matrix) / max(1, matrix.sum()):.1%} of {matrix.sum()}")
        names = CLASSES[kind]
        for row, name in enumerate(names):
            count = matrix[row].sum()
            wrong = [(n, names[c]) for c, n in enumerate(matrix[row]) if c != row and n]
            if wrong:
                told = ", ".join(f"{other} {n}" for n, other in sorted(wrong, key=lambda w: -w[0])[:4])
                print(f"    {name}: {matrix[row, row]}/{count}; taken for {told}")


def train(arguments: argparse.Namespace) -> None:
    torch.manual_seed(arguments.seed)
    random = np.random.default_rng(arguments.seed)
    out = Path(arguments.out)
    cache = Path(arguments.cache) if arguments.cache else None
    clips = Clips([Path(folder) for folder in arguments.data], cache)
    held_out = Clips([Path(arguments.held_out)], cache)
    # Plain clips outnumber the others; a clip with several spans is drawn as often as one with a single span.
    kinds = [clip.kind for clip in clips.about]
    share = {"plain": 0.42, "shots": 0.16, "pair": 0.18, "styled": 0.24}
    weights = np.array([share[kind] / kinds.count(kind) for kind in kinds])
    weights /= weights.sum()
    print({kind: kinds.count(kind) for kind in share}, f"held out {len(held_out)}", flush=True)

    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    start = probes.load(Path(arguments.start)).train() if arguments.start else probes.Probe()
    probe = start.to(device, memory_format=torch.channels_last)
    print(f"{sum(p.numel() for p in probe.parameters()) / 1e6:.2f} M parameters", flush=True)
    optimizer = Optimizer(
        probe, lambda name: name.endswith("weight") and not name.startswith(("heads", "stem.0", "times")),
        arguments.muon_rate, arguments.rate,
    )
    average = ExponentialMovingAverage(probe, decay=0.98)
    state, step = out / "state.pt", 0
    if state.exists():
        saved = torch.load(state, map_location=device)
        probe.load_state_dict(saved["probe"])
        optimizer.load_state_dict(saved["optimizer"])
        average.load_state_dict(saved["average"])
        step = saved["step"]

    def checkpoint() -> dict[str, np.ndarray]:
        current = {name: p.detach().clone() for name, p in probe.named_parameters()}
        with torch.no_grad():
            for name, p in probe.named_parameters():
                p.copy_(average.average[name])
        found = confusions(probe, held_out)
        print(f"step {step}: {accuracies(found)}", flush=True)
        about = {"world": WORLD_VERSION, "steps": step, "batch": arguments.batch, "clips": len(clips)}
        probes.save(probe, out, about)
        with torch.no_grad():
            for name, p in probe.named_parameters():
                p.copy_(current[name])
        torch.save({"probe": probe.state_dict(), "optimizer": optimizer.state_dict(),
                    "average": average.state_dict(), "step": step}, state)
        return found

    probe.train()
    started, spent, losses = time.time(), time.process_time(), []
    while step < arguments.steps:
        chosen = [
            (int(clip), int(random.integers(len(clips.spans[clip]))))
            for clip in random.choice(len(clips), arguments.batch, p=weights)
        ]
        frames, bounds, labels = clips.batch(chosen)
        frames, labels = augment(frames, labels, random)
        with mixed(device):
            logits = probe(frames.to(device), bounds.to(device))
        loss = loss_of(logits, labels.to(device))
        loss.backward()
        optimizer.step(trapezoid(step, arguments.steps, decay=0.4))
        average.update(probe)
        losses.append(loss.item())
        step += 1
        if step % 20 == 0:
            print(f"step {step}: loss {np.mean(losses[-20:]):.3f}, {time.time() - started:.0f} s, "
                  f"{time.process_time() - spent:.0f} s of processor time", flush=True)
        if step % arguments.every == 0 and step < arguments.steps:
            checkpoint()
    report(checkpoint())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, nargs="+")
    parser.add_argument("--held-out", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--from", dest="start", help="folder of a probe to start from")
    parser.add_argument("--cache", help="folder for the halved clips, so that the next start is quick")
    parser.add_argument("--steps", type=int, default=2400)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--muon-rate", type=float, default=4e-3)
    parser.add_argument("--rate", type=float, default=1.5e-3)
    parser.add_argument("--every", type=int, default=250, help="steps between checkpoints")
    parser.add_argument("--seed", type=int, default=0)
    train(parser.parse_args())


if __name__ == "__main__":
    main()
