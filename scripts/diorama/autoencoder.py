"""Diorama's causal video autoencoder (after the causal 3-D autoencoders of Seedance 1.0, arXiv 2506.09113,
and Seaweed-7B, arXiv 2504.08685).

B batch, F = 1 + 4k frames, T = 1 + k latent frames, H W pixels, C = 48 latent channels.

    pixels [B, F, H, W, 3] → Haar [B, 192, T, H/4, W/4] → encoder → latents [B, C, T, H/16, W/16]

Nothing stands between the residual stream and the convolutions that change its width, so that both networks are
linear maps plus what their blocks add. Training starts them as principal components (scripts/train/pyramid.py).

Every convolution is causal in time: frame t sees frames t−2, t−1, t; zeros stand before the first.
"""

from dataclasses import asdict, dataclass, field

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .haar import CHANNELS, haar, inverse_haar


# Measured on 200 crops of the world; (kt, ky, kx) with a time, a row and a column of four each.
COEFFICIENTS_STD = (
    4.5, 0.46, 0.2, 0.21,  0.5, 0.15, 0.09, 0.09,  0.24, 0.08, 0.06, 0.06,  0.24, 0.08, 0.05, 0.06,
    0.64, 0.18, 0.09, 0.09,  0.17, 0.07, 0.04, 0.04,  0.08, 0.04, 0.03, 0.03,  0.08, 0.04, 0.03, 0.03,
    0.33, 0.14, 0.07, 0.07,  0.12, 0.07, 0.04, 0.04,  0.07, 0.04, 0.03, 0.03,  0.07, 0.04, 0.03, 0.03,
    0.32, 0.14, 0.07, 0.07,  0.12, 0.07, 0.04, 0.04,  0.07, 0.04, 0.03, 0.03,  0.07, 0.04, 0.03, 0.03,
)


@dataclass(frozen=True)
class AutoencoderConfig:
    latent_channels: int = 48
    encoder_channels: tuple[int, ...] = (96, 160, 256)
    encoder_blocks: tuple[int, ...] = (1, 1, 1)
    decoder_channels: tuple[int, ...] = (96, 160, 256)
    decoder_blocks: tuple[int, ...] = (1, 2, 2)
    # Typical size of the Haar coefficients, by (kt·4 + ky)·4 + kx: a constant block is 100 times a fine detail.
    # The networks see them divided by the root, so that details keep a share.
    coefficients_std: tuple[float, ...] = COEFFICIENTS_STD
    latents_mean: tuple[float, ...] = field(default_factory=tuple)
    latents_std: tuple[float, ...] = field(default_factory=tuple)

    def to_dict(self) -> dict:
        return {"_class_name": "DioramaAutoencoder", **asdict(self)}

    @classmethod
    def from_dict(cls, values: dict) -> "AutoencoderConfig":
        names = cls.__dataclass_fields__
        return cls(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items() if k in names})


class CausalConv3d(nn.Conv3d):
    """A convolution that pads only the past in time, with zeros, and both sides in space."""

    def __init__(self, inputs: int, outputs: int, kernel: tuple[int, int, int] = (3, 3, 3)):
        super().__init__(inputs, outputs, kernel, padding=(0, kernel[1] // 2, kernel[2] // 2))

    def forward(self, x: Tensor) -> Tensor:
        past = self.kernel_size[0] - 1
        if past:
            return super().forward(F.pad(x, (0, 0, 0, 0, past, 0)))
        # Frame by frame. As a 3-D convolution in bf16 its gradient is wrong for three frames (seen in PyTorch 2.15).
        frames = x.movedim(2, 1).flatten(0, 1)
        frames = F.conv2d(frames, self.weight.squeeze(2), self.bias, padding=self.padding[1:])
        return frames.unflatten(0, (len(x), -1)).movedim(1, 2)


class ChannelRMSNorm(nn.Module):
    """Root mean square normalisation over the channels of every position."""

    def __init__(self, channels: int):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))

    def forward(self, x: Tensor) -> Tensor:
        return F.rms_norm(x.movedim(1, -1), self.weight.shape, self.weight.to(x.dtype), 1e-6).movedim(-1, 1)


class ResidualBlock(nn.Module):
    """x + conv(SiLU(norm(conv(SiLU(norm(x)))))), both convolutions causal 3×3×3."""

    def __init__(self, channels: int):
        super().__init__()
        self.norm1 = ChannelRMSNorm(channels)
        self.conv1 = CausalConv3d(channels, channels)
        self.norm2 = ChannelRMSNorm(channels)
        self.conv2 = CausalConv3d(channels, channels)
        nn.init.zeros_(self.conv2.weight)
        nn.init.zeros_(self.conv2.bias)

    def forward(self, x: Tensor) -> Tensor:
        h = self.conv1(F.silu(self.norm1(x)))
        return x + self.conv2(F.silu(self.norm2(h)))


