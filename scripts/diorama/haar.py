"""The 3-D Haar transform in front of the autoencoder.

B batch, F = 1 + 4k frames, T = 1 + k blocks in time, H W pixels, h w = H/4, W/4.
"""

import math

import torch
from torch import Tensor

BLOCK = 4
CHANNELS = 3 * BLOCK**3


def basis() -> Tensor:
    """The orthonormal two-level Haar basis of four samples, one function a row: [4, 4]."""
    r = 1 / math.sqrt(2)
    return torch.tensor(
        [[0.5, 0.5, 0.5, 0.5], [0.5, 0.5, -0.5, -0.5], [r, -r, 0, 0], [0, 0, r, -r]]
    )


def block_matrix() -> Tensor:
    """The transform of one 4×4×4 block, [192, 192]: rows are coefficients ((kt·4 + ky)·4 + kx)·3 + c,
    columns are samples ((t·4 + y)·4 + x)·3 + c."""
    one = basis()
    return torch.kron(torch.kron(torch.kron(one, one), one), torch.eye(3))


def haar(frames: Tensor) -> Tensor:
    """Pixels [B, F, H, W, 3] to coefficients [B, T, h, w, 192].

    The first frame is repeated four times to fill its block, so that it has a latent of its own.
    """
    frames = torch.cat([frames[:, :1].expand(-1, BLOCK - 1, -1, -1, -1), frames], dim=1)
    batch, count, height, width, _ = frames.shape
    blocks = frames.reshape(
        batch, count // BLOCK, BLOCK, height // BLOCK, BLOCK, width // BLOCK, BLOCK, 3
    )
    blocks = blocks.permute(0, 1, 3, 5, 2, 4, 6, 7).flatten(4)
    return blocks @ block_matrix().to(blocks).T


def inverse_haar(coefficients: Tensor) -> Tensor:
    """Coefficients [B, T, h, w, 192] to pixels [B, F, H, W, 3]; the first block becomes its mean frame."""
    batch, count, rows, columns, _ = coefficients.shape
    blocks = coefficients @ block_matrix().to(coefficients)
    blocks = blocks.reshape(batch, count, rows, columns, BLOCK, BLOCK, BLOCK, 3)
    frames = blocks.permute(0, 1, 4, 2, 5, 3, 6, 7)
    frames = frames.reshape(batch, count * BLOCK, rows * BLOCK, columns * BLOCK, 3)
    first = frames[:, :BLOCK].mean(dim=1, keepdim=True)
    return torch.cat([first, frames[:, BLOCK:]], dim=1)
