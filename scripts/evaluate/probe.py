"""The probe: a small network that names what a clip shows, so that a machine can judge what another drew.

B spans, S = 9 steps of three frames (3s − 1, 3s, 3s + 1), clips 25×64×64, the mean of every 2×2 pixels of
128×128: a subject is 14 to 40 of these pixels wide, and what an autoencoder smooths away is gone in both the
clips that the probe learned from and those that it judges.

    frames [B, 25, 64, 64, 3] → steps [B, 9, 9, 64, 64] → stem [B, 9, 192] → attention within the span → classes
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from .labels import CLASSES, Span

FRAMES, SIDE, STEPS = 25, 64, 9


@dataclass(frozen=True)
class ProbeConfig:
    channels: tuple[int, int, int, int] = (24, 48, 96, 128)
    width: int = 192
    heads: int = 4
    layers: int = 2


def halve(frames: np.ndarray) -> np.ndarray:
    """Frames uint8 [..., 128, 128, 3] to their 2×2 means, uint8 [..., 64, 64, 3]."""
    wide = frames.astype(np.uint16)
    sums = wide[..., ::2, ::2, :] + wide[..., 1::2, ::2, :] + wide[..., ::2, 1::2, :] + wide[..., 1::2, 1::2, :]
    return ((sums + 2) // 4).astype(np.uint8)


def steps_of_frames(frames: Tensor) -> Tensor:
    """[B, 25, h, w, 3] to [B, 9, 9, h, w]: each step has the frames before, at and after 3s as channels."""
    batch, _, rows, columns, _ = frames.shape
    padded = torch.cat([frames[:, :1], frames, frames[:, -1:]], dim=1)
    steps = padded.reshape(batch, STEPS, 3, rows, columns, 3).permute(0, 1, 2, 5, 3, 4)
    return steps.reshape(batch, STEPS, 9, rows, columns)


def step_mask(bounds: Tensor) -> Tensor:
    """Which steps have their middle in the span: bool [B, 9] from starts and ends [B, 2]."""
    middles = 3 * torch.arange(STEPS, device=bounds.device)
    return (middles >= bounds[:, :1]) & (middles < bounds[:, 1:])


class Residual(nn.Module):
    """x + norm(conv(relu(norm(conv(x)))))."""

    def __init__(self, channels: int):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        h = F.relu(self.norm1(self.conv1(x)), inplace=True)
        return F.relu(x + self.norm2(self.conv2(h)), inplace=True)


def halving(inputs: int, outputs: int, kernel: int = 3) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride=2, padding=kernel // 2, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


class Attention(nn.Module):
    """A pre-norm transformer layer over the steps of a span."""

    def __init__(self, width: int, heads: int):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        q, k, v = self.qkv(self.norm1(x)).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        h = F.scaled_dot_product_attention(q, k, v, attn_mask=mask[:, None, None])
        x = x + self.out(h.transpose(1, 2).flatten(2))
        return x + self.down(F.gelu(self.up(self.norm2(x))))


class Probe(nn.Module):
    def __init__(self, config: ProbeConfig = ProbeConfig()):
        super().__init__()
        self.config = config
        a, b, c, d = config.channels
        width = config.width
        self.stem = nn.Sequential(
            halving(9, a, 5), halving(a, b), Residual(b), halving(b, c), Residual(c), halving(c, d)
        )
        # Where things are, place by place, and what there is, wherever it is.
        self.places = nn.Linear(d * (SIDE // 16) ** 2, width)
        self.things = nn.Linear(c + d, width)
        self.times = nn.Embedding(STEPS, width)
        self.neighbours = nn.Linear(3 * width, width)
        self.attention = nn.ModuleList(Attention(width, config.heads) for _ in range(config.layers))
        self.norm = nn.LayerNorm(2 * width)
        self.heads = nn.ModuleDict({kind: nn.Linear(2 * width, len(names)) for kind, names in CLASSES.items()})

    def forward(self, frames: Tensor, bounds: Tensor) -> dict[str, Tensor]:
        """Logits [B, classes] a kind, of frames [B, 25, 64, 64, 3] in [−1, 1] and spans [B, 2], start and end."""
        steps = steps_of_frames(frames)
        batch = len(steps)
        near = self.stem[:-1](steps.flatten(0, 1).contiguous(memory_format=torch.channels_last))
        far = self.stem[-1](near)
        things = torch.cat([near.amax((2, 3)), far.amax((2, 3))], dim=1)
        h = F.relu(self.places(far.flatten(1)) + self.things(things)).unflatten(0, (batch, STEPS))
        mask = step_mask(bounds)
        x = h * mask[..., None]
        x = x + self.neighbours(torch.cat([F.pad(x, (0, 0, 1, 0))[:, :-1], x, F.pad(x, (0, 0, 0, 1))[:, 1:]], -1))
        # Times count from the first step of the span.
        first = mask.int().argmax(1, keepdim=True)
        x = x + self.times((torch.arange(STEPS, device=x.device) - first).clamp(0, STEPS - 1))
        for layer in self.attention:
            x = layer(x, mask)
        mean = (x * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        most = x.masked_fill(~mask[..., None], -1e4).amax(1)
        pooled = self.norm(torch.cat([mean, most], dim=-1).float())
        return {kind: head(pooled) for kind, head in self.heads.items()}


def save(probe: Probe, folder: Path, about: dict) -> None:
    """config.json and the weights, rounded to half precision."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {name: t.detach().half().contiguous() if t.is_floating_point() else t.clone()
               for name, t in probe.state_dict().items()}
    save_file(tensors, folder / "probe.safetensors", metadata={"format": "pt"})
    (folder / "probe.json").write_text(json.dumps({**asdict(probe.config), "about": about}, indent=2) + "\n")


def load(folder: Path) -> Probe:
    """The probe of a folder, in f32 and in evaluation mode."""
    values = json.loads((folder / "probe.json").read_text())
    fields = ProbeConfig.__dataclass_fields__
    config = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items() if k in fields}
    probe = Probe(ProbeConfig(**config))
    tensors = load_file(folder / "probe.safetensors")
    probe.load_state_dict({k: v.float() if v.is_floating_point() else v for k, v in tensors.items()})
    return probe.eval().to(memory_format=torch.channels_last)


@torch.no_grad()
def judge(probe: Probe, clips: list[np.ndarray], spans: list[Span]) -> dict[str, np.ndarray]:
    """Log-probabilities [N, classes] a kind, of N pairs of a clip uint8 [25, 128, 128, 3] and a span of it."""
    found: dict[str, list] = {kind: [] for kind in CLASSES}
    for start in range(0, len(clips), 16):
        frames = np.stack([halve(clip) for clip in clips[start : start + 16]])
        bounds = torch.tensor([[span.start, span.end] for span in spans[start : start + 16]])
        logits = probe(torch.from_numpy(frames).float() / 127.5 - 1, bounds)
        for kind, values in logits.items():
            found[kind].append(values.log_softmax(-1).numpy())
    return {kind: np.concatenate(values) for kind, values in found.items()}
