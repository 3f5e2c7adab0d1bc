"""Diorama's transformer: alternating spatial and temporal blocks (after Seedance 1.0, arXiv 2506.09113).

B batch, S shots, L text tokens of a shot (padded), T latent frames, h w latent rows and columns,
C = 48 latent channels, N = T·h·w picture tokens, D width, H heads.

    [noisy C | condition C | mask 1] → patch embedding ─► (spatial, temporal) × pairs ─► norm ─► velocity C

A spatial block is a dual stream (MM-DiT, arXiv 2403.03206): a picture token sees its frame and the text of
its shot, a text token sees its text and all pictures of its shot. A temporal block sees pictures only: all
frames, inside a window. The modulation is AdaSingle (PixArt-α, arXiv 2310.00426): one projection of the time
for all blocks, and a learned offset in each.
"""

from dataclasses import asdict, dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .positions import coordinates, rotary_tables, rotate


@dataclass(frozen=True)
class TransformerConfig:
    latent_channels: int = 48
    width: int = 256
    heads: int = 4
    pairs: int = 5
    mlp_ratio: int = 4
    text_width: int = 384
    time_width: int = 256
    rope_axes: tuple[int, int, int] = (24, 20, 20)
    rope_theta: float = 10_000.0
    window: tuple[int, int] = (12, 12)
    attention: str = "alternating"
    max_text_tokens: int = 64

    def to_dict(self) -> dict:
        return {"_class_name": "DioramaTransformer", **asdict(self)}

    @classmethod
    def from_dict(cls, values: dict) -> "TransformerConfig":
        names = cls.__dataclass_fields__
        return cls(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items() if k in names})


@dataclass
class Layout:
    """Where every token of a batch stands, and which text belongs to which frame."""

    text_valid: Tensor  # [B, S, L] bool: not padding
    shot_of_frame: Tensor  # [B, T] int64
    text_tables: tuple[Tensor, Tensor]  # [B, S·L, headSize/2] cosines and sines
    picture_tables: tuple[Tensor, Tensor]  # [B, N, headSize/2]
    grid: tuple[int, int, int]  # T, h, w

    @classmethod
    def make(
        cls,
        text_lengths: list[list[int]],
        shot_frames: list[list[int]],
        grid: tuple[int, int, int],
        config: TransformerConfig,
        padded: int | None = None,
        padded_shots: int | None = None,
    ) -> "Layout":
        """For each clip of the batch, the text length and the number of latent frames of each of its shots."""
        shots = padded_shots or max(len(lengths) for lengths in text_lengths)
        longest = padded or max(max(lengths) for lengths in text_lengths)
        batch = len(text_lengths)
        valid = torch.zeros(batch, shots, longest, dtype=torch.bool)
        text = torch.zeros(batch, shots, longest, 3, dtype=torch.long)
        pictures = torch.zeros(batch, grid[0] * grid[1] * grid[2], 3, dtype=torch.long)
        shot_of_frame = torch.zeros(batch, grid[0], dtype=torch.long)
        for index, (lengths, frames) in enumerate(zip(text_lengths, shot_frames)):
            words, pictures[index] = coordinates(lengths, frames, *grid[1:])
            for shot, part in enumerate(words.split(lengths)):
                text[index, shot, : len(part)] = part
                valid[index, shot, : len(part)] = True
            shot_of_frame[index] = torch.repeat_interleave(torch.arange(len(frames)), torch.tensor(frames))
        return cls(
            valid,
            shot_of_frame,
            rotary_tables(text.flatten(1, 2), config.rope_axes, config.rope_theta),
            rotary_tables(pictures, config.rope_axes, config.rope_theta),
            grid,
        )

    def to(self, device: torch.device, dtype: torch.dtype) -> "Layout":
        text = tuple(table.to(device, dtype) for table in self.text_tables)
        pictures = tuple(table.to(device, dtype) for table in self.picture_tables)
        return Layout(self.text_valid.to(device), self.shot_of_frame.to(device), text, pictures, self.grid)


