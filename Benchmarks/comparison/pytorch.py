"""What PyTorch computes on its side: modules, their inputs, and the ways to run them."""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from scripts.diorama.generate import Generator
from scripts.diorama.transformer import Layout

from . import wan
from .sides import Function, fastest

DTYPES = {"f32": torch.float32, "bf16": torch.bfloat16}

# A module and what it is called with, by the name of a variant: memory formats, for one.
Variants = dict[str, tuple[Callable, tuple]]


def prepare(threads: int) -> None:
    import torch._inductor.config as inductor

    torch.set_num_threads(threads)
    torch.manual_seed(0)
    # Weights become constants, which are packed as the products want them.
    inductor.freezing = True


def eager(variants: Variants, seconds: float) -> Function:
    return best("PyTorch eager", variants, seconds)


def compiled(variants: Variants, seconds: float) -> Function:
    torch._dynamo.reset()
    ways = {name: (torch.compile(call, dynamic=False), inputs) for name, (call, inputs) in variants.items()}
    return best("PyTorch compiled", ways, seconds)


def best(title: str, variants: Variants, seconds: float) -> Function:
    def calling(call: Callable, inputs: tuple) -> Callable[[], None]:
        def once() -> None:
            with torch.inference_mode():
                call(*inputs)

        return once

    names = {f"{title}, {name}" if name else title: calling(*way) for name, way in variants.items()}
    return fastest(names, seconds)


def linear(rows: int, inputs: int, outputs: int, dtype: str) -> Variants:
    layer = nn.Linear(inputs, outputs).to(DTYPES[dtype]).eval()
    return {"": (layer, (torch.randn(rows, inputs).to(DTYPES[dtype]),))}


def attention(tokens: int, heads: int, head_size: int, dtype: str) -> Variants:
    """PyTorch's own, from queries, keys and values [1, H, N, headSize] as it likes them."""
    parts = tuple(torch.randn(1, heads, tokens, head_size).to(DTYPES[dtype]) for _ in range(3))
    return {"": (F.scaled_dot_product_attention, parts)}


def explicit_attention(tokens: int, heads: int, head_size: int, dtype: str) -> Variants:
    """Two batched products and a softmax between them, with all scores in memory."""

    def attend(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        scores = torch.bmm(query, key.mT) * query.shape[-1] ** -0.5
        return torch.bmm(torch.softmax(scores, dim=-1, dtype=torch.float32).to(value.dtype), value)

    parts = tuple(torch.randn(heads, tokens, head_size).to(DTYPES[dtype]) for _ in range(3))
    return {"": (attend, parts)}


def convolution(frames: int, height: int, width: int, channels: int, dtype: str) -> Variants:
    """3×3×3, causal: the two frames before are part of the input. In both memory formats."""
    layer = nn.Conv3d(channels, channels, 3, padding=(0, 1, 1)).to(DTYPES[dtype]).eval()
    x = torch.randn(1, channels, frames + 2, height, width).to(DTYPES[dtype])
    last = nn.Conv3d(channels, channels, 3, padding=(0, 1, 1)).to(DTYPES[dtype]).eval()
    last.load_state_dict(layer.state_dict())
    return {
        "contiguous": (layer, (x,)),
        "channels last": (
            last.to(memory_format=torch.channels_last_3d),
            (x.to(memory_format=torch.channels_last_3d),),
        ),
    }


def step(generator: Generator, grid: tuple[int, int, int], text_lengths: list[int]) -> Variants:
    """One evaluation of the transformer, of a batch of as many clips as there are texts."""
    batch, longest = len(text_lengths), max(text_lengths)
    config, dtype = generator.config, generator.dtype
    layout = Layout.make([[length] for length in text_lengths], [[grid[0]]] * batch, grid, config).to("cpu", dtype)
    latents = torch.randn(batch, config.latent_channels, *grid).to(dtype)
    condition = torch.zeros_like(latents)
    text = torch.randn(batch, 1, longest, config.text_width).to(dtype)
    return {"": (generator.transformer, (latents, condition, condition[:, :1], torch.full((batch,), 0.5), text, layout))}


def decode(generator: Generator, grid: tuple[int, int, int]) -> Variants:
    """All frames of a clip at once, in both memory formats of what goes in; the weights are channels last."""
    latents = torch.randn(1, generator.config.latent_channels, *grid).to(generator.dtype)
    return {
        "contiguous": (generator.autoencoder.decode, (latents,)),
        "channels last": (generator.autoencoder.decode, (latents.to(memory_format=torch.channels_last_3d),)),
    }


def wan_blocks(grid: tuple[int, int, int], blocks: int, dtype: str) -> Variants:
    return {"": wan.stack(grid, blocks, DTYPES[dtype])}
