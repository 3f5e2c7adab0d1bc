"""Fixtures for CheckpointTests: files that the reference library for safetensors wrote.

Run from the repository's root: python -m scripts.golden.checkpoint
"""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors.torch import save_file

DIRECTORY = Path(__file__).parents[2] / "Tests" / "Fixtures" / "checkpoint"


def arange(dtype: torch.dtype, *shape: int) -> torch.Tensor:
    """-2, -1.5, -1, … in row-major order; whole numbers: -2, -1, 0, …"""
    count = torch.Size(shape).numel()
    step = 0.5 if dtype.is_floating_point else 1
    return (torch.arange(count) * step - 2).to(dtype).reshape(shape)


def main() -> None:
    """Writes one file with every element type and one model in two shards."""
    DIRECTORY.mkdir(parents=True, exist_ok=True)
    tensors = {
        "layer.f64": arange(torch.float64, 2, 3),
        "layer.f32": arange(torch.float32, 2, 3),
        "layer.f16": arange(torch.float16, 2, 3),
        "layer.bf16": arange(torch.bfloat16, 2, 3),
        "counts.i64": arange(torch.int64, 5),
        "counts.i32": arange(torch.int32, 5),
        "counts.i16": arange(torch.int16, 5),
        "counts.i8": arange(torch.int8, 5),
        "counts.u8": torch.tensor([0, 1, 127, 128, 255], dtype=torch.uint8),
        "counts.bool": torch.tensor([True, False, True]),
        "scalar": torch.tensor(0.25),
        "empty": torch.zeros(0, 4),
    }
    save_file(tensors, DIRECTORY / "types.safetensors", {"format": "pt", "note": "naïve ✓"})

    shards = {
        "model-00001-of-00002.safetensors": {"a.weight": arange(torch.float32, 2, 2)},
        "model-00002-of-00002.safetensors": {
            "a.bias": arange(torch.bfloat16, 2),
            "b.weight": arange(torch.float32, 3),
        },
    }
    sharded = DIRECTORY / "sharded"
    sharded.mkdir(exist_ok=True)
    weight_map = {}
    for name, part in shards.items():
        save_file(part, sharded / name, {"format": "pt"})
        weight_map |= dict.fromkeys(part, name)
    size = sum(t.nbytes for part in shards.values() for t in part.values())
    index = {"metadata": {"total_size": size}, "weight_map": dict(sorted(weight_map.items()))}
    text = json.dumps(index, indent=2) + "\n"
    (sharded / "model.safetensors.index.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
