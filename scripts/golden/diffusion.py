"""Fixtures of Tests/DiffusionTests: the solvers and the guidance, from the PyTorch twin.

    python -m scripts.golden.diffusion               solvers.json and guidance.json
    python -m scripts.golden.diffusion --diffusers   diffusers.json as well; needs `pip install diffusers`

All is computed in Float64 and written with the digits that read back to the same bits. The
velocity field is a small nonlinear one that mixes neighbours, so that a solver that confuses two
elements, two buffers or two noise levels does not get away with it.
"""

import argparse
import json
from pathlib import Path

import torch

from scripts.diorama import sampling

FIXTURES = Path(__file__).resolve().parents[2] / "Tests" / "Fixtures" / "diffusion"
SHAPE = (3, 8)


def field(z: torch.Tensor, sigma: float) -> torch.Tensor:
    """The toy velocity; DiffusionTests has the same one in Swift."""
    return torch.tanh(z + 0.5 * z.roll(-1, dims=-1)) - (1 - sigma) * z


def noise(seed: int) -> torch.Tensor:
    """Normals that Float32 holds exactly, so that both sides start from the same numbers."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(SHAPE, generator=generator, dtype=torch.float32).double()


def case(name: str, z: torch.Tensor, sigmas: list[float], result: torch.Tensor, **more) -> dict:
    values = {"noise": z.flatten().tolist(), "sigmas": sigmas, "result": result.flatten().tolist()}
    return {"solver": name, **more, **values}


def solvers() -> list[dict]:
    cases = []
    for index, name in enumerate(sampling.SOLVERS):
        z = noise(seed=index)
        for steps, shift, held in [(1, 1, 0), (2, 1, 0), (3, 2.5, 0), (8, 1, 0), (12, 3, 0), (8, 2, 2)]:
            sigmas = sampling.flow_sigmas(steps, shift)
            result = sampling.sample(field, z, sigmas, name, held_steps=held)
            cases.append(case(name, z, sigmas, result, shift=shift, heldSteps=held))
        # A stretch of the path that touches neither end.
        sigmas = [0.9 - 0.16 * step for step in range(6)]
        result = sampling.sample(field, z, sigmas, name)
        cases.append(case(name, z, sigmas, result, heldSteps=0))
    return cases


def diffusers_solvers() -> list[dict]:
    """The schedulers of diffusers with flow sigmas: an oracle that shares no line with the twin."""
    from diffusers import DPMSolverMultistepScheduler, UniPCMultistepScheduler

    flow = {"prediction_type": "flow_prediction", "use_flow_sigmas": True, "solver_order": 2}
    schedulers = {
        "unipc": lambda: UniPCMultistepScheduler(solver_type="bh2", **flow),
        "dpmpp2m": lambda: DPMSolverMultistepScheduler(
            algorithm_type="dpmsolver++", solver_type="midpoint", **flow
        ),
    }
    cases = []
    for name, make in schedulers.items():
        for seed, first in enumerate([1.0, 0.98]):
            sigmas = [first * sigma for sigma in sampling.flow_sigmas(9, 2)]
            scheduler = make()
            scheduler.set_timesteps(len(sigmas) - 1)
            # In place of its own grid, which starts a little below 1 and is rounded to Float32.
            scheduler.sigmas = torch.tensor(sigmas, dtype=torch.float64)
            z = start = noise(seed)
            for sigma, timestep in zip(sigmas, scheduler.timesteps):
                z = scheduler.step(field(z, sigma), timestep, z, return_dict=False)[0]
            cases.append(case(name, start, sigmas, z, heldSteps=0))
    return cases


def guidance() -> list[dict]:
    conditional, unconditional = noise(seed=10)[None], noise(seed=11)[None]
    # As in a run, the two are alike.
    unconditional = (0.7 * conditional + 0.5 * unconditional).float().double()
    cases = []
    for scale, rescale, zero_star in [
        (0, 0, False),
        (4.5, 0, False),
        (4.5, 0.7, False),
        (4.5, 0, True),
        (7, 1, True),
    ]:
        guided = sampling.guide(conditional, unconditional, scale, rescale, zero_star)
        cases.append(
            {
                "scale": scale,
                "rescale": rescale,
                "zeroStar": zero_star,
                "conditional": conditional.flatten().tolist(),
                "unconditional": unconditional.flatten().tolist(),
                "guided": guided.flatten().tolist(),
            }
        )
    return cases


def write(name: str, cases: list[dict]) -> None:
    FIXTURES.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(json.dumps(case) for case in cases)
    (FIXTURES / name).write_text(f"[\n{lines}\n]\n")
    print(f"{name}: {len(cases)} cases")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--diffusers", action="store_true", help="write diffusers.json as well")
    arguments = parser.parse_args()
    write("solvers.json", solvers())
    write("guidance.json", guidance())
    if arguments.diffusers:
        write("diffusers.json", diffusers_solvers())


if __name__ == "__main__":
    main()
