"""Fixtures of the convolution, its norm, the pixel shuffles and the Haar transform, from PyTorch.

Run from the repository's root: python -m scripts.golden.convolution

Everything is computed in Float64 and rounded to Float32 once, channels last: [T, h, w, C].
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from scripts.diorama.haar import haar, inverse_haar

DIRECTORY = Path(__file__).parents[2] / "Tests" / "Fixtures" / "convolution"

# T, h, w, inputs, outputs, kernel
CONVOLUTIONS = [
    (4, 5, 3, 3, 5, (3, 3, 3)),
    (2, 3, 4, 6, 20, (1, 3, 3)),
    (3, 2, 3, 5, 7, (3, 1, 1)),
    (2, 3, 3, 17, 4, (1, 1, 1)),
]


def listed(x: Tensor) -> dict:
    """The shape and the values in row-major order, with the digits that a Float32 needs."""
    values = [float(f"{v:.9g}") for v in x.float().flatten().tolist()]
    return {"shape": list(x.shape), "values": values}


def random(*shape: int) -> Tensor:
    """Normals that are whole multiples of 1/64, short in the file and exact in Float32."""
    return (torch.randn(*shape, dtype=torch.float64) * 64).round() / 64


def first(x: Tensor) -> Tensor:
    """[T, h, w, C] to [1, C, T, h, w]."""
    return x.movedim(-1, 0)[None]


def last(x: Tensor) -> Tensor:
    """[1, C, T, h, w] to [T, h, w, C]."""
    return x[0].movedim(0, -1)


def convolution(frames: int, rows: int, columns: int, inputs: int, outputs: int, kernel: tuple) -> dict:
    x = random(frames, rows, columns, inputs)
    weight, bias = random(outputs, inputs, *kernel), random(outputs)
    t, h, w = kernel
    padded = F.pad(first(x), (w // 2, w // 2, h // 2, h // 2, t - 1, 0))
    return {
        "input": listed(x),
        "weight": listed(weight),
        "bias": listed(bias),
        "output": listed(last(F.conv3d(padded, weight, bias))),
    }


def norm() -> dict:
    x, weight = random(2, 2, 3, 19), random(19)
    normalized = F.rms_norm(x, (19,), weight, 1e-6)
    return {"input": listed(x), "weight": listed(weight), "output": listed(F.silu(normalized))}


def spatial(x: Tensor, function, factor: int) -> Tensor:
    """A function of [T, C, h, w] applied to [T, h, w, C]."""
    return function(x.movedim(-1, 1), factor).movedim(1, -1)


def shuffles() -> dict:
    x, y = random(2, 4, 6, 3), random(2, 2, 3, 8)
    unshuffled = spatial(x, F.pixel_unshuffle, 2)
    return {
        "fine": listed(x),
        "unshuffled": listed(unshuffled),
        "coarse": listed(y),
        "shuffled": listed(spatial(y, F.pixel_shuffle, 2)),
    }


def haar_transform() -> dict:
    pixels = random(5, 4, 8, 3)
    coefficients = haar(pixels[None])[0]
    changed = (coefficients + random(*coefficients.shape)).float().double()
    return {
        "pixels": listed(pixels),
        "coefficients": listed(coefficients),
        "changedCoefficients": listed(changed),
        "changedPixels": listed(inverse_haar(changed[None])[0]),
    }


def write(name: str, value: object) -> None:
    (DIRECTORY / name).write_text(json.dumps(value) + "\n", encoding="utf-8")


def main() -> None:
    torch.manual_seed(0)
    DIRECTORY.mkdir(parents=True, exist_ok=True)
    write("convolutions.json", [convolution(*case) for case in CONVOLUTIONS])
    write("norm.json", norm())
    write("shuffles.json", shuffles())
    write("haar.json", haar_transform())


if __name__ == "__main__":
    main()
