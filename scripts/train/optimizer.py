"""Muon for hidden matrices and convolutions, AdamW for the rest (Jordan et al. 2024; scaling of arXiv 2502.16982)."""

from collections import defaultdict

import torch
from torch import Tensor, nn

from scripts.diorama.precision import fast_dtype

_COEFFICIENTS = (3.4445, -4.7750, 2.0315)


def orthogonalize(matrices: Tensor, iterations: int = 5) -> Tensor:
    """The nearest semi-orthogonal matrices to [K, rows, columns], roughly: Newton–Schulz.

    Each iteration is X ← (aI + bG + cG²) X with G = X Xᵀ. For long matrices the factors, which commute with G,
    are multiplied together on the small side in f32, and X is touched twice only.
    """
    a, b, c = _COEFFICIENTS
    transposed = matrices.shape[-2] > matrices.shape[-1]
    x = matrices.mT if transposed else matrices
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    rows, columns = x.shape[-2:]
    if columns > 6 * rows:
        x = x.float()
        gram = x @ x.mT
        identity = torch.eye(rows, device=x.device).expand_as(gram)
        product = identity
        for _ in range(iterations):
            factor = a * identity + b * gram + c * (gram @ gram)
            product = factor @ product
            gram = factor @ gram @ factor
        # The last product needs no more than bf16; the Gram matrix does, or small eigenvalues turn negative and grow.
        dtype = fast_dtype(x.device)
        x = product.to(dtype) @ x.to(dtype)
    else:
        x = x.to(fast_dtype(x.device))
        for _ in range(iterations):
            gram = x @ x.mT
            x = a * x + (b * gram + c * (gram @ gram)) @ x
    return x.mT if transposed else x


class Optimizer:
    """Two optimizers in one: Muon for the matrices that `is_hidden` names (convolutions as [out, in·k], fused
    projections as the square matrices that they are made of), AdamW for the rest; what `is_slow` names moves at
    a fifth of the rate.

    Learning rates are multiplied by `scale` at every step, which is the schedule's place.
    """

    def __init__(self, module: nn.Module, is_hidden, muon_rate: float, adam_rate: float, weight_decay: float = 0.0,
                 is_slow=lambda name: False):
        named = [(n, p) for n, p in module.named_parameters() if p.requires_grad]
        others = [(n, p) for n, p in named if not (p.ndim >= 2 and is_hidden(n))]
        self.muon_rate, self.weight_decay, self.adam_rate = muon_rate, weight_decay, adam_rate
        self.groups: dict[tuple, list] = defaultdict(list)
        for name, parameter in named:
            if parameter.ndim >= 2 and is_hidden(name):
                rows, columns = parameter.flatten(1).shape
                parts = 3 if name.endswith("to_qkv.weight") else 1
                self.groups[parts, rows // parts, columns].append((parameter, torch.zeros_like(parameter)))
        members = [
            {"params": [p for n, p in others if not is_slow(n)], "factor": 1.0},
            {"params": [p for n, p in others if is_slow(n)], "factor": 0.2},
        ]
        self.adam = torch.optim.AdamW(
            [m for m in members if m["params"]], lr=adam_rate, betas=(0.9, 0.98), weight_decay=0.0, fused=True
        )

    @torch.no_grad()
    def step(self, scale: float) -> None:
        for (parts, rows, columns), members in self.groups.items():
            updates = []
            for parameter, momentum in members:
                momentum.lerp_(parameter.grad, 0.05)
                updates.append(parameter.grad.lerp(momentum, 0.95).reshape(parts, rows, columns))
                parameter.grad = None
            # An update's root mean square is 0.2, as Adam's is about, whatever the shape.
            updates = orthogonalize(torch.cat(updates)) * (0.2 * max(rows, columns) ** 0.5)
            for (parameter, _), update in zip(members, updates.split(parts)):
                parameter.mul_(1 - self.weight_decay * self.muon_rate * scale)
                parameter.add_(update.reshape(parameter.shape), alpha=-self.muon_rate * scale)
        for group in self.adam.param_groups:
            group["lr"] = self.adam_rate * scale * group["factor"]
        self.adam.step()
        self.adam.zero_grad(set_to_none=True)

    def state_dict(self) -> dict:
        return {"momentum": [m for members in self.groups.values() for _, m in members], "adam": self.adam.state_dict()}

    def load_state_dict(self, state: dict) -> None:
        mine = [m for members in self.groups.values() for _, m in members]
        for momentum, saved in zip(mine, state["momentum"]):
            momentum.copy_(saved)
        self.adam.load_state_dict(state["adam"])


def trapezoid(step: int, steps: int, warm_up: int = 50, decay: float = 0.35) -> float:
    """Learning-rate factor: a linear rise, a plateau, a linear fall to 2 % over the last `decay` of the run."""
    rise = min(1.0, (step + 1) / warm_up)
    fall = min(1.0, max(0.02, (steps - step) / max(1, decay * steps)))
    return rise * fall


class ExponentialMovingAverage:
    """Weights averaged over about 1 / (1 − decay) steps; what is exported."""

    def __init__(self, module: nn.Module, decay: float):
        self.decay = decay
        self.average = {n: p.detach().clone() for n, p in module.named_parameters()}
        self.count = 0

    @torch.no_grad()
    def update(self, module: nn.Module) -> None:
        self.count += 1
        decay = min(self.decay, self.count / (self.count + 9))
        for name, parameter in module.named_parameters():
            self.average[name].lerp_(parameter, 1 - decay)

    def state_dict(self) -> dict:
        return {"average": self.average, "count": self.count}

    def load_state_dict(self, state: dict) -> None:
        self.count = state["count"]
        for name, value in state["average"].items():
            self.average[name].copy_(value)
