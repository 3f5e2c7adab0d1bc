"""Shows at which times a transformer is weak: `python -m scripts.train.renoise --data DIR`.

Held-out latents get the noise of a time, the flow is integrated back from there, and both are decoded. A line a time
tells how much the clip changed, and the changes from frame to frame where a latent begins and inside latents: the
more the first exceed the second, the more the clip flickers. --data is a cache of held-out clips (scripts.train.cache).
"""

import argparse
from pathlib import Path

import torch
from torch import Tensor

from scripts.diorama.precision import fast_dtype
from scripts.diorama.sampling import euler, flow_sigmas
from scripts.diorama.text import TextEncoder
from scripts.diorama.transformer import Transformer

from . import export
from .autoencoder import psnr
from .dataset import Batch, Dataset
from .samples import decoded

NATIVE = (7, 8, 8, 1)  # latent frames, rows, columns; shots


@torch.no_grad()
def integrate(model: Transformer, batch: Batch, latents: Tensor, start: float, steps: int, shift: float) -> Tensor:
    """Euler's method from time `start` to 0, on the part of the shifted schedule that lies below `start`."""
    dtype = fast_dtype(latents.device)
    condition, mask, text, layout = batch.inputs(latents.device, dtype)
    # A schedule cut off at `start` is one of a smaller shift, scaled.
    sigmas = [start * sigma for sigma in flow_sigmas(steps, shift / (shift - (shift - 1) * start))]

    def velocity(z: Tensor, sigma: float) -> Tensor:
        time = torch.full((len(z),), sigma)
        return model(z.to(dtype), condition, mask, time, text, layout).float()

    return euler(velocity, latents, sigmas)


def changes(clips: Tensor) -> tuple[float, float]:
    """Mean change, in grey levels, from a frame to the next: where a latent of four frames begins, and elsewhere."""
    change = (clips[:, 1:] - clips[:, :-1]).abs().mean(dim=(0, 2, 3, 4)) * 127.5
    change = change.unflatten(0, (-1, 4))  # a latent a row; the first one follows a single picture
    return change[1:, 0].mean().item(), change[:, 1:].mean().item()


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
    model = export.load_transformer(Path(arguments.transformer)).to(fast_dtype())
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
