"""Golden values of the model, from its PyTorch twin in float64, for Tests/DioramaTests.

    python -m scripts.golden.diorama

Weights are bf16 numbers and inputs float32, small and random; results are computed in float64 and
rounded once. Weights that training starts at zero are drawn as well, or whole branches would go unseen.
"""

import json
from dataclasses import replace
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from ..diorama.autoencoder import Autoencoder, AutoencoderConfig
from ..diorama.sampling import flow_sigmas, guide, sample
from ..diorama.transformer import Layout, Transformer, TransformerConfig

FOLDER = Path(__file__).parents[2] / "Tests" / "Fixtures" / "diorama"

TRANSFORMER = TransformerConfig(
    latent_channels=4, width=32, heads=2, pairs=2, mlp_ratio=2, text_width=16, time_width=16,
    rope_axes=(8, 4, 4), window=(2, 3), max_text_tokens=8,
)
AUTOENCODER = AutoencoderConfig(
    latent_channels=4, encoder_channels=(8, 8, 12), encoder_blocks=(1, 1, 1),
    decoder_channels=(8, 8, 12), decoder_blocks=(1, 1, 1),
    latents_mean=(0.25, -0.5, 0.0, 1.0), latents_std=(1.5, 0.75, 2.0, 1.25),
)


def draw(module: nn.Module, generator: torch.Generator) -> nn.Module:
    """Random weights that bf16 holds exactly, as float64: matrices keep the size of their input."""
    for name, value in module.named_parameters():
        kind = name.rsplit(".", 1)[-1]
        if value.dim() > 1 and kind == "weight":
            scale, offset = value[0].numel() ** -0.5, 0.0
        elif kind in ("norm_q", "norm_k", "weight"):
            scale, offset = 0.2, 1.0
        else:
            scale, offset = 0.2, 0.0
        value.data = (torch.randn(value.shape, generator=generator) * scale + offset).bfloat16().double()
        value.requires_grad_(False)
    return module.eval()


def numbers(generator: torch.Generator, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=generator).float().double()


def save(name: str, tensors: dict[str, Tensor], dtype: torch.dtype = torch.float32) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    rounded = {key: value.detach().to(dtype).contiguous().clone() for key, value in tensors.items()}
    save_file(rounded, FOLDER / f"{name}.safetensors")


def save_model(name: str, module: nn.Module, config: dict) -> None:
    save(name, module.state_dict(), torch.bfloat16)
    (FOLDER / f"{name}.json").write_text(json.dumps(config) + "\n")


def blocks(model: Transformer, generator: torch.Generator) -> None:
    """A spatial block, and a temporal one with plain and with shifted windows, of two shots."""
    grid, lengths, frames = (3, 4, 5), [3, 2], [2, 1]
    layout = Layout.make([lengths], [frames], grid, TRANSFORMER)
    picture, text = numbers(generator, 1, 60, 32), numbers(generator, 1, 2 * 3, 32)
    shared = numbers(generator, 1, 6, 32) / 4
    spatial = model.pairs[0]["spatial"]
    seen, read = spatial(picture, text, shared, layout)
    valid = layout.text_valid.flatten(1)[0]
    out = {
        "picture": picture[0], "text": text[0, valid], "shared": shared[0],
        "spatial.picture": seen[0], "spatial.text": read[0, valid],
    }
    for index, name in enumerate(("plain", "shifted")):
        out[f"temporal.{name}"] = model.pairs[index]["temporal"](picture, shared, layout)[0]
    save("blocks", out)