def pixel_unshuffle(x: Tensor) -> Tensor:
    """[B, C, T, h, w] to [B, 4C, T, h/2, w/2], channel c·4 + dy·2 + dx."""
    b, c, t, h, w = x.shape
    x = x.reshape(b, c, t, h // 2, 2, w // 2, 2).permute(0, 1, 4, 6, 2, 3, 5)
    return x.reshape(b, 4 * c, t, h // 2, w // 2)


def pixel_shuffle(x: Tensor) -> Tensor:
    """[B, 4C, T, h, w] to [B, C, T, 2h, 2w], the inverse of `pixel_unshuffle`."""
    b, c, t, h, w = x.shape
    x = x.reshape(b, c // 4, 2, 2, t, h, w).permute(0, 1, 4, 5, 2, 6, 3)
    return x.reshape(b, c // 4, t, 2 * h, 2 * w)


class Downsample(nn.Module):
    """Halves both sides: a 1×3×3 convolution and pixel-unshuffle."""

    def __init__(self, inputs: int, outputs: int):
        super().__init__()
        self.conv = CausalConv3d(inputs, outputs // 4, (1, 3, 3))

    def forward(self, x: Tensor) -> Tensor:
        return pixel_unshuffle(self.conv(x))


class Upsample(nn.Module):
    """Doubles both sides: a 1×3×3 convolution and pixel-shuffle."""

    def __init__(self, inputs: int, outputs: int):
        super().__init__()
        self.conv = CausalConv3d(inputs, outputs * 4, (1, 3, 3))

    def forward(self, x: Tensor) -> Tensor:
        return pixel_shuffle(self.conv(x))


class Encoder(nn.Module):
    def __init__(self, config: AutoencoderConfig):
        super().__init__()
        channels = config.encoder_channels
        self.conv_in = CausalConv3d(CHANNELS, channels[0], (1, 3, 3))
        self.levels = nn.ModuleList()
        for level, width in enumerate(channels):
            stage = nn.ModuleDict()
            if level > 0:
                stage["downsample"] = Downsample(channels[level - 1], width)
            stage["blocks"] = nn.ModuleList(ResidualBlock(width) for _ in range(config.encoder_blocks[level]))
            self.levels.append(stage)
        # Mean and log-variance of the posterior; the variance starts low, or the first steps learn noise.
        self.conv_out = CausalConv3d(channels[-1], 2 * config.latent_channels)
        with torch.no_grad():
            self.conv_out.weight[config.latent_channels :].zero_()
            self.conv_out.bias[config.latent_channels :].fill_(-7)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv_in(x)
        for stage in self.levels:
            if "downsample" in stage:
                x = stage["downsample"](x)
            for block in stage["blocks"]:
                x = block(x)
        return self.conv_out(x)


class Decoder(nn.Module):
    def __init__(self, config: AutoencoderConfig):
        super().__init__()
        channels = config.decoder_channels
        self.conv_in = CausalConv3d(config.latent_channels, channels[-1])
        self.levels = nn.ModuleList()
        for level in reversed(range(len(channels))):
            width = channels[level]
            stage = nn.ModuleDict()
            stage["blocks"] = nn.ModuleList(ResidualBlock(width) for _ in range(config.decoder_blocks[level]))
            if level > 0:
                stage["upsample"] = Upsample(width, channels[level - 1])
            self.levels.append(stage)
        self.conv_out = CausalConv3d(channels[0], CHANNELS, (1, 3, 3))

    def forward(self, z: Tensor) -> Tensor:
        x = self.conv_in(z)
        for stage in self.levels:
            for block in stage["blocks"]:
                x = block(x)
            if "upsample" in stage:
                x = stage["upsample"](x)
        return self.conv_out(x)


class Autoencoder(nn.Module):
    """Pixels in [−1, 1] to latents and back. `encode` and `decode` speak of normalised latents."""

    def __init__(self, config: AutoencoderConfig):
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        self.decoder = Decoder(config)

    def coefficient_sizes(self, like: Tensor) -> Tensor:
        return torch.tensor(self.config.coefficients_std).to(like).sqrt().repeat_interleave(3)

    def posterior(self, coefficients: Tensor) -> tuple[Tensor, Tensor]:
        """Haar coefficients [B, T, h, w, 192] to mean and log-variance, [B, C, T, H/16, W/16] each."""
        x = coefficients / self.coefficient_sizes(coefficients)
        mean, log_variance = self.encoder(x.movedim(-1, 1)).chunk(2, dim=1)
        return mean, log_variance.clamp(-12, 4)

    def reconstruct(self, latents: Tensor) -> Tensor:
        """Latents as the posterior has them to Haar coefficients [B, T, h, w, 192]."""
        x = self.decoder(latents).movedim(1, -1)
        return x * self.coefficient_sizes(x)

    def statistics(self, like: Tensor) -> tuple[Tensor, Tensor]:
        mean = torch.tensor(self.config.latents_mean).to(like)
        std = torch.tensor(self.config.latents_std).to(like)
        return mean.view(1, -1, 1, 1, 1), std.view(1, -1, 1, 1, 1)

    def encode(self, pixels: Tensor) -> Tensor:
        """Pixels [B, F, H, W, 3] to normalised latents [B, C, T, H/16, W/16]."""
        latents, _ = self.posterior(haar(pixels))
        mean, std = self.statistics(latents)
        return (latents - mean) / std

    def decode(self, latents: Tensor) -> Tensor:
        """Normalised latents [B, C, T, H/16, W/16] to pixels [B, F, H, W, 3]."""
        mean, std = self.statistics(latents)
        return inverse_haar(self.reconstruct(latents * std + mean))
