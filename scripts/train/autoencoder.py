"""Trains the autoencoder on rendered windows: `python -m scripts.train.autoencoder --data DIR --out DIR`.

The state in --out makes the run resumable; --from starts from exported weights instead.
"""

import argparse
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from scripts.diorama.autoencoder import Autoencoder, AutoencoderConfig
from scripts.diorama.haar import haar, inverse_haar

from . import export, samples
from .optimizer import ExponentialMovingAverage, Optimizer, trapezoid
from .pyramid import start_as_principal_components, start_blocks
from .windows import Windows


def coefficient_error(found: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    """Mean square error of the pixels, [B], from Haar coefficients [B, T, h, w, 192].

    The transform is orthonormal, so the sum of squares is the same on both sides. The first block holds one
    frame four times: only its coefficients that are constant in time count, at a quarter.
    """
    square = (found - truth).float().square()
    constant = square.shape[-1] // 4
    first = square[:, 0, ..., :constant].sum(dim=(1, 2, 3)) / 4
    rest = square[:, 1:].sum(dim=(1, 2, 3, 4))
    batch, blocks, rows, columns, _ = square.shape
    pixels = (1 + 4 * (blocks - 1)) * rows * columns * 16 * 3
    return (first + rest) / pixels


def psnr(error: torch.Tensor) -> torch.Tensor:
    """Decibels from a mean square error over pixels in [−1, 1]."""
    return 10 * torch.log10(4 / error)


@torch.no_grad()
def reconstruct(model: Autoencoder, pixels: torch.Tensor) -> torch.Tensor:
    """Pixels [B, F, H, W, 3] through the mean of the posterior and back."""
    mean, _ = model.posterior(haar(pixels))
    return inverse_haar(model.reconstruct(mean)).clamp(-1, 1)


def reconstructions(model: Autoencoder, windows: list[np.ndarray]):
    """A picture of the clips uint8 [F, H, W, 3] that have the first one's size, each beside its reconstruction."""
    device = next(model.parameters()).device
    frames = np.stack([window for window in windows if window.shape == windows[0].shape])
    pixels = torch.from_numpy(frames).to(device).float() / 127.5 - 1
    found = torch.cat([reconstruct(model, clip[None]) for clip in pixels])
    found = ((found + 1) * 127.5).round().byte().cpu().numpy()
    pairs = np.stack([frames, found], axis=1).reshape(-1, *frames.shape[1:])
    return samples.sheet(pairs, ["held out", "reconstructed"] * len(frames))


def evaluate(model: Autoencoder, windows: list[np.ndarray]) -> tuple[float, float]:
    """Mean PSNR in dB over whole windows uint8 [F, H, W, 3] and over their first frames as single pictures."""
    whole, single = [], []
    device = next(model.parameters()).device
    for window in windows:
        pixels = torch.from_numpy(window).to(device).float()[None] / 127.5 - 1
        whole.append(psnr((reconstruct(model, pixels) - pixels).square().mean()).item())
        picture = pixels[:, :1]
        single.append(psnr((reconstruct(model, picture) - picture).square().mean()).item())
    return sum(whole) / len(whole), sum(single) / len(single)


def with_statistics(model: Autoencoder, windows: Windows, device: torch.device) -> AutoencoderConfig:
    """The config with the mean and standard deviation of every latent channel, from 256 crops."""
    collected = []
    with torch.no_grad():
        for _ in range(16):
            pixels = torch.from_numpy(windows.crops(16, 64)).to(device).float() / 127.5 - 1
            mean, _ = model.posterior(haar(pixels))
            collected.append(mean.movedim(1, 0).flatten(1))
    values = torch.cat(collected, dim=1).float().cpu()
    return replace(
        model.config,
        latents_mean=tuple(round(v, 5) for v in values.mean(1).tolist()),
        latents_std=tuple(round(v, 5) for v in values.std(1).tolist()),
    )


def train(arguments: argparse.Namespace) -> None:
    torch.manual_seed(arguments.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model = Autoencoder(AutoencoderConfig()).to(device, memory_format=torch.channels_last_3d)
    windows = Windows(Path(arguments.data), arguments.seed)
    held_out = Windows(Path(arguments.held_out), 0).first(24)
    if arguments.start:
        config, tensors = export.load(Path(arguments.start))
        model.load_state_dict(tensors)
        model.config = AutoencoderConfig.from_dict(config)
    pixels = torch.from_numpy(windows.crops(400, arguments.crop)).to(device).float() / 127.5 - 1
    if not arguments.start:
        start_as_principal_components(model, haar(pixels))
    elif arguments.restart_blocks:
        start_blocks(model, haar(pixels), tuple(arguments.restart_blocks))
    # Muon learns no faster here, and its matrices, [256, 6912], cost a third of a step.
    if arguments.freeze_encoder:
        model.encoder.requires_grad_(False)
    optimizer = Optimizer(model, lambda name: False, 0, arguments.rate, is_slow=lambda name: "conv_out" in name)
    average = ExponentialMovingAverage(model, decay=0.998)
    state = Path(arguments.out) / "state.pt"
    step = 0
    if state.exists():
        saved = torch.load(state, map_location=device)
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        average.load_state_dict(saved["average"])
        step = saved["step"]
    started, first, recent = time.time(), step, 0.0

    def checkpoint() -> None:
        """Evaluates and exports the averaged weights, then saves the state."""
        current = {n: p.detach().clone() for n, p in model.named_parameters()}
        model.load_state_dict(average.average)
        clips, pictures = evaluate(model, held_out)
        print(f"step {step}: held out {clips:.2f} dB, single pictures {pictures:.2f} dB", flush=True)
        # Latents cached from a frozen encoder are normalised by the statistics that it had.
        config = model.config if arguments.freeze_encoder else with_statistics(model, windows, device)
        reconstructions(model, held_out[:12]).save(Path(arguments.out) / "sheet.png")
        export.save(Path(arguments.out) / "vae", config.to_dict(), dict(model.named_parameters()))
        model.load_state_dict(current)
        torch.save(
            {"model": current, "optimizer": optimizer.state_dict(), "average": average.state_dict(), "step": step},
            state,
        )

    while step < arguments.steps:
        if step % 50 == 0:
            windows.refresh()
        pixels = torch.from_numpy(windows.crops(arguments.batch, arguments.crop)).to(device).float() / 127.5 - 1
        coefficients = haar(pixels)
        with torch.autocast(device.type, dtype=torch.bfloat16):
            mean, log_variance = model.posterior(coefficients)
            latents = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
            found = model.reconstruct(latents)
        error = coefficient_error(found, coefficients)
        mean, log_variance = mean.float(), log_variance.float()
        divergence = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).mean()
        # The logarithm makes the loss the mean PSNR itself and keeps hard pictures from ruling it.
        loss = torch.log(error + 3e-4).mean() + arguments.divergence * divergence
        loss.backward()
        optimizer.step(trapezoid(step, arguments.steps, decay=0.8))
        average.update(model)
        step += 1
        recent += psnr(error).mean().item()
        if step % 25 == 0:
            pace = (time.time() - started) / (step - first)
            print(f"step {step}: {recent / 25:.2f} dB, divergence {divergence.item():.2f}, {pace:.2f} s a step", flush=True)
            recent = 0.0
        if step % arguments.every == 0 or step == arguments.steps:
            checkpoint()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True, help="folder of rendered windows (scripts.train.render)")
    parser.add_argument("--held-out", required=True, help="folder of held-out windows")
    parser.add_argument("--out", help="folder for the state and the exported vae/")
    parser.add_argument("--from", dest="start", help="exported vae/ folder to start from or to evaluate")
    parser.add_argument("--evaluate", action="store_true", help="only print the PSNR of --from")
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--crop", type=int, default=64, help="side of the square crops, pixels")
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--divergence", type=float, default=0.01, help="weight of the KL divergence an element")
    parser.add_argument(
        "--freeze-encoder", action="store_true", help="train the decoder alone, so that cached latents stay good"
    )
    parser.add_argument("--restart-blocks", metavar="KEY", nargs="*", help="start residual blocks under these keys anew")
    parser.add_argument("--every", type=int, default=250, help="steps between checkpoints")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    if arguments.evaluate:
        model = export.load_autoencoder(Path(arguments.start))
        clips, pictures = evaluate(model, Windows(Path(arguments.held_out), 0).first(96))
        print(f"held out {clips:.2f} dB, single pictures {pictures:.2f} dB")
    else:
        train(arguments)


if __name__ == "__main__":
    main()
