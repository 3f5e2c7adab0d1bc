"""Sampling: the flow from noise to a clean sample, and the twin of Sources/Diffusion.

A model of flow matching knows the velocity v = ε − x0 on the path z = (1−σ)·x0 + σ·ε, which is the
derivative of z with respect to σ. Sampling starts with noise at σ = 1 and integrates down to σ = 0.

    sigmas = flow_sigmas(steps=20, shift=flow_shift(tokens, base_shift=3, base_tokens=448))
    latents = sample(velocity, noise, sigmas, solver="unipc")

Every solver has the signature `solver(velocity, z, sigmas) -> z`, where `velocity(z, sigma)` returns
a tensor of the shape of z, `sigma` and `sigmas` are Python floats, and sigmas fall strictly.
Coefficients are computed in Float64, whatever the dtype of z.
"""

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

Velocity = Callable[[Tensor, float], Tensor]


def flow_shift(tokens: int, base_shift: float, base_tokens: int) -> float:
    """How far the noise levels of a clip move up: with the square root of its size, since
    neighbouring tokens average the noise away (Esser et al. 2024)."""
    return base_shift * math.sqrt(tokens / base_tokens)


def flow_sigmas(steps: int, shift: float) -> list[float]:
    """The `steps + 1` noise levels from exactly 1 to exactly 0: σ = s·t / (1 + (s−1)·t)."""
    levels = []
    for step in range(steps + 1):
        signal = step / steps
        noise = shift * ((steps - step) / steps)
        levels.append(noise / (noise + signal))
    return levels


def sample(
    velocity: Velocity,
    noise: Tensor,
    sigmas: Sequence[float],
    solver: str = "unipc",
    held_steps: int = 0,
) -> Tensor:
    """Integrates from `noise` at sigmas[0] to sigmas[-1].

    The first `held_steps` steps leave z as it is: the zero-init of CFG-Zero*.
    """
    return SOLVERS[solver](velocity, noise, sigmas[held_steps:])


def euler(velocity: Velocity, z: Tensor, sigmas: Sequence[float]) -> Tensor:
    """First order."""
    for sigma, following in zip(sigmas, sigmas[1:]):
        z = z + (following - sigma) * velocity(z, sigma)
    return z


def heun(velocity: Velocity, z: Tensor, sigmas: Sequence[float]) -> Tensor:
    """Second order, two evaluations a step; the last step is Euler's (Karras et al. 2022)."""
    steps = len(sigmas) - 1
    for i in range(steps):
        h = sigmas[i + 1] - sigmas[i]
        v = velocity(z, sigmas[i])
        predicted = z + h * v
        if i == steps - 1:
            return predicted
        z = z + 0.5 * h * (v + velocity(predicted, sigmas[i + 1]))
    return z


def dpmpp2m(velocity: Velocity, z: Tensor, sigmas: Sequence[float]) -> Tensor:
    """DPM-Solver++(2M) in flow form (Lu et al. 2022, algorithm 2). First order in the first and in
    the last step."""
    steps = len(sigmas) - 1
    lambdas = [_lambda(sigma) for sigma in sigmas]
    previous = None
    for i in range(steps):
        x0 = z - sigmas[i] * velocity(z, sigmas[i])
        estimate = x0
        if 0 < i < steps - 1:
            r = (lambdas[i] - lambdas[i - 1]) / (lambdas[i + 1] - lambdas[i])
            estimate = x0 + (x0 - previous) / (2 * r)
        decay = sigmas[i + 1] / sigmas[i]
        z = decay * z + (1 - decay) * estimate
        previous = x0
    return z


def unipc(velocity: Velocity, z: Tensor, sigmas: Sequence[float]) -> Tensor:
    """UniPC of order 2, bh2, predicting the clean sample (Zhao et al. 2023), in flow form. First
    order in the first and in the last step; no corrector after the last."""
    steps = len(sigmas) - 1
    lambdas = [_lambda(sigma) for sigma in sigmas]
    estimates: list[Tensor] = []
    base = z

    def take(i: int, end: Tensor | None) -> Tensor:
        """Step i from `base`: the predictor, or the corrector when the estimate at its `end` is
        known."""
        decay = sigmas[i + 1] / sigmas[i]
        estimate = estimates[i]
        if i == 0 or i == steps - 1:
            if end is not None:
                estimate = estimate + 0.5 * (end - estimates[i])
        else:
            h = lambdas[i + 1] - lambdas[i]
            r = (lambdas[i - 1] - lambdas[i]) / h
            difference = (estimates[i - 1] - estimates[i]) / r
            if end is None:
                estimate = estimate + 0.5 * difference
            else:
                rho1, rho2 = _corrector_weights(r, h)
                estimate = estimate + rho1 * difference + rho2 * (end - estimates[i])
        return decay * base + (1 - decay) * estimate

    for i in range(steps):
        estimates.append(z - sigmas[i] * velocity(z, sigmas[i]))
        if i > 0:
            z = take(i - 1, end=estimates[i])
        base = z
        z = take(i, end=None)
    return z


SOLVERS: dict[str, Callable[[Velocity, Tensor, Sequence[float]], Tensor]] = {
    "euler": euler,
    "heun": heun,
    "unipc": unipc,
    "dpmpp2m": dpmpp2m,
}


def guide(
    conditional: Tensor,
    unconditional: Tensor,
    scale: float,
    rescale: float = 0.0,
    zero_star: bool = False,
) -> Tensor:
    """Classifier-free guidance of velocities [B, ...], clip by clip.

    `rescale` gives back that share of the conditional contrast (Lin et al. 2023, section 3.4);
    `zero_star` first scales `unconditional` by its best fit to `conditional` (Fan et al. 2025).
    """
    per_clip = (-1,) + (1,) * (conditional.dim() - 1)
    c, u = conditional.flatten(1), unconditional.flatten(1)
    if zero_star:
        square = (u * u).sum(1)
        fit = torch.where(square > 0, (c * u).sum(1) / square, torch.ones_like(square))
        unconditional = unconditional * fit.view(per_clip)
    guided = unconditional + scale * (conditional - unconditional)
    if rescale > 0:
        contrast, guided_contrast = c.std(1), guided.flatten(1).std(1)
        ratio = torch.where(guided_contrast > 0, contrast / guided_contrast, 1.0)
        guided = guided * (rescale * ratio + (1 - rescale)).view(per_clip)
    return guided


def _lambda(sigma: float) -> float:
    """log(α/σ) with α = 1 − σ; infinite at both ends, where the solvers take the limits."""
    if sigma == 0:
        return math.inf
    if sigma == 1:
        return -math.inf
    return math.log((1 - sigma) / sigma)


def _corrector_weights(r: float, h: float) -> tuple[float, float]:
    """Solves ρ1 + ρ2 = b1, r·ρ1 + ρ2 = b2 with b_k = k!·φ_(k+1)(−h) / φ_1(−h)."""
    phi1 = math.expm1(-h) / -h
    phi2 = (phi1 - 1) / -h
    phi3 = (phi2 - 0.5) / -h
    b1, b2 = phi2 / phi1, 2 * phi3 / phi1
    rho1 = (b1 - b2) / (1 - r)
    return rho1, b1 - rho1
