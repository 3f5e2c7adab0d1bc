"""The blocks of Wan 2.1's transformer in PyTorch, as Sources/Bench/WanBlocks.swift has them in Swift (arXiv
2503.20314; the reference is github.com/Wan-Video/Wan2.1, wan/modules/model.py).

Three blocks have weights of their own and are taken in turn, on both sides: all thirty would be 1.4 billion numbers.
Cosines and sines are computed once, as they are the same in every block.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

DISTINCT_BLOCKS = 3
WIDTH, HEADS, HIDDEN, TEXT_TOKENS = 1536, 12, 8960, 512


def rotary_tables(grid: tuple[int, int, int], head_size: int) -> tuple[Tensor, Tensor]:
    """Cosines and sines [N, 1, headSize/2]; the pairs of a head belong to time, row and column."""
    space = head_size // 6
    places = torch.meshgrid(*(torch.arange(size) for size in grid), indexing="ij")
    angles = []
    for place, pairs in zip(places, (head_size // 2 - 2 * space, space, space)):
        frequency = 10_000 ** (-torch.arange(pairs, dtype=torch.float64) / pairs)
        angles.append(place.reshape(-1, 1) * frequency)
    angle = torch.cat(angles, dim=1).unsqueeze(1)
    return angle.cos().float(), angle.sin().float()


def rotate(x: Tensor, tables: tuple[Tensor, Tensor]) -> Tensor:
    cosine, sine = (table.to(x.dtype) for table in tables)
    even, odd = x[..., 0::2], x[..., 1::2]
    return torch.stack([even * cosine - odd * sine, even * sine + odd * cosine], dim=-1).flatten(-2)


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.q, self.k, self.v, self.o = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.norm_q, self.norm_k = (nn.RMSNorm(WIDTH, eps=1e-6) for _ in range(2))

    def forward(self, x: Tensor, context: Tensor, tables: tuple[Tensor, Tensor] | None) -> Tensor:
        q, k, v = (
            part.unflatten(-1, (HEADS, -1))
            for part in (self.norm_q(self.q(x)), self.norm_k(self.k(context)), self.v(context))
        )
        if tables is not None:
            q, k = rotate(q, tables), rotate(k, tables)
        q, k, v = (part.transpose(1, 2) for part in (q, k, v))
        return self.o(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2))


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.modulation = nn.Parameter(torch.randn(1, 6, WIDTH) / WIDTH**0.5)
        self.self_attn, self.cross_attn = Attention(), Attention()
        self.norm3 = nn.LayerNorm(WIDTH, eps=1e-6)
        self.ffn = nn.Sequential(nn.Linear(WIDTH, HIDDEN), nn.GELU(approximate="tanh"), nn.Linear(HIDDEN, WIDTH))

    def forward(self, x: Tensor, text: Tensor, time: Tensor, tables: tuple[Tensor, Tensor]) -> Tensor:
        """x [1, N, D], text [1, L, D], time [1, 6, D]."""
        shift, scale, gate, mlp_shift, mlp_scale, mlp_gate = (self.modulation + time).chunk(6, dim=1)
        h = F.layer_norm(x, (WIDTH,), eps=1e-6) * (1 + scale) + shift
        x = x + gate * self.self_attn(h, h, tables)
        x = x + self.cross_attn(self.norm3(x), text, None)
        h = F.layer_norm(x, (WIDTH,), eps=1e-6) * (1 + mlp_scale) + mlp_shift
        return x + mlp_gate * self.ffn(h)


class Stack(nn.Module):
    def __init__(self, blocks: int):
        super().__init__()
        self.count = blocks
        self.blocks = nn.ModuleList(Block() for _ in range(min(DISTINCT_BLOCKS, blocks)))

    def forward(self, x: Tensor, text: Tensor, time: Tensor, tables: tuple[Tensor, Tensor]) -> Tensor:
        for index in range(self.count):
            x = self.blocks[index % len(self.blocks)](x, text, time, tables)
        return x


def stack(grid: tuple[int, int, int], blocks: int, dtype: torch.dtype) -> tuple[Stack, tuple]:
    """The module and its inputs. Compiled, it is compiled block by block: all blocks are alike."""
    model = Stack(blocks).to(dtype).eval().requires_grad_(False)
    tokens = grid[0] * grid[1] * grid[2]
    x, text = torch.randn(1, tokens, WIDTH).to(dtype), torch.randn(1, TEXT_TOKENS, WIDTH).to(dtype)
    return model, (x, text, (0.1 * torch.randn(1, 6, WIDTH)).to(dtype), rotary_tables(grid, WIDTH // HEADS))
