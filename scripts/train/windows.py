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

    def crops(self, count: int, side: int, frames: int = 9) -> np.ndarray:
        """[count, frames, side, side, 3]: random windows, places and mirror images."""
        shards = list(self.shards.values())
        chosen = self.random.choice(len(shards), count, p=self.weights)
        out = np.empty((count, frames, side, side, 3), np.uint8)
        for i, index in enumerate(chosen):
            shard = shards[index]
            window = shard[self.random.integers(shard.shape[0])]
            start = 4 * self.random.integers((window.shape[0] - frames) // 4 + 1)
            top = self.random.integers(window.shape[1] - side + 1)
            left = self.random.integers(window.shape[2] - side + 1)
            crop = window[start : start + frames, top : top + side, left : left + side]
            out[i] = crop[:, :, ::-1] if self.random.random() < 0.5 else crop
        return out
