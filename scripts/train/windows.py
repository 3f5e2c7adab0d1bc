"""Windows of frames on disk, and random crops of them for the autoencoder."""

from pathlib import Path

import numpy as np


class Windows:
    """Shards `*.npy`, uint8 [N, F, H, W, 3] each, of any sizes; new shards are picked up by `refresh`."""

    def __init__(self, folder: Path, seed: int):
        self.folder = folder
        self.random = np.random.default_rng(seed)
        self.shards: dict[Path, np.ndarray] = {}
        self.refresh()

    def refresh(self) -> None:
        for path in sorted(self.folder.glob("*.npy")):
            if path not in self.shards:
                self.shards[path] = np.load(path, mmap_mode="r")
        counts = np.array([shard.shape[0] for shard in self.shards.values()], dtype=np.float64)
        self.weights = counts / counts.sum() if len(counts) else counts

    def first(self, count: int) -> list[np.ndarray]:
        """About `count` windows [F, H, W, 3], the first of every shard, so that all kinds are among them."""
        each = -(-count // len(self.shards))
        return [np.array(window) for shard in self.shards.values() for window in shard[:each]]

    def batch(self, positions: int, frames: int, side: int = 128, cuts: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
        """[N, F, h, w, 3], windows of one size, about `positions` latents of 4×16×16 pixels together; and [N], the
        latent with which a cut begins, 0 where there is none.

        Whole pictures keep their true borders, which the padding of the convolutions is learned from; larger
        ones are cropped to a square of `side`, what has more than `frames` frames to `frames` of them. A share
        `cuts` gets a cut, where a latent begins: from there on it shows what another window shows.
        """
        shards = list(self.shards.values())
        chosen = shards[self.random.choice(len(shards), p=self.weights)]
        alike = [index for index, shard in enumerate(shards) if shard.shape[1:] == chosen.shape[1:]]
        frames = min(frames, chosen.shape[1])
        height, width = chosen.shape[2:4] if min(chosen.shape[2:4]) <= side else (side, side)
        count = max(1, round(positions / ((frames + 3) // 4 * (height // 16) * (width // 16))))
        odds = self.weights[alike] / self.weights[alike].sum()
        chosen = [shards[index] for index in self.random.choice(alike, count, p=odds)]
        whole = self.draw(chosen, frames, height, width)
        windows, starts = whole.copy(), np.zeros(count, np.int64)
        if count > 1 and frames > 1:
            for index in np.flatnonzero(self.random.random(count) < cuts):
                starts[index] = 1 + self.random.integers(frames // 4)
                first = 4 * starts[index] - 3
                windows[index, first:] = whole[index - 1, first:]
        return windows, starts

    def crops(self, count: int, side: int, frames: int = 9) -> np.ndarray:
        """[count, frames, side, side, 3]: random windows, places and mirror images."""
        shards = list(self.shards.values())
        chosen = self.random.choice(len(shards), count, p=self.weights)
        return self.draw([shards[index] for index in chosen], frames, side, side)

    def draw(self, shards: list[np.ndarray], frames: int, height: int, width: int) -> np.ndarray:
        """A part of one window of every shard, or its mirror image; blocks of four frames stay together."""
        out = np.empty((len(shards), frames, height, width, 3), np.uint8)
        for i, shard in enumerate(shards):
            window = shard[self.random.integers(shard.shape[0])]
            start = 4 * self.random.integers((window.shape[0] - frames) // 4 + 1)
            top = self.random.integers(window.shape[1] - height + 1)
            left = self.random.integers(window.shape[2] - width + 1)
            part = window[start : start + frames, top : top + height, left : left + width]
            out[i] = part[:, :, ::-1] if self.random.random() < 0.5 else part
        return out