def attend(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None) -> Tensor:
    """softmax(q kᵀ / √d) v over [B, N, H, headSize], heads joined again: [B, N, D]; mask [B, 1, 1, keys] bool."""
    query, key, value = (part.transpose(1, 2) for part in (query, key, value))
    if query.device.type != "cpu":
        return F.scaled_dot_product_attention(query, key, value, attn_mask=mask).transpose(1, 2).flatten(2)
    # On a CPU two batched products take half the time of PyTorch's fused kernel at these sizes.
    batch, heads = query.shape[:2]
    scores = torch.bmm(query.flatten(0, 1) * query.shape[-1] ** -0.5, key.flatten(0, 1).mT)
    if mask is not None:
        scores = scores.unflatten(0, (batch, heads)).masked_fill(~mask, float("-inf")).flatten(0, 1)
    weights = torch.softmax(scores, dim=-1)  # sums in f32, whatever the type
    return torch.bmm(weights, value.flatten(0, 1)).unflatten(0, (batch, heads)).transpose(1, 2).flatten(2)


class Stream(nn.Module):
    """What one kind of token has of its own in a block: modulation, projections, MLP."""

    def __init__(self, config: TransformerConfig):
        super().__init__()
        width, size = config.width, config.width // config.heads
        self.heads = config.heads
        # shift, scale and gate of the attention, then of the MLP, added to what all blocks share.
        self.modulation = nn.Parameter(torch.zeros(6, width))
        self.to_qkv = nn.Linear(width, 3 * width)
        self.norm_q = nn.Parameter(torch.ones(size))
        self.norm_k = nn.Parameter(torch.ones(size))
        self.to_out = nn.Linear(width, width)
        self.mlp_in = nn.Linear(width, config.mlp_ratio * width)
        self.mlp_out = nn.Linear(config.mlp_ratio * width, width)

    def modulations(self, shared: Tensor) -> tuple[Tensor, ...]:
        """Six [B, 1, D] from the shared [B, 6, D]."""
        return (shared + self.modulation.to(shared.dtype)).unsqueeze(2).unbind(1)

    def project(self, x: Tensor, shift: Tensor, scale: Tensor, tables) -> tuple[Tensor, Tensor, Tensor]:
        """Queries, keys and values [B, N, H, headSize]; queries and keys normalised and rotated."""
        x = F.layer_norm(x, x.shape[-1:], eps=1e-6) * (1 + scale) + shift
        query, key, value = self.to_qkv(x).unflatten(-1, (3, self.heads, -1)).unbind(-3)
        query = rotate(F.rms_norm(query, self.norm_q.shape, self.norm_q, 1e-6), tables)
        key = rotate(F.rms_norm(key, self.norm_k.shape, self.norm_k, 1e-6), tables)
        return query, key, value

    def finish(self, x: Tensor, attended: Tensor, gate: Tensor, mlp: tuple[Tensor, Tensor, Tensor]) -> Tensor:
        """The residual of the attention, then the MLP and its residual."""
        x = x + gate * self.to_out(attended)
        mlp_shift, mlp_scale, mlp_gate = mlp
        h = F.layer_norm(x, x.shape[-1:], eps=1e-6) * (1 + mlp_scale) + mlp_shift
        return x + mlp_gate * self.mlp_out(F.gelu(self.mlp_in(h), approximate="tanh"))


