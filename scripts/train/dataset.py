"""Cached latents and texts in memory, and the batches of the transformer: tasks, conditions and masks."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from scripts.diorama.transformer import Layout, TransformerConfig

from .cache import LONGEST


@dataclass
class Batch:
    latents: Tensor  # [B, C, T, h, w], clean and normalised
    condition: Tensor  # [B, C, T, h, w], clean where given, else zero
    mask: Tensor  # [B, 1, T, h, w], 1 where given
    text: Tensor  # [B, S, L, 384]
    layout: Layout
    name: str

    def inputs(self, device: torch.device, dtype: torch.dtype) -> tuple[Tensor, Tensor, Tensor, Layout]:
        """Condition, mask, text and layout, where a network of `dtype` on `device` wants them."""
        return tuple(part.to(device, dtype) for part in (self.condition, self.mask, self.text, self.layout))


@dataclass
class Clip:
    latents: Tensor  # [C, T, h, w]
    last: Tensor  # [C, h, w], the last frame encoded as a picture
    captions: list[list[Tensor]]  # per caption, per shot: [L, 384]
    shots: list[int]  # latent frames of every shot
    weight: float  # how often it is drawn, beside others of its shape


class Dataset:
    """Clips in buckets of equal shape; `batch` draws a bucket, its clips, their captions and their tasks."""

    def __init__(self, folder: Path, empty: Tensor, config: TransformerConfig, seed: int, rank: int = 0,
                 drop: float = 0.1, plain: float = 0.7, emphasis: dict[str, float] | None = None):
        """`empty` [L, 384] are the hidden states of the empty prompt, put in place of a tenth of the captions;
        `plain` is the share of square one-shot clips. `emphasis` draws clips with a trait that many times as
        often. Processes of different `rank` draw different clips of the same shapes, so that none waits for
        another."""
        self.plain, self.emphasis = plain, emphasis or {}
        self.folder, self.empty, self.config, self.drop = folder, empty, config, drop
        self.shapes = np.random.default_rng(seed)
        self.random = np.random.default_rng([seed, rank])
        self.buckets: dict[tuple, list[Clip]] = defaultdict(list)
        self.known: set[Path] = set()
        self.refresh()

    def refresh(self) -> None:
        """Takes up shards that were cached since."""
        for path in sorted(self.folder.glob("latents-*.pt")):
            text = path.with_name(path.name.replace("latents", "text"))
            if path in self.known or not text.exists():
                continue
            self.known.add(path)
            encoded, texts = torch.load(path), torch.load(text)
            columns = (encoded[name] for name in ("latents", "last", "shots", "traits"))
            for captions, latents, last, shots, traits in zip(texts, *columns):
                if captions:
                    key = (*latents.shape[1:], 3 if len(shots) > 1 else 1)
                    weight = max(self.emphasis.get(trait, 1.0) for trait in traits)
                    self.buckets[key].append(Clip(latents, last, captions, shots, weight))

    def __len__(self) -> int:
        return sum(len(clips) for clips in self.buckets.values())

    def pictures(self, count: int) -> Batch:
        """Single pictures, and first and last frames of clips as such, with the text of their shot."""
        keys = [key for key in self.buckets if key[1:3] == (8, 8)] if self.shapes.random() < 0.8 else list(self.buckets)
        grids = sorted({key[1:3] for key in keys})
        grid = grids[self.shapes.integers(len(grids))]
        pool = [clip for key, clips in self.buckets.items() if key[1:3] == grid for clip in clips]
        latents, texts = [], []
        for clip in self.draw(pool, count):
            first = self.random.random() < 0.7
            latents.append((clip.latents[:, 0] if first else clip.last)[:, None])
            texts.append([self.caption(clip)[0 if first else -1]])
        return self.assemble(torch.stack(latents), texts, [[1]] * count, None, "pictures")

    def clips(self, count: int) -> Batch:
        """Clips of one bucket; half are text to video, the others are given some of their frames."""
        keys = [key for key in self.buckets if key[0] > 1]
        # Long clips cost more than they teach; square clips of one shot are learned first and best.
        sizes = np.array([len(self.buckets[key]) * (7 / key[0]) ** 2 for key in keys], dtype=np.float64)
        plain = np.array([key == (7, 8, 8, 1) for key in keys])
        if plain.any() and not plain.all():
            sizes = np.where(plain, self.plain * sizes / sizes[plain].sum(), (1 - self.plain) * sizes / sizes[~plain].sum())
        key = keys[self.shapes.choice(len(keys), p=sizes / sizes.sum())]
        chosen = self.draw(self.buckets[key], count)
        texts = [self.caption(clip) for clip in chosen]
        latents = torch.stack([clip.latents for clip in chosen])
        return self.assemble(latents, texts, [clip.shots for clip in chosen], chosen, "x".join(map(str, key)))

    def draw(self, pool: list[Clip], count: int) -> list[Clip]:
        weights = np.array([clip.weight for clip in pool])
        return [pool[i] for i in self.random.choice(len(pool), count, p=weights / weights.sum())]

    def caption(self, clip: Clip) -> list[Tensor]:
        if self.random.random() < self.drop:
            return [self.empty] * len(clip.shots)
        return clip.captions[self.random.integers(len(clip.captions))]

    def assemble(self, latents: Tensor, texts, shots, clips: list[Clip] | None, name: str) -> Batch:
        batch, _, frames, rows, columns = latents.shape
        mask = torch.zeros(batch, 1, frames, rows, columns, dtype=latents.dtype)
        condition = torch.zeros_like(latents)
        for index, clip in enumerate(clips or []):
            task = self.random.random()
            if task < 0.6:
                continue
            given = self.random.integers(2, frames - 1) if task >= 0.86 else 1
            mask[index, :, :given] = 1
            condition[index, :, :given] = latents[index, :, :given]
            if 0.77 <= task < 0.86:
                mask[index, :, -1] = 1
                condition[index, :, -1] = clip.last
        count = max(len(shot) for shot in shots)
        count = 3 if count > 1 else 1
        text = torch.zeros(batch, count, LONGEST, texts[0][0].shape[-1], dtype=latents.dtype)
        for index, parts in enumerate(texts):
            for shot, states in enumerate(parts):
                text[index, shot, : len(states)] = states
        lengths = [[len(part) for part in parts] for parts in texts]
        layout = Layout.make(lengths, shots, (frames, rows, columns), self.config, LONGEST, count)
        return Batch(latents, condition, mask, text, layout, name)
