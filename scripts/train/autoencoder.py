"""Trains the autoencoder on rendered windows: `python -m scripts.train.autoencoder --data DIR --out DIR`.

The state in --out makes the run resumable; --from starts from exported weights instead. Several processes share
every step's gradient (scripts/train/processes.py).
"""

import argparse
import copy
import time
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from scripts.diorama.autoencoder import Autoencoder, AutoencoderConfig
from scripts.diorama.haar import BLOCK, basis, haar, inverse_haar
from scripts.diorama.precision import mixed

from . import export, samples
from .optimizer import ExponentialMovingAverage, Optimizer, trapezoid
from .processes import average_gradients, join
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


def border_error(found: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    """Mean square error, [B], of the change from the last frame of each block to the first of the next."""
    error = (found - truth).float().unflatten(-1, (BLOCK, -1))
    error[:, 0, ..., 1:, :] = 0  # the first block is one frame, its mean
    first, last = (torch.einsum("k,...kc->...c", basis().to(error)[:, t], error) for t in (0, BLOCK - 1))
    jump = (first[:, 1:] - last[:, :-1]).square()
    return jump.sum(dim=(1, 2, 3, 4)) / jump[0].numel()


def error_after_cuts(found: torch.Tensor, truth: torch.Tensor, cuts: torch.Tensor) -> torch.Tensor:
    """Mean square error of the pixels of the block with which a cut begins, [those of `cuts` [B] that are not 0]."""
    (chosen,) = cuts.nonzero(as_tuple=True)
    error = (found[chosen, cuts[chosen]] - truth[chosen, cuts[chosen]]).float()
    return error.square().mean(dim=(1, 2, 3))  # the transform is orthonormal


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


def model_to_train(arguments: argparse.Namespace, windows: Windows) -> Autoencoder:
    """Principal components, or exported weights, whose new blocks change nothing at first."""
    config = AutoencoderConfig()
    tensors: dict[str, torch.Tensor] = {}
    if arguments.start:
        values, tensors = export.load(Path(arguments.start))
        config = AutoencoderConfig.from_dict(values)
    if arguments.decoder_blocks:
        config = replace(config, decoder_blocks=tuple(arguments.decoder_blocks))
    model = Autoencoder(config).to(memory_format=torch.channels_last_3d)
    coefficients = haar(torch.from_numpy(windows.crops(400, 64)).float() / 127.5 - 1)
    if not arguments.start:
        start_as_principal_components(model, coefficients)
        return model
    names = {name for name, _ in model.named_parameters()}
    missing = {name for name in names if name not in tensors}
    if foreign := sorted({n for n in missing if ".blocks." not in n} | {n for n in tensors if n not in names}):
        raise SystemExit(f"{arguments.start}: {foreign[0]} is in one of the file and the autoencoder only")
    model.load_state_dict(tensors, strict=False)
    start_blocks(model, coefficients, tuple({n.rsplit(".", 2)[0] for n in missing} | set(arguments.restart_blocks)))
    return model


class Trainer:
    """The weights that the optimizer moves, and the encoder whose latents they shall keep."""

    def __init__(self, model: Autoencoder, arguments: argparse.Namespace):
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.model = model.to(self.device)
        self.anchor = copy.deepcopy(self.model.encoder).requires_grad_(False)
        self.is_frozen, self.drift = arguments.freeze_encoder, arguments.drift
        self.divergence, self.steadiness = arguments.divergence, arguments.steadiness
        self.after_cuts = arguments.after_cuts
        self.model.encoder.requires_grad_(not self.is_frozen)
        # Between the blocks lies a linear map. Once it is trained, steps of their size only shake it.
        def is_slow(name: str) -> bool:
            return "conv_out" in name or (arguments.start is not None and ".blocks." not in name)

        # Muon for the blocks learns less: 75 steps at 2·10⁻⁴ left it 0.5 dB behind AdamW.
        self.optimizer = Optimizer(self.model, lambda name: False, 0, arguments.rate, is_slow=is_slow)
        self.average = ExponentialMovingAverage(self.model, decay=0.998)

    def loss(self, pixels: torch.Tensor, cuts: torch.Tensor) -> dict[str, torch.Tensor]:
        """The parts of the loss over a batch [B, F, H, W, 3] in [−1, 1], cut before the latents `cuts` [B]; the
        gradient of their sum is added."""
        coefficients = haar(pixels)
        with mixed(self.device):
            with torch.set_grad_enabled(not self.is_frozen):
                mean, log_variance = self.model.posterior(coefficients)
            latents = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
            found = self.model.reconstruct(latents)
        error = coefficient_error(found, coefficients)
        # The logarithm makes the loss the mean PSNR itself and keeps hard pictures from ruling it.
        loss = torch.log(error + 3e-4).mean()
        parts = {"PSNR": psnr(error.detach()).mean()}
        if self.steadiness and pixels.shape[1] > 1:
            jump = border_error(found, coefficients)
            loss = loss + self.steadiness * torch.log(jump + 3e-4).mean()
            parts["borders"] = psnr(jump.detach()).mean()
        if cuts.any():
            cut = error_after_cuts(found, coefficients, cuts)
            parts["after cuts"] = psnr(cut.detach()).mean()
            if self.after_cuts:
                loss = loss + self.after_cuts * torch.log(cut + 3e-4).sum() / len(cuts)
        if not self.is_frozen:
            mean, log_variance = mean.float(), log_variance.float()
            divergence = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).mean()
            loss = loss + self.divergence * divergence
            parts["divergence"] = divergence.detach()
        if self.drift:
            with torch.no_grad(), mixed(self.device):
                sizes = self.model.coefficient_sizes(coefficients)
                anchored = self.anchor((coefficients / sizes).movedim(-1, 1)).chunk(2, dim=1)[0].float()
            drift = (mean - anchored).square().mean() / anchored.square().mean()
            loss = loss + self.drift * drift
            parts["drift"] = drift.detach()
        if not torch.isfinite(loss):
            raise FloatingPointError(f"the loss is {loss.item()} for windows of {tuple(pixels.shape)}")
        loss.backward()
        return parts

    def step(self, scale: float) -> None:
        average_gradients([parameter for parameter in self.model.parameters() if parameter.requires_grad])
        self.optimizer.step(scale)
        self.average.update(self.model)

    def state_dict(self) -> dict:
        return {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "average": self.average.state_dict(),
            "anchor": self.anchor.state_dict(),
        }

    def load_state_dict(self, state: dict) -> None:
        for part in ("model", "optimizer", "average", "anchor"):
            getattr(self, part).load_state_dict(state[part])


