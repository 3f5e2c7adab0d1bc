"""Golden values of the layers, from PyTorch in float64, for Tests/LayersTests.

    python -m scripts.golden.layers

Inputs and weights are float32 numbers; results are computed in float64 and rounded once.
"""

import math
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional as F

FOLDER = Path(__file__).parents[2] / "Tests" / "Fixtures" / "layers"


def numbers(generator: torch.Generator, *shape: int, scale: float = 1.0) -> Tensor:
    """Normals that float32 holds exactly, as float64."""
    return (torch.randn(*shape, generator=generator) * scale).double()


def rotate(x: Tensor, angles: Tensor) -> Tensor:
    """Turns the pairs (2i, 2i + 1) of x [N, heads, size] by angles [N, size / 2]."""
    pairs = torch.view_as_complex(x.unflatten(-1, (-1, 2)).contiguous())
    turned = pairs * torch.polar(torch.ones_like(angles), angles)[:, None]
    return torch.view_as_real(turned).flatten(-2)


def linear(generator: torch.Generator) -> dict[str, Tensor]:
    x = numbers(generator, 5, 37)
    weight = numbers(generator, 70, 37, scale=0.2)
    bias = numbers(generator, 70)
    gate = numbers(generator, 70)
    residual = numbers(generator, 5, 70)
    y = F.linear(x, weight, bias)
    return {
        "x": x, "weight": weight, "bias": bias, "gate": gate, "residual": residual,
        "none": y, "gelu": F.gelu(y), "geluTanh": F.gelu(y, approximate="tanh"), "silu": F.silu(y),
        "added": residual + gate * y,
    }


def norms(generator: torch.Generator) -> dict[str, Tensor]:
    size = 45
    x = numbers(generator, 6, size) + 3
    weight, bias = numbers(generator, size), numbers(generator, size)
    x, weight, bias = (t.float().double() for t in (x, weight, bias))
    return {
        "x": x, "weight": weight, "bias": bias,
        "layer": F.layer_norm(x, [size], weight, bias, 1e-5),
        "rms": F.rms_norm(x, [size], weight, 1e-6),
        "modulated": F.layer_norm(x, [size], eps=1e-6) * (1 + weight) + bias,
    }


def attention(generator: torch.Generator) -> dict[str, Tensor]:
    """Two groups over 75 + 26 tokens: each attends to its own tokens and to a shared text."""
    tokens, heads, size = 101, 2, 32
    q, k, v = (numbers(generator, tokens, heads, size) for _ in range(3))
    q_norm, k_norm = (1 + numbers(generator, size, scale=0.1) for _ in range(2))
    q_norm, k_norm = q_norm.float().double(), k_norm.float().double()
    angles = (torch.arange(tokens).double()[:, None] + 1) * 10_000.0 ** (
        -torch.arange(size // 2).double() / (size // 2)
    )
    q_turned = rotate(F.rms_norm(q, [size], q_norm, 1e-6), angles)
    k_turned = rotate(F.rms_norm(k, [size], k_norm, 1e-6), angles)
    text = torch.arange(75, 101)
    mask = torch.zeros(tokens, tokens, dtype=torch.bool)
    for group in (torch.arange(0, 40), torch.arange(40, 75)):
        mask[group[:, None], torch.cat([group, text])] = True
    mask[text[:, None], torch.arange(tokens)] = True
    out = F.scaled_dot_product_attention(
        *(t.transpose(0, 1) for t in (q_turned, k_turned, v)), attn_mask=mask
    ).transpose(0, 1)
    return {
        "q": q, "k": k, "v": v, "q_norm": q_norm, "k_norm": k_norm, "angles_first": angles[0],
        "q_turned": q_turned, "out": out.flatten(1),
    }


def timestep() -> dict[str, Tensor]:
    size = 64
    steps = torch.tensor([0.0, 0.5, 417.25, 1000.0]).double()
    frequencies = torch.exp(-math.log(10_000) * torch.arange(size // 2).double() / (size // 2))
    angles = steps[:, None] * frequencies
    return {"steps": steps, "embedding": torch.cat([angles.cos(), angles.sin()], -1)}


def main() -> None:
    generator = torch.Generator().manual_seed(20)
    parts = {
        "linear": linear(generator),
        "norms": norms(generator),
        "attention": attention(generator),
        "timestep": timestep(),
    }
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, tensors in parts.items():
        path = FOLDER / f"{name}.safetensors"
        save_file({key: value.float().contiguous() for key, value in tensors.items()}, path)
        print(f"{path.name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
