"""How near pictures are to the truth: PSNR, SSIM, and what the autoencoder alone loses."""

import numpy as np
import torch
import torch.nn.functional as F

from scripts.diorama.autoencoder import Autoencoder
from scripts.world import Clip

from .labels import cuts

LATENT = 4  # frames


def psnr(found: np.ndarray, truth: np.ndarray) -> float:
    """Decibels, of pictures uint8 of one shape."""
    error = np.square(found.astype(np.float32) - truth.astype(np.float32)).mean()
    return float(10 * np.log10(255**2 / max(error, 1e-4)))


def ssim(found: np.ndarray, truth: np.ndarray) -> float:
    """Structural similarity (Wang et al. 2004) of the luminance, Gaussian window 11, of frames uint8 [F, H, W, 3]."""
    grey = torch.tensor([0.299, 0.587, 0.114])
    x, y = (torch.from_numpy(np.array(frames)).float() @ grey for frames in (found, truth))
    window = torch.exp(-((torch.arange(11.0) - 5) ** 2) / (2 * 1.5**2))
    window = (window / window.sum())[None, None, :, None]

    def blur(z: torch.Tensor) -> torch.Tensor:
        return F.conv2d(F.conv2d(z[:, None], window), window.mT)

    mean_x, mean_y = blur(x), blur(y)
    variance_x, variance_y = blur(x * x) - mean_x**2, blur(y * y) - mean_y**2
    covariance = blur(x * y) - mean_x * mean_y
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    values = (2 * mean_x * mean_y + c1) * (2 * covariance + c2)
    return float((values / ((mean_x**2 + mean_y**2 + c1) * (variance_x + variance_y + c2))).mean())


@torch.no_grad()
def there_and_back(model: Autoencoder, frames: np.ndarray) -> np.ndarray:
    """Frames uint8 [F, H, W, 3] as the autoencoder gives them back."""
    pixels = torch.from_numpy(np.array(frames)).float()[None] / 127.5 - 1
    found = model.decode(model.encode(pixels))[0]
    return ((found.clamp(-1, 1) + 1) * 127.5).round().byte().numpy()


def reconstruction(model: Autoencoder, clips: list[tuple[Clip, np.ndarray, np.ndarray]]) -> dict[str, list[float]]:
    """PSNR and SSIM of whole clips, each with its frames and what came back of them, of their first frames as single
    pictures, and of the four frames after each cut."""
    found: dict[str, list[float]] = {name: [] for name in ("clip", "clip SSIM", "picture", "picture SSIM", "cut")}
    for clip, frames, back in clips:
        found["clip"].append(psnr(back, frames))
        found["clip SSIM"].append(ssim(back, frames))
        for cut in cuts(clip):
            found["cut"].append(psnr(back[cut : cut + LATENT], frames[cut : cut + LATENT]))
        single = there_and_back(model, frames[:1])
        found["picture"].append(psnr(single, frames[:1]))
        found["picture SSIM"].append(ssim(single, frames[:1]))
    return found
