"""MM-RoPE: multimodal interleaved rotary positions (Seedance 1.0, arXiv 2506.09113, section on MM-RoPE).

The sequence of a clip with S shots is [text 1][video 1][text 2][video 2]… along one diagonal:

    text token i of a shot            (b + i, b + i, b + i)
    its picture token (t, y, x)       (b + L + t, b + L + y, b + L + x)
    the next shot starts at           b' = 1 + the largest coordinate used so far
"""

import torch
from torch import Tensor


def coordinates(text_lengths: list[int], shot_frames: list[int], rows: int, columns: int) -> tuple[Tensor, Tensor]:
    """Coordinates (t, y, x) of all text tokens [ΣL, 3], and of all picture tokens [T·h·w, 3], shots in order."""
    text, pictures = [], []
    base = 0
    for length, frames in zip(text_lengths, shot_frames):
        text.append((base + torch.arange(length))[:, None].expand(length, 3))
        start = base + length
        t, y, x = torch.meshgrid(
            torch.arange(frames), torch.arange(rows), torch.arange(columns), indexing="ij"
        )
        pictures.append(start + torch.stack([t, y, x], dim=-1).reshape(-1, 3))
        base = start + max(frames, rows, columns)
    return torch.cat(text), torch.cat(pictures)


def rotary_tables(places: Tensor, axes: tuple[int, int, int], theta: float = 10_000.0) -> tuple[Tensor, Tensor]:
    """Cosines and sines [..., N, headSize/2] of coordinates [..., N, 3]; a head is split over (t, y, x) as `axes`.

    Angles in Float64, tables in Float32. Pair i of an axis of size n turns by place · θ^(−2i/n).
    """
    angles = []
    for axis, size in enumerate(axes):
        frequency = theta ** (-torch.arange(0, size, 2, dtype=torch.float64) / size)
        angles.append(places[..., axis, None].double() * frequency)
    angle = torch.cat(angles, dim=-1)
    return angle.cos().float(), angle.sin().float()


def rotate(x: Tensor, tables: tuple[Tensor, Tensor]) -> Tensor:
    """Turns the pairs (2i, 2i+1) of x [B, N, H, headSize] by the tables [B or 1, N, headSize/2]."""
    cosine, sine = (table.to(x.dtype).unsqueeze(-2) for table in tables)
    even, odd = x[..., 0::2], x[..., 1::2]
    return torch.stack([even * cosine - odd * sine, even * sine + odd * cosine], dim=-1).flatten(-2)