def train(arguments: argparse.Namespace) -> None:
    rank = join()
    torch.manual_seed(arguments.seed)
    windows = Windows(Path(arguments.data), arguments.seed)
    held_out = Windows(Path(arguments.held_out), 0).first(24)
    trainer = Trainer(model_to_train(arguments, windows), arguments)
    windows = Windows(Path(arguments.data), arguments.seed + 1000 * rank + 1)
    torch.manual_seed(arguments.seed + 1000 * rank + 1)
    out = Path(arguments.out)
    out.mkdir(parents=True, exist_ok=True)
    state, step = out / "state.pt", 0
    if state.exists():
        saved = torch.load(state, map_location=trainer.device)
        trainer.load_state_dict(saved["trainer"])
        step = saved["step"]
    start, first, recent = time.time(), step, defaultdict(list)

    def checkpoint() -> None:
        """Evaluates and exports the averaged weights, then saves the state."""
        model = copy.deepcopy(trainer.model)
        model.load_state_dict(trainer.average.average)
        clips, pictures = evaluate(model, held_out)
        print(f"step {step}: held out {clips:.2f} dB, single pictures {pictures:.2f} dB", flush=True)
        # Latents that others were trained on stay normalised by the statistics that they had.
        keeps = arguments.freeze_encoder or arguments.drift
        config = model.config if keeps else with_statistics(model, windows, trainer.device)
        reconstructions(model, held_out[:12]).save(out / "sheet.png")
        export.save(out / "vae", config.to_dict(), dict(model.named_parameters()))
        torch.save({"trainer": trainer.state_dict(), "step": step}, state)

    while step < arguments.steps:
        if step % 50 == 0:
            windows.refresh()
        batch, cuts = map(torch.from_numpy, windows.batch(arguments.batch, arguments.frames, cuts=arguments.cuts))
        pixels = batch.to(trainer.device).float() / 127.5 - 1
        for name, value in trainer.loss(pixels, cuts.to(trainer.device)).items():
            recent[name].append(value.item())
        trainer.step(trapezoid(step, arguments.steps, decay=arguments.decay))
        step += 1
        if step % 25 == 0:
            pace = (time.time() - start) / (step - first)
            shown = ", ".join(f"{name} {np.mean(values):.3f}" for name, values in recent.items())
            if rank == 0:
                print(f"step {step}: {shown}, {pace:.2f} s a step", flush=True)
            recent.clear()
        if rank == 0 and (step % arguments.every == 0 or step == arguments.steps):
            checkpoint()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True, help="folder of rendered windows (scripts.train.render)")
    parser.add_argument("--held-out", required=True, help="folder of held-out windows")
    parser.add_argument("--out", help="folder for the state and the exported vae/")
    parser.add_argument("--from", dest="start", help="exported vae/ folder to start from or to evaluate")
    parser.add_argument("--evaluate", action="store_true", help="only print the PSNR of --from")
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--batch", type=int, default=1920, help="latents of 4×16×16 pixels a step and process")
    parser.add_argument("--frames", type=int, default=17, help="frames of a window, where it has as many")
    parser.add_argument("--cuts", type=float, default=0.2, help="share of the windows that get a cut")
    parser.add_argument("--after-cuts", type=float, default=0,
                        help="weight of the error in the four frames after a cut, beside that of the whole window")
    parser.add_argument("--rate", type=float, default=2e-4, help="AdamW's, for the residual blocks")
    parser.add_argument("--decay", type=float, default=0.8, help="share of the steps over which the rates fall")
    parser.add_argument("--divergence", type=float, default=0.01, help="weight of the KL divergence an element")
    parser.add_argument("--steadiness", type=float, default=0,
                        help="weight of the error in the changes from one latent's frames to the next one's")
    parser.add_argument(
        "--freeze-encoder", action="store_true", help="train the decoder alone, so that cached latents stay good"
    )
    parser.add_argument(
        "--drift", type=float, default=0, help="weight of the latents' relative distance from those of --from"
    )
    parser.add_argument("--restart-blocks", metavar="KEY", nargs="*", default=[],
                        help="start residual blocks under these keys anew")
    parser.add_argument("--decoder-blocks", type=int, nargs=3, metavar="N",
                        help="residual blocks of the decoder at H/4, H/8, H/16; new ones change nothing at first")
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