class SpatialBlock(nn.Module):
    def __init__(self, config: TransformerConfig):
        super().__init__()
        self.full = config.attention == "full"
        self.picture = Stream(config)
        self.text = Stream(config)

    def forward(self, picture: Tensor, text: Tensor, shared: Tensor, layout: Layout) -> tuple[Tensor, Tensor]:
        """picture [B, N, D], text [B, S·L, D], shared [B, 6, D]."""
        shift, scale, gate, *mlp = self.picture.modulations(shared)
        text_shift, text_scale, text_gate, *text_mlp = self.text.modulations(shared)
        query, key, value = self.picture.project(picture, shift, scale, layout.picture_tables)
        text_query, text_key, text_value = self.text.project(text, text_shift, text_scale, layout.text_tables)
        both = self.joint if self.full else self.by_shot
        seen, read = both((query, key, value), (text_query, text_key, text_value), layout)
        return self.picture.finish(picture, seen, gate, mlp), self.text.finish(text, read, text_gate, text_mlp)

    def joint(self, picture, text, layout: Layout) -> tuple[Tensor, Tensor]:
        """Every token sees every token."""
        query, key, value = (torch.cat(pair, dim=1) for pair in zip(text, picture))
        count = text[0].shape[1]
        valid = F.pad(layout.text_valid.flatten(1), (0, picture[0].shape[1]), value=True)
        out = attend(query, key, value, valid[:, None, None])
        return out[:, count:], out[:, :count]

    def by_shot(self, picture, text, layout: Layout) -> tuple[Tensor, Tensor]:
        """A picture token sees its frame and its shot's text; a text token its text and its shot's pictures."""
        batch, shots, length = layout.text_valid.shape
        frames = layout.grid[0]
        of_frame = layout.shot_of_frame  # [B, T]

        def for_frames(x: Tensor) -> Tensor:
            """The text of every frame's shot: [B, S·L, …] to [B·T, L, …]."""
            x = x.unflatten(1, (shots, length))
            if shots == 1:
                return x.expand(-1, frames, *x.shape[2:]).flatten(0, 1)
            rows = torch.arange(batch, device=x.device)[:, None]
            return x[rows, of_frame].flatten(0, 1)

        query, key, value = (part.unflatten(1, (frames, -1)).flatten(0, 1) for part in picture)
        keys = torch.cat([for_frames(text[1]), key], dim=1)
        values = torch.cat([for_frames(text[2]), value], dim=1)
        valid = F.pad(for_frames(layout.text_valid.flatten(1)), (0, key.shape[1]), value=True)
        seen = attend(query, keys, values, valid[:, None, None]).unflatten(0, (batch, frames)).flatten(1, 2)

        def for_shots(x: Tensor) -> Tensor:
            """All picture tokens, once for each shot: [B, N, …] to [B·S, N, …]."""
            return x[:, None].expand(-1, shots, *x.shape[1:]).flatten(0, 1)

        query, key, value = (part.unflatten(1, (shots, length)).flatten(0, 1) for part in text)
        keys = torch.cat([key, for_shots(picture[1])], dim=1)
        values = torch.cat([value, for_shots(picture[2])], dim=1)
        mine = of_frame[:, None] == torch.arange(shots, device=of_frame.device)[:, None]  # [B, S, T]
        mine = mine.repeat_interleave(picture[0].shape[1] // frames, dim=2).flatten(0, 1)
        valid = torch.cat([layout.text_valid.flatten(0, 1), mine], dim=1)
        # A padding row (a shot that is not there) must see something, or its softmax is empty.
        valid[:, 0] = True
        read = attend(query, keys, values, valid[:, None, None]).unflatten(0, (batch, shots)).flatten(1, 2)
        return seen, read


def window_bounds(size: int, window: int, shifted: bool) -> list[tuple[int, int]]:
    """The windows along one side: steps of `window`, from −window/2 if shifted; whole if the side fits in one."""
    if size <= window:
        return [(0, size)]
    first = -(window // 2) if shifted else 0
    return [(max(start, 0), min(start + window, size)) for start in range(first, size, window)]


class TemporalBlock(nn.Module):
    def __init__(self, config: TransformerConfig, shifted: bool):
        super().__init__()
        self.full = config.attention == "full"
        self.window, self.shifted = config.window, shifted
        self.picture = Stream(config)

    def forward(self, picture: Tensor, shared: Tensor, layout: Layout) -> Tensor:
        """picture [B, N, D]: every token sees all frames inside its window."""
        shift, scale, gate, *mlp = self.picture.modulations(shared)
        projected = self.picture.project(picture, shift, scale, layout.picture_tables)
        _, rows, columns = layout.grid
        vertical = window_bounds(rows, rows if self.full else self.window[0], self.shifted)
        horizontal = window_bounds(columns, columns if self.full else self.window[1], self.shifted)
        if len(vertical) == len(horizontal) == 1:
            return self.picture.finish(picture, attend(*projected), gate, mlp)
        query, key, value = (part.unflatten(1, layout.grid) for part in projected)
        seen = torch.empty(*query.shape[:4], picture.shape[-1], dtype=picture.dtype, device=picture.device)
        for top, bottom in vertical:
            for left, right in horizontal:
                place = (slice(None), slice(None), slice(top, bottom), slice(left, right))
                parts = [part[place] for part in (query, key, value)]
                out = attend(*(part.flatten(1, 3) for part in parts))
                seen[place] = out.unflatten(1, parts[0].shape[1:4])
        return self.picture.finish(picture, seen.flatten(1, 3), gate, mlp)


def time_features(time: Tensor, size: int) -> Tensor:
    """Sinusoids of 1000·t, cosines first: [B] to [B, size]."""
    frequency = torch.exp(-torch.arange(size // 2, device=time.device) * (torch.log(torch.tensor(1e4)) / (size // 2)))
    angle = 1000 * time.float()[:, None] * frequency
    return torch.cat([angle.cos(), angle.sin()], dim=-1)


class Transformer(nn.Module):
    def __init__(self, config: TransformerConfig):
        super().__init__()
        self.config = config
        width = config.width
        self.patch_embedding = nn.Linear(2 * config.latent_channels + 1, width)
        self.text_norm = nn.LayerNorm(config.text_width)
        self.text_in = nn.Linear(config.text_width, width)
        self.text_out = nn.Linear(width, width)
        self.time_in = nn.Linear(config.time_width, width)
        self.time_out = nn.Linear(width, width)
        self.modulation = nn.Linear(width, 6 * width)
        self.pairs = nn.ModuleList(
            nn.ModuleDict({"spatial": SpatialBlock(config), "temporal": TemporalBlock(config, bool(i % 2))})
            for i in range(config.pairs)
        )
        self.final_modulation = nn.Linear(width, 2 * width)
        self.velocity = nn.Linear(width, config.latent_channels)
        for layer in (self.modulation, self.final_modulation, self.velocity):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, latents: Tensor, condition: Tensor, mask: Tensor, time: Tensor, text: Tensor, layout: Layout):
        """The velocity ε − x0.

        latents, condition [B, C, T, h, w]; mask [B, 1, T, h, w], 1 where the condition is given; time [B] in
        [0, 1]; text [B, S, L, 384], hidden states of every shot's text, padded. Returns [B, C, T, h, w].
        """
        picture = torch.cat([latents, condition, mask], dim=1).flatten(2).transpose(1, 2)
        picture = self.patch_embedding(picture)
        words = self.text_out(F.silu(self.text_in(self.text_norm(text.flatten(1, 2)))))
        moment = time_features(time, self.config.time_width).to(picture.dtype)
        moment = F.silu(self.time_out(F.silu(self.time_in(moment))))
        shared = self.modulation(moment).unflatten(-1, (6, -1))
        for pair in self.pairs:
            picture, words = pair["spatial"](picture, words, shared, layout)
            picture = pair["temporal"](picture, shared, layout)
        shift, scale = self.final_modulation(moment)[:, None].chunk(2, dim=-1)
        picture = F.layer_norm(picture, picture.shape[-1:], eps=1e-6) * (1 + scale) + shift
        return self.velocity(picture).transpose(1, 2).unflatten(2, layout.grid)
