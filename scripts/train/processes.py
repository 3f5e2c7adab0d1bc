"""One process a core: each takes its own batches, all take the same steps.

    RANK=0 WORLD_SIZE=2 MASTER_ADDR=127.0.0.1 MASTER_PORT=29500 taskset -c 0 python -m scripts.train.…
"""

import os

import torch
import torch.distributed as distributed


def join() -> int:
    """Joins the other processes when the environment names some; this one's number."""
    if "WORLD_SIZE" in os.environ:
        distributed.init_process_group("gloo")
    return int(os.environ.get("RANK", 0))


def average_gradients(parameters: list[torch.nn.Parameter]) -> None:
    """Every gradient becomes its mean over all processes."""
    if not distributed.is_initialized():
        return
    gradients = [parameter.grad for parameter in parameters]
    together = torch.cat([gradient.flatten() for gradient in gradients])
    distributed.all_reduce(together)
    together /= distributed.get_world_size()
    for gradient, part in zip(gradients, together.split([g.numel() for g in gradients])):
        gradient.copy_(part.view_as(gradient))
