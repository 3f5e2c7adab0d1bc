"""Trains the transformer on cached latents: `python -m scripts.train.transformer --data DIR --out DIR`.

Flow matching: z_t = (1−t)·x0 + t·ε, the network predicts v = ε − x0; t is logit-normal, shifted toward noise,
where layout and motion are decided (Esser et al., arXiv 2403.03206). Pictures come first (--picture-steps):
they teach shapes, colours and scenes at a seventh of the price of a clip.

The state in --out makes the run resumable; --from starts from exported weights instead.

On several cores run one process a core, each on one thread; they share every step's gradient
(scripts/train/processes.py).
"""

import argparse
import time
from pathlib import Path

import torch
from torch import Tensor

from scripts.diorama.precision import fast_dtype
from scripts.diorama.text import TextEncoder
from scripts.diorama.transformer import Transformer, TransformerConfig

from . import export, samples
from .dataset import Batch, Dataset
from .optimizer import ExponentialMovingAverage, Optimizer, trapezoid
from .processes import average_gradients, join


def is_hidden(name: str) -> bool:
    """The matrices of the blocks; embeddings, modulations and the output are AdamW's."""
    return name.startswith("pairs.") and name.endswith(".weight")


def draw_times(count: int, shift: float, high: float, low: float) -> Tensor:
    """Logit-normal times, moved toward 1 by t' = s·t / (1 + (s−1)·t), spread evenly over the batch.

    The logit-normal all but leaves out both ends. A share `high` is uniform between 0.85 and 1 instead, where the
    network learns what a text means for the whole clip, which way its subject goes before all; a share `low` is
    uniform between 0 and 0.5: what the last steps leave unsharp differs from latent to latent, and flickers.
    """
    even = (torch.arange(count) + torch.rand(count)) / count
    time = torch.sigmoid(torch.special.ndtri(even.clamp(1e-3, 1 - 1e-3)))[torch.randperm(count)]
    time = shift * time / (1 + (shift - 1) * time)
    part = torch.rand(count)
    time = torch.where(part < high, 0.85 + 0.15 * torch.rand(count), time)
    return torch.where(part > 1 - low, 0.5 * torch.rand(count), time)


def channel_weights(autoencoder: Path) -> Tensor:
    """How much every latent channel moves the picture, [C], mean 1: the size of the principal component that it
    began as. Without it the many channels of fine detail rule the loss, and the brightness, which moves the
    picture most, stays as noisy as they."""
    size = export.load(autoencoder)[1]["decoder.conv_in.weight"].flatten(2).norm(dim=(0, 2))
    return size / size.mean()


