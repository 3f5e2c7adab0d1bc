"""Weights to and from the directory layout of diffusers: config.json beside a bf16 safetensors file."""

import json
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from scripts.diorama.autoencoder import Autoencoder, AutoencoderConfig
from scripts.diorama.transformer import Transformer, TransformerConfig

WEIGHTS = "diffusion_pytorch_model.safetensors"


def save(directory: Path, config: dict, tensors: dict[str, Tensor]) -> None:
    """Writes config.json and the weights, rounded to bf16; each file appears whole."""
    directory.mkdir(parents=True, exist_ok=True)
    rounded = {name: value.detach().to(torch.bfloat16).contiguous() for name, value in sorted(tensors.items())}
    partial = directory / (WEIGHTS + ".partial")
    save_file(rounded, partial, metadata={"format": "pt"})
    partial.rename(directory / WEIGHTS)
    (directory / "config.json").write_text(json.dumps(config, indent=2) + "\n")


def load(directory: Path) -> tuple[dict, dict[str, Tensor]]:
    """The config and the weights, widened to f32."""
    config = json.loads((directory / "config.json").read_text())
    return config, {name: value.float() for name, value in load_file(directory / WEIGHTS).items()}


def load_autoencoder(directory: Path) -> Autoencoder:
    """The autoencoder of an exported vae/ folder, f32, channels last."""
    config, tensors = load(directory)
    model = Autoencoder(AutoencoderConfig.from_dict(config)).to(memory_format=torch.channels_last_3d)
    model.load_state_dict(tensors)
    return model


def load_transformer(directory: Path) -> Transformer:
    """The transformer of an exported transformer/ folder, f32."""
    config, tensors = load(directory)
    model = Transformer(TransformerConfig.from_dict(config))
    model.load_state_dict(tensors)
    return model
