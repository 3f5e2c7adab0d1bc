"""Starts the autoencoder as a pyramid of principal components.

With the second convolution of every residual block at zero, encoder and decoder are linear maps. Set to
principal components level by level, they reach 25 dB before the first step, and every block gets the gradient of
what the linear code misses. From random weights the same takes a thousand steps.
"""

import torch
from torch import Tensor, nn

from scripts.diorama.autoencoder import Autoencoder, CausalConv3d, ChannelRMSNorm, ResidualBlock


def components(samples: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """The first `count` principal directions of [N, D] and their standard deviations: [D, count], [count]."""
    values, vectors = torch.linalg.eigh(samples.T @ samples / len(samples))
    return vectors.flip(1)[:, :count], values.flip(0)[:count].clamp(min=1e-8).sqrt()


def flat(x: Tensor) -> Tensor:
    """[B, C, T, h, w] to [N, C]."""
    return x.movedim(1, -1).flatten(0, -2)


def set_center(convolution: CausalConv3d, matrix: Tensor) -> None:
    """Makes a convolution the linear map [out, in] of the present position alone."""
    convolution.weight.zero_()
    t, h, w = (size // 2 for size in convolution.kernel_size)
    now = convolution.kernel_size[0] - 1
    rows = len(matrix)
    convolution.weight[:rows, :, now if t else 0, h, w] = matrix
    convolution.bias[:rows] = 0


def spread(matrix: Tensor) -> Tensor:
    """A map [out, in] as one of channels in fours, c·4 + place, that keeps the places apart: [4·out, 4·in]."""
    return torch.kron(matrix.contiguous(), torch.eye(4, device=matrix.device))


@torch.no_grad()
def start_as_principal_components(model: Autoencoder, coefficients: Tensor) -> None:
    """Sets the convolutions between the levels from Haar coefficients [B, T, h, w, 192] of some clips."""
    encoder, decoder = model.encoder, model.decoder
    wide, middle, deep = model.config.encoder_channels
    if model.config.decoder_channels != model.config.encoder_channels:
        raise ValueError("the pyramid needs encoder and decoder of the same widths")
    x = (coefficients / model.coefficient_sizes(coefficients)).movedim(-1, 1)

    basis, _ = components(flat(x), wide)
    set_center(encoder.conv_in, basis.T)
    set_center(decoder.conv_out, basis)
    x = encoder.conv_in(x)

    # H/4 to H/8: the first components of each of four places.
    kept = middle // 4
    set_center(encoder.levels[1]["downsample"].conv, torch.eye(kept, wide, device=x.device))
    set_center(decoder.levels[1]["upsample"].conv, spread(torch.eye(wide, kept, device=x.device)))
    x = encoder.levels[1]["downsample"](x)

    # H/8 to H/16.
    basis, _ = components(flat(x), deep // 4)
    set_center(encoder.levels[2]["downsample"].conv, basis.T)
    set_center(decoder.levels[0]["upsample"].conv, spread(basis))
    x = flat(encoder.levels[2]["downsample"](x))

    # The latents are whitened: each component has size one.
    mean = x.mean(dim=0)
    basis, sizes = components(x - mean, model.config.latent_channels)
    log_variance = encoder.conv_out.bias[model.config.latent_channels :].clone()
    set_center(encoder.conv_out, (basis / sizes).T)
    encoder.conv_out.bias[: model.config.latent_channels] = -(mean @ (basis / sizes))
    encoder.conv_out.bias[model.config.latent_channels :] = log_variance
    set_center(decoder.conv_in, basis * sizes)
    decoder.conv_in.bias.copy_(mean)
    start_blocks(model, coefficients)


@torch.no_grad()
def start_blocks(model: Autoencoder, coefficients: Tensor, prefixes: tuple[str, ...] = ("",)) -> None:
    """Starts the residual blocks whose keys begin with one of `prefixes` anew: random, with a second convolution of zero.

    Brightness is ten times as large as the channels of detail. The weights of the first norm make all channels
    alike; without them one channel of the first convolution grows until the second norm hides all others, and
    the block has no more to say than a linear map (seen in the deep blocks after 1,800 steps).
    """
    sizes: dict[str, Tensor] = {}

    def measure(name: str):
        def hook(_, inputs, __):
            sizes[name] = inputs[0].float().square().mean(dim=(0, 2, 3, 4)).sqrt()

        return hook

    norms = [(n, m) for n, m in model.named_modules() if isinstance(m, ChannelRMSNorm) and n.endswith("norm1")]
    hooks = [norm.register_forward_hook(measure(name)) for name, norm in norms]
    model.reconstruct(model.posterior(coefficients)[0])
    for hook in hooks:
        hook.remove()
    for name, block in model.named_modules():
        if isinstance(block, ResidualBlock) and name.startswith(prefixes):
            size = sizes[f"{name}.norm1"].clamp(min=0.02)
            block.norm1.weight.copy_((size.square().mean().sqrt() / size).clamp(max=20))
            nn.init.ones_(block.norm2.weight)
            nn.init.kaiming_normal_(block.conv1.weight, nonlinearity="relu")
            nn.init.zeros_(block.conv1.bias)
            nn.init.zeros_(block.conv2.weight)
            nn.init.zeros_(block.conv2.bias)