class Trainer:
    """f32 masters that the optimizer moves, and the bf16 model that is trained with them."""

    def __init__(self, config: TransformerConfig, arguments: argparse.Namespace):
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.dtype = fast_dtype(self.device)
        self.master = Transformer(config).to(self.device)
        if arguments.start:
            self.master.load_state_dict(export.load(Path(arguments.start))[1])
        self.optimizer = Optimizer(
            self.master, is_hidden, arguments.muon_rate, arguments.adam_rate, 0.01, lambda name: name.startswith("velocity")
        )
        self.average = ExponentialMovingAverage(self.master, decay=0.998)
        self.weights = channel_weights(Path(arguments.autoencoder)).to(self.device).view(1, -1, 1, 1, 1)
        self.model = Transformer(config).to(self.device, self.dtype)
        self.fast = self.compiled(config) if arguments.compile else None
        self.copy_masters()

    def compiled(self, config: TransformerConfig) -> Transformer:
        """The same parameters in a model whose blocks are compiled; kept for the shapes that come most."""
        fast = Transformer(config).to(self.device, self.dtype)
        for (_, mine), (_, theirs) in zip(self.model.named_modules(), fast.named_modules()):
            for name, parameter in mine.named_parameters(recurse=False):
                setattr(theirs, name, parameter)
        for pair in fast.pairs:
            pair["spatial"].compile(dynamic=False)
            pair["temporal"].compile(dynamic=False)
        return fast

    @torch.no_grad()
    def copy_masters(self) -> None:
        for mine, master in zip(self.model.parameters(), self.master.parameters()):
            mine.copy_(master)

    def sheet(self, arguments: argparse.Namespace):
        """Samples of the averaged weights (scripts/train/samples.py), drawn on the processor."""
        model = Transformer(self.master.config).to(fast_dtype())
        model.load_state_dict(self.average.average)
        autoencoder = export.load_autoencoder(Path(arguments.autoencoder))
        return samples.draw(model, autoencoder, TextEncoder(arguments.model))

    def loss(self, batch: Batch, shift: float, high: float, low: float, compiled: bool) -> Tensor:
        """The weighted mean square error of the velocity over a batch; its gradient is added."""
        count = len(batch.latents)
        latents = batch.latents.to(self.device).float()
        moment = draw_times(count, shift, high, low).to(self.device)
        t = moment.view(-1, 1, 1, 1, 1)
        noise = torch.randn_like(latents)
        noisy = ((1 - t) * latents + t * noise).to(self.dtype)
        condition, mask, text, layout = batch.inputs(self.device, self.dtype)
        model = self.fast if compiled else self.model
        found = model(noisy, condition, mask, moment, text, layout).float()
        error = (self.weights * (found - (noise - latents)).square()).mean()
        error.backward()
        return error.detach()

    def step(self, scale: float, count: int) -> None:
        """One optimizer step after `count` batches, on the gradient of all processes."""
        for master, mine in zip(self.master.parameters(), self.model.parameters()):
            master.grad = mine.grad.float().div_(count) if mine.grad is not None else torch.zeros_like(master)
            mine.grad = None
        average_gradients(list(self.master.parameters()))
        torch.nn.utils.clip_grad_norm_(self.optimizer.adam.param_groups[0]["params"], 1.0)
        self.optimizer.step(scale)
        self.average.update(self.master)
        self.copy_masters()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="folder of cached latents and texts (scripts.train.cache)")
    parser.add_argument("--out", required=True, help="folder for the state and the exported transformer/")
    parser.add_argument("--from", dest="start", help="exported transformer/ folder to start from")
    parser.add_argument("--model", default="Weights/diorama", help="where the text encoder and the tokenizer are")
    parser.add_argument("--autoencoder", default="Weights/diorama/vae")
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--picture-steps", type=int, default=400, help="first steps, on single pictures only")
    parser.add_argument("--picture-share", type=float, default=0.1, help="share of pictures after that")
    parser.add_argument("--batch", type=int, default=16, help="clips a batch; pictures are four times as many")
    parser.add_argument("--accumulate", type=int, default=1, help="batches a step")
    parser.add_argument("--shift", type=float, default=3.0, help="shift of the training times for clips")
    parser.add_argument("--high-noise", type=float, default=0.25, help="share of clips' times between 0.85 and 1")
    parser.add_argument("--low-noise", type=float, default=0.2, help="share of times between 0 and 0.5")
    parser.add_argument("--emphasize", nargs="*", default=[], metavar="TRAIT",
                        help="shapes, actions and cameras to draw more often")
    parser.add_argument("--emphasis", type=float, default=3.0, help="how many times as often")
    parser.add_argument("--picture-shift", type=float, default=2.0)
    parser.add_argument("--muon-rate", type=float, default=3e-3)
    parser.add_argument("--adam-rate", type=float, default=6e-4)
    parser.add_argument("--decay", type=float, default=0.3, help="share of the steps over which the rates fall")
    parser.add_argument("--every", type=int, default=200, help="steps between exports")
    parser.add_argument("--sheet-every", type=int, default=400, help="steps between sample sheets; 0: none")
    parser.add_argument("--compile", action="store_true", help="compile the blocks for the commonest shapes")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    rank = join()
    torch.manual_seed(arguments.seed)
    config = TransformerConfig()
    empty = torch.as_tensor(TextEncoder(arguments.model).encode([""])[0])
    emphasis = dict.fromkeys(arguments.emphasize, arguments.emphasis)
    dataset = Dataset(Path(arguments.data), empty, config, arguments.seed, rank, emphasis=emphasis)
    trainer = Trainer(config, arguments)
    torch.manual_seed(arguments.seed + 1000 * rank + 1)
    out = Path(arguments.out)
    state, step = out / "state.pt", 0
    if state.exists():
        saved = torch.load(state, map_location=trainer.device)
        trainer.master.load_state_dict(saved["master"])
        trainer.optimizer.load_state_dict(saved["optimizer"])
        trainer.average.load_state_dict(saved["average"])
        step = saved["step"]
        trainer.copy_masters()
    print(f"{len(dataset)} clips, {sum(p.numel() for p in trainer.master.parameters()) / 1e6:.1f} M parameters", flush=True)
    started, losses = time.time(), {}
    while step < arguments.steps:
        for _ in range(arguments.accumulate):
            # The same for all processes, or one waits for the other.
            pictures = step < arguments.picture_steps or step % 10 < round(10 * arguments.picture_share)
            batch = dataset.pictures(4 * arguments.batch) if pictures else dataset.clips(arguments.batch)
            compiled = trainer.fast is not None and batch.layout.grid in ((1, 8, 8), (7, 8, 8))
            shift = arguments.picture_shift if pictures else arguments.shift
            high = 0.0 if pictures else arguments.high_noise
            losses.setdefault(batch.name, []).append(trainer.loss(batch, shift, high, arguments.low_noise, compiled))
        trainer.step(trapezoid(step, arguments.steps, decay=arguments.decay), arguments.accumulate)
        step += 1
        if step % 20 == 0 and rank == 0:
            shown = ", ".join(f"{n} {sum(v) / len(v):.4f}" for n, v in sorted(losses.items()))
            print(f"step {step} ({time.time() - started:.0f} s): {shown}", flush=True)
            losses.clear()
        if step % 100 == 0:
            dataset.refresh()
        if rank == 0 and (step % arguments.every == 0 or step == arguments.steps):
            export.save(out / "transformer", config.to_dict(), trainer.average.average)
            torch.save(
                {
                    "master": trainer.master.state_dict(),
                    "optimizer": trainer.optimizer.state_dict(),
                    "average": trainer.average.state_dict(),
                    "step": step,
                },
                state,
            )
        if rank == 0 and arguments.sheet_every and step % arguments.sheet_every == 0:
            trainer.sheet(arguments).save(out / f"sheet-{step:06d}.png")


if __name__ == "__main__":
    main()
