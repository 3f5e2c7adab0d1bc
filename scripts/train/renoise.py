"""Shows at which times a transformer is weak: `python -m scripts.train.renoise --data DIR`.

Held-out latents get the noise of a time, the flow is integrated back from there, and both are decoded. A line a time
tells how much the clip changed, and the changes from frame to frame where a latent begins and inside latents: the
more the first exceed the second, the more the clip flickers. --data is a cache of held-out clips (scripts.train.cache).
"""

import argparse
from pathlib import Path

import torch
from torch import Tensor

from scripts.diorama.autoencoder import Autoencoder
from scripts.diorama.text import TextEncoder
from scripts.diorama.transformer import Transformer

from . import export
from .autoencoder import psnr
from .dataset import Batch, Dataset

NATIVE = (7, 8, 8, 1)  # latent frames, rows, columns; shots


@torch.no_grad()
def integrate(model: Transformer, batch: Batch, latents: Tensor, start: float, steps: int, shift: float) -> Tensor:
    """Euler's method from time `start` to 0, the steps even before the shift t' = s·t / (1 + (s−1)·t)."""
    layout = batch.layout.to(latents.device, torch.bfloat16)
    even = torch.linspace(start / (shift - (shift - 1) * start), 0, steps + 1)
    times = shift * even / (1 + (shift - 1) * even)
    for now, then in zip(times[:-1], times[1:]):
        moment = now.expand(len(latents))
        velocity = model(latents.bfloat16(), batch.condition, batch.mask, moment, batch.text, layout)
        latents = latents + (then - now) * velocity.float()
    return latents


@torch.no_grad()
def decoded(autoencoder: Autoencoder, latents: Tensor) -> Tensor:
    """Pixels [B, F, H, W, 3] in [−1, 1], clip by clip."""
    with torch.autocast(latents.device.type, dtype=torch.bfloat16):
        return torch.cat([autoencoder.decode(clip[None]).float().clamp(-1, 1) for clip in latents])


def changes(clips: Tensor) -> tuple[float, float]:
    """Mean change, in grey levels, from a frame to the next: where a latent of four frames begins, and elsewhere."""
    change = (clips[:, 1:] - clips[:, :-1]).abs().mean(dim=(0, 2, 3, 4)) * 127.5
    begins = torch.arange(len(change)) % 4 == 0
    begins[0] = False  # behind the first frame, which has a latent of its own
    inside = torch.arange(len(change)) % 4 != 0
    return change[begins].mean().item(), change[inside].mean().item()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="folder of cached held-out latents and texts")
    parser.add_argument("--model", default="Weights/diorama", help="where the text encoder and the tokenizer are")
    parser.add_argument("--transformer", default="Weights/diorama/transformer")
    parser.add_argument("--autoencoder", default="Weights/diorama/vae")
    parser.add_argument("--times", type=float, nargs="+", default=[0.15, 0.3, 0.5, 0.7, 0.9])
    parser.add_argument("--clips", type=int, default=16)
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--shift", type=float, default=4.0)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    model = export.load_transformer(Path(arguments.transformer)).bfloat16()
    autoencoder = export.load_autoencoder(Path(arguments.autoencoder))
    empty = torch.as_tensor(TextEncoder(arguments.model).encode([""])[0])
    dataset = Dataset(Path(arguments.data), empty, model.config, arguments.seed, drop=0.0)
    clips = dataset.buckets[NATIVE][: arguments.clips]
    if not clips:
        raise SystemExit(f"{arguments.data}: no clip of 25 frames, 128×128 and one shot is cached there")
    # No clip is given its task's frames: all are text to video.
    texts = [clip.captions[0] for clip in clips]
    batch = dataset.assemble(torch.stack([c.latents for c in clips]), texts, [c.shots for c in clips], None, "native")
    clean = batch.latents.float()
    truth = decoded(autoencoder, clean)
    begins, inside = changes(truth)
    print(f"through the autoencoder: changes {begins:.2f} where a latent begins, {inside:.2f} inside")
    torch.manual_seed(arguments.seed)
    noise = torch.randn_like(clean)
    for time in arguments.times:
        noisy = (1 - time) * clean + time * noise
        found = integrate(model, batch, noisy, time, arguments.steps, arguments.shift)
        clip = decoded(autoencoder, found)
        begins, inside = changes(clip)
        same, error = psnr((clip - truth).square().mean()).item(), (found - clean).square().mean().item()
        print(f"from time {time:.2f}: {same:.2f} dB, changes {begins:.2f} and {inside:.2f}, "
              f"mean square error of the latents {error:.3f}", flush=True)


if __name__ == "__main__":
    main()
