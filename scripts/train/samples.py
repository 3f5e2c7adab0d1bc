"""Samples from exported weights, drawn with the twin: `python -m scripts.train.samples --transformer DIR --out sheet.png`.

Five frames a row, the prompt beneath. The twelve prompts name every colour once and all scenes; they were chosen
before anything was generated.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw

from scripts.diorama.autoencoder import Autoencoder, AutoencoderConfig
from scripts.diorama.sampling import flow_sigmas
from scripts.diorama.text import TextEncoder
from scripts.diorama.transformer import Layout, Transformer, TransformerConfig

from . import export

PROMPTS = (
    "A red ball moves left in a meadow.",
    "A green cube moves right in the snow.",
    "A blue cone spins on a stage.",
    "A yellow cylinder bounces on a beach.",
    "A purple pyramid jumps in the desert.",
    "An orange ring rolls to the right at night.",
    "A cyan ball falls on a beach.",
    "A pink cube grows in the snow.",
    "A white ball moves right at night.",
    "A black cylinder moves left in the desert.",
    "Close-up: a red cone stands still on a stage, the camera orbits to the left.",
    "A blue ball rolls to the left in a meadow, the camera follows it.",
)


@torch.no_grad()
def sample(model, encoder, prompts, grid, steps: int, scale: float, shift: float, seed: int) -> torch.Tensor:
    """Latents [B, C, T, h, w] by Euler's method with classifier-free guidance."""
    states = [torch.as_tensor(s) for s in encoder.encode(list(prompts))]
    empty = torch.as_tensor(encoder.encode([""])[0])
    both = states + [empty] * len(states)
    text = torch.zeros(len(both), 1, max(map(len, both)), both[0].shape[-1])
    for index, state in enumerate(both):
        text[index, 0, : len(state)] = state
    lengths = [[len(state)] for state in both]
    layout = Layout.make(lengths, [[grid[0]]] * len(both), grid, model.config)
    dtype = next(model.parameters()).dtype
    layout, text = layout.to("cpu", dtype), text.to(dtype)
    generator = torch.Generator().manual_seed(seed)
    z = torch.randn(len(prompts), model.config.latent_channels, *grid, generator=generator)
    nothing = torch.zeros(len(both), *z.shape[1:], dtype=dtype)
    mask = nothing[:, :1]
    levels = flow_sigmas(steps, shift)
    for now, following in zip(levels[:-1], levels[1:]):
        time = torch.full((len(both),), float(now))
        velocity = model(torch.cat([z, z]).to(dtype), nothing, mask, time, text, layout).float()
        conditional, unconditional = velocity.chunk(2)
        z = z + (following - now) * (unconditional + scale * (conditional - unconditional))
    return z


def sheet(frames: np.ndarray, prompts, columns: int = 5) -> Image.Image:
    """Frames uint8 [B, F, H, W, 3] as a picture, two clips a row."""
    _, count, height, width, _ = frames.shape
    columns = min(columns, count)
    picked = np.linspace(0, count - 1, columns).round().astype(int)
    cell = columns * (width + 2) + 8
    picture = Image.new("RGB", (2 * cell, (len(frames) + 1) // 2 * (height + 16)), "black")
    draw = ImageDraw.Draw(picture)
    for index, clip in enumerate(frames):
        left, top = index % 2 * cell, index // 2 * (height + 16)
        for column, frame in enumerate(picked):
            picture.paste(Image.fromarray(clip[frame]), (left + column * (width + 2), top))
        draw.text((left + 2, top + height + 2), prompts[index], fill="white")
    return picture


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--transformer", default="Weights/diorama/transformer")
    parser.add_argument("--autoencoder", default="Weights/diorama/vae")
    parser.add_argument("--model", default="Weights/diorama")
    parser.add_argument("--out", required=True)
    parser.add_argument("--frames", type=int, default=25)
    parser.add_argument("--steps", type=int, default=16)
    parser.add_argument("--scale", type=float, default=3.0)
    parser.add_argument("--shift", type=float, default=4.0)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--count", type=int, default=len(PROMPTS))
    arguments = parser.parse_args()
    config, tensors = export.load(Path(arguments.transformer))
    model = Transformer(TransformerConfig.from_dict(config))
    model.load_state_dict(tensors)
    model = model.bfloat16()
    config, tensors = export.load(Path(arguments.autoencoder))
    autoencoder = Autoencoder(AutoencoderConfig.from_dict(config))
    autoencoder.load_state_dict(tensors)
    prompts = PROMPTS[: arguments.count]
    grid = (1 + (arguments.frames - 1) // 4, 8, 8)
    latents = sample(
        model, TextEncoder(arguments.model), prompts, grid, arguments.steps, arguments.scale, arguments.shift,
        arguments.seed,
    )
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        frames = torch.cat([autoencoder.decode(z[None]) for z in latents])
    pixels = ((frames.float().clamp(-1, 1) + 1) * 127.5).round().byte().numpy()
    sheet(pixels, prompts).save(arguments.out)


if __name__ == "__main__":
    main()
