"""In which numbers networks are trained and run: bfloat16 where the hardware multiplies it, Float32 elsewhere.

On a processor with AVX2 alone a training step of the autoencoder takes 3 s a clip in Float32 and 80 s in bfloat16 (one core
of a Zen 3, PyTorch 2.15).
"""

import torch


def fast_dtype(device: torch.device | str = "cpu") -> torch.dtype:
    """The type that `device` multiplies fastest."""
    is_cpu = torch.device(device).type == "cpu"
    has_products = not is_cpu or torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return torch.bfloat16 if has_products else torch.float32


def mixed(device: torch.device | str = "cpu") -> torch.autocast:
    """Inside it, products and convolutions take `fast_dtype`; what surrounds them stays Float32."""
    device_type = torch.device(device).type
    return torch.autocast(device_type, dtype=torch.bfloat16, enabled=fast_dtype(device) == torch.bfloat16)
