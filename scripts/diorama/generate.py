"""A prompt to an mp4 with the twin: `python -m scripts.diorama.generate "a red ball bounces in a meadow" --out out.mp4`.

The same model, weights, schedule and solver as `flipbook generate`, in plain PyTorch: bf16 for the networks, f32 for
the text and between the steps. One shot. The noise is PyTorch's, so a seed draws another video than Flipbook's.
Writing mp4 needs PyAV (`pip install av`).
"""

import argparse
import json
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from .autoencoder import Autoencoder, AutoencoderConfig
from .precision import fast_dtype
from .sampling import flow_shift, flow_sigmas, guide, sample
from .text import TextEncoder
from .transformer import Layout, Transformer, TransformerConfig

DTYPES = {"bf16": torch.bfloat16, "f32": torch.float32}


def load(directory: Path, network: type[nn.Module], config: type, dtype: torch.dtype) -> nn.Module:
    """A component of a model directory. Nothing is initialised that the file would overwrite."""
    values = config.from_dict(json.loads((directory / "config.json").read_text()))
    with torch.device("meta"):
        model = network(values)
    tensors = load_file(directory / "diffusion_pytorch_model.safetensors")
    model.load_state_dict({name: value.to(dtype) for name, value in tensors.items()}, assign=True)
    return model.eval().requires_grad_(False)


class Generator:
    """A loaded model, in the type that this processor multiplies fastest if none is given."""

    def __init__(self, directory: str | Path = "Weights/diorama", dtype: torch.dtype | None = None, compile=False):
        directory = Path(directory)
        self.dtype = dtype = dtype or fast_dtype()
        self.scheduler = json.loads((directory / "scheduler" / "scheduler_config.json").read_text())
        self.text = TextEncoder(directory)
        self.transformer = load(directory / "transformer", Transformer, TransformerConfig, dtype)
        self.autoencoder = load(directory / "vae", Autoencoder, AutoencoderConfig, dtype)
        # Half again as fast as the default order on a processor.
        self.autoencoder.to(memory_format=torch.channels_last_3d)
        self.config = self.transformer.config
        self.velocity, self.decode = self.transformer, self.autoencoder.decode
        if compile:
            self.velocity = torch.compile(self.velocity, dynamic=False)
            self.decode = torch.compile(self.decode, dynamic=False)

    @torch.inference_mode()
    def generate(
        self, prompt: str, width: int = 128, height: int = 128, frames: int = 25, steps: int = 24, guidance: float = 3,
        solver: str = "unipc", seed: int = 7,
    ) -> Tensor:
        """Frames uint8 [F, H, W, 3]."""
        grid = (1 + (frames - 1) // 4, height // 16, width // 16)
        texts = [prompt] if guidance == 1 else [prompt, ""]
        states = [torch.as_tensor(state) for state in self.text.encode(texts)]
        text = nn.utils.rnn.pad_sequence(states, batch_first=True).unsqueeze(1).to(self.dtype)
        layout = Layout.make([[len(state)] for state in states], [[grid[0]]] * len(texts), grid, self.config)
        layout = layout.to("cpu", self.dtype)
        noise = torch.randn(1, self.config.latent_channels, *grid, generator=torch.Generator().manual_seed(seed))
        condition = torch.zeros(len(texts), *noise.shape[1:], dtype=self.dtype)

        def velocity(z: Tensor, sigma: float) -> Tensor:
            latents = z.to(self.dtype).expand(len(texts), -1, -1, -1, -1)
            time = torch.full((len(texts),), sigma)
            found = self.velocity(latents, condition, condition[:, :1], time, text, layout).float()
            return found if guidance == 1 else guide(*found.chunk(2), guidance)

        shift = flow_shift(grid[0] * grid[1] * grid[2], self.scheduler["base_shift"], self.scheduler["base_tokens"])
        latents = sample(velocity, noise, flow_sigmas(steps, shift), solver)
        pixels = self.decode(latents.to(self.dtype))[0].float()
        return ((pixels.clamp(-1, 1) + 1) * 127.5).round().byte()


def write_mp4(path: str | Path, frames: Tensor, rate: int = 24) -> None:
    """H.264 of frames uint8 [F, H, W, 3], with the settings that Flipbook has."""
    import av

    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=rate, options={"crf": "18", "preset": "medium"})
        stream.height, stream.width = frames.shape[1:3]
        stream.pix_fmt = "yuv420p"
        stream.thread_count = 1
        for picture in frames.numpy():
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("prompt")
    parser.add_argument("--out", required=True)
    parser.add_argument("--model", default="Weights/diorama")
    parser.add_argument("--size", default="128x128", help="width x height, multiples of 16")
    parser.add_argument("--frames", type=int, default=25, help="1 + 4k")
    parser.add_argument("--steps", type=int, default=24)
    parser.add_argument("--guidance-scale", type=float, default=3.0, help="1 is without guidance")
    parser.add_argument("--solver", default="unipc")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--dtype", choices=DTYPES, help="default: what this processor multiplies fastest")
    parser.add_argument("--threads", type=int, help="default: PyTorch's own")
    parser.add_argument("--compile", action="store_true", help="pays where many clips are made, not for one")
    arguments = parser.parse_args()
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    width, height = map(int, arguments.size.split("x"))
    generator = Generator(arguments.model, DTYPES.get(arguments.dtype), arguments.compile)
    frames = generator.generate(
        arguments.prompt, width, height, arguments.frames, arguments.steps, arguments.guidance_scale, arguments.solver,
        arguments.seed,
    )
    write_mp4(arguments.out, frames)


if __name__ == "__main__":
    main()