def steps(model: Transformer, generator: torch.Generator) -> None:
    """The velocity: one and two shots, with and without a condition, both kinds of attention."""
    grid = (3, 4, 5)
    full = Transformer(replace(TRANSFORMER, attention="full")).double()
    full.load_state_dict(model.state_dict())
    out = {}
    cases = {"one": ([5], [3], False), "two": ([3, 6], [2, 1], True)}
    for name, (lengths, frames, conditioned) in cases.items():
        layout = Layout.make([lengths], [frames], grid, TRANSFORMER)
        latents, condition = numbers(generator, 1, 4, *grid), numbers(generator, 1, 4, *grid)
        mask = torch.zeros(1, 1, *grid).double()
        if conditioned:
            mask[:, :, 0] = 1
        condition = condition * mask
        text = numbers(generator, 1, len(lengths), max(lengths), 16)
        # A noise level that float32 holds exactly, times 1,000 too.
        time = torch.tensor([0.625], dtype=torch.float32)
        arguments = (latents, condition, mask, time, text, layout)
        valid = layout.text_valid[0]
        out |= {
            f"{name}.latents": latents[0], f"{name}.condition": condition[0],
            f"{name}.text": text[0][valid],
            f"{name}.alternating": model(*arguments)[0], f"{name}.full": full(*arguments)[0],
        }
    save("steps", out)


def autoencoder(model: Autoencoder, generator: torch.Generator) -> None:
    """Encoding and decoding nine frames of 16×32."""
    pixels = torch.tanh(numbers(generator, 1, 9, 16, 32, 3)).float().double()
    latents = numbers(generator, 1, 4, 3, 1, 2)
    save(
        "autoencoder",
        {
            "pixels": pixels[0], "encoded": model.encode(pixels)[0],
            "latents": latents[0], "decoded": model.decode(latents)[0],
        },
    )


def clip(model: Transformer, decoder: Autoencoder, generator: torch.Generator) -> None:
    """Four guided steps of UniPC from a noise that is in the file, and the frames."""
    grid = (2, 1, 2)
    noise = numbers(generator, 1, 4, *grid)
    text, empty = numbers(generator, 1, 1, 5, 16), numbers(generator, 1, 1, 2, 16)
    nothing = torch.zeros(1, 4, *grid).double(), torch.zeros(1, 1, *grid).double()

    def velocity(z: Tensor, sigma: float) -> Tensor:
        time = torch.tensor([sigma], dtype=torch.float64)
        with_prompt, without = (
            model(z, *nothing, time, states, Layout.make([[states.shape[2]]], [[2]], grid, TRANSFORMER))
            for states in (text, empty)
        )
        return guide(with_prompt, without, scale=3.0)

    latents = sample(velocity, noise, flow_sigmas(4, shift=3.0), solver="unipc")
    save(
        "clip",
        {
            "noise": noise[0], "text": text[0, 0], "empty": empty[0, 0],
            "latents": latents[0], "frames": decoder.decode(latents)[0],
        },
    )


def held(model: Transformer, generator: torch.Generator) -> None:
    """Four steps of UniPC with a given first frame, which is put in its place before every look of the model
    and after the last."""
    grid = (3, 1, 2)
    noise, given = numbers(generator, 1, 4, *grid), numbers(generator, 1, 4, *grid)
    text = numbers(generator, 1, 1, 5, 16)
    mask = torch.zeros(1, 1, *grid).double()
    mask[:, :, 0] = 1
    layout = Layout.make([[5]], [[3]], grid, TRANSFORMER)

    def velocity(z: Tensor, sigma: float) -> Tensor:
        z = torch.where(mask > 0, (1 - sigma) * given + sigma * noise, z)
        found = model(z, given * mask, mask, torch.tensor([sigma], dtype=torch.float64), text, layout)
        return torch.where(mask > 0, noise - given, found)

    latents = sample(velocity, noise, flow_sigmas(4, shift=3.0), solver="unipc")
    latents = torch.where(mask > 0, given, latents)
    save("held", {"noise": noise[0], "given": given[0], "text": text[0, 0], "latents": latents[0]})


@torch.no_grad()
def main() -> None:
    torch.set_default_dtype(torch.float64)
    generator = torch.Generator().manual_seed(7)
    transformer = draw(Transformer(TRANSFORMER), generator)
    vae = draw(Autoencoder(AUTOENCODER), generator)
    save_model("transformer", transformer, TRANSFORMER.to_dict())
    save_model("vae", vae, AUTOENCODER.to_dict())
    blocks(transformer, generator)
    steps(transformer, generator)
    autoencoder(vae, generator)
    clip(transformer, vae, generator)
    held(transformer, generator)


if __name__ == "__main__":
    main()
