"""Judges weights by what the Swift engine makes of 500 prompts: `python -m scripts.evaluate --out DIR`.

Build first: `swift build -c release --product flipbook`. DIR gets the videos as folders of PNG, the true clips,
sheet.png, table.json and table.md; what is there already is kept, so that a broken run goes on. Another model needs
another DIR. --limit 150 gives a quick look: every 25 prompts in a row hold all groups in proportion.
"""

import argparse
import hashlib
import json
from pathlib import Path

import numpy as np

from scripts.train import export
from scripts.train.samples import sheet
from scripts.world import WORLD_VERSION, render

from . import probe as probes
from . import quality
from .conditions import given_frames
from .engine import FRAMES, Engine, frames_of
from .figures import Judged, judge
from .prompts import COUNT, Prompt, prompts
from .report import write

RECONSTRUCTED = 100  # true clips that go through the autoencoder
CONDITIONED = 40  # plain prompts that are made again with given frames


class Store:
    """What a run keeps in its folder: true clips and generated ones."""

    def __init__(self, folder: Path):
        self.folder = folder

    def truth(self, prompt: Prompt) -> np.ndarray:
        """The clip that the prompt describes, as the world renders it."""
        path = self.folder / f"truth-{WORLD_VERSION}" / f"{prompt.name}.npy"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            np.save(path, render(prompt.clip, 128, 128))
        return np.load(path)

    def output(self, run: str, prompt: Prompt) -> Path:
        return self.folder / run / prompt.name

    def generated(self, run: str):
        def load(prompt: Prompt) -> np.ndarray:
            frames = frames_of(self.output(run, prompt))
            if frames.shape != (FRAMES, 128, 128, 3):
                raise SystemExit(f"{self.output(run, prompt)}: {frames.shape}, expected 25 frames of 128×128")
            return frames

        return load


def check_same_model(folder: Path, model: Path) -> None:
    """Refuses to mix the videos of two models in one folder."""
    files = sorted([*model.glob("*/*.safetensors"), *model.glob("*/*.json")])
    if not files:
        raise SystemExit(f"{model}: no model there")
    found = {str(path.relative_to(model)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    note = folder / "model.json"
    if note.exists() and json.loads(note.read_text()) != found:
        raise SystemExit(f"{folder} holds videos of other weights: give another --out, or delete it")
    note.write_text(json.dumps(found, indent=1) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m scripts.evaluate", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True)
    parser.add_argument("--model", default="Weights/diorama")
    parser.add_argument("--flipbook", default=".build/release/flipbook")
    parser.add_argument("--probe", default="scripts/evaluate/weights", help="folder of the trained probe")
    parser.add_argument("--steps", type=int, nargs="*", default=[8],
                        help="numbers of steps to try besides the model's own (8)")
    parser.add_argument("--limit", type=int, default=COUNT, help="only the first so many prompts")
    parser.add_argument("--reconstructed", type=int, default=RECONSTRUCTED,
                        help="clips that go through the autoencoder alone")
    parser.add_argument("--conditioned", type=int, default=CONDITIONED,
                        help="prompts that are made again with given frames")
    arguments, options = parser.parse_known_args()  # what is unknown goes to flipbook: --threads 1

    out = Path(arguments.out)
    out.mkdir(parents=True, exist_ok=True)
    model = Path(arguments.model)
    check_same_model(out, model)
    store = Store(out)
    probe = probes.load(Path(arguments.probe))
    engine = Engine(arguments.flipbook, str(model), options)
    chosen = prompts(0, arguments.limit)

    runs = {"default": []} | {f"steps-{steps}": ["--steps", str(steps)] for steps in arguments.steps}
    judged: dict[str, list[Judged]] = {"truth": judge(probe, chosen, store.truth)}
    for run, asked in runs.items():
        print(f"{run}: {len(chosen)} videos", flush=True)
        (out / run).mkdir(exist_ok=True)
        engine.generate(
            [{"prompt": p.text, "seed": p.index, "output": str(store.output(run, p))} for p in chosen], asked)
        judged[run] = judge(probe, chosen, store.generated(run))
    first = [p for p in chosen if p.index < 24]
    sheet(np.stack([store.generated("default")(p) for p in first]), [f"{p.index} {p.text}"[:105] for p in first]).save(
        out / "sheet.png")

    print(f"autoencoder: {min(arguments.reconstructed, len(chosen))} clips", flush=True)
    autoencoder = export.load_autoencoder(model / "vae")
    # All with several shots come first, so that there are enough cuts.
    spread = sorted(chosen, key=lambda p: (p.group != "shots" or p.index >= 150, p.index))[: arguments.reconstructed]
    back = {p.index: quality.there_and_back(autoencoder, store.truth(p)) for p in spread}
    reconstruction = quality.reconstruction(
        autoencoder, [(p.clip, store.truth(p), back[p.index]) for p in spread])
    judged["autoencoder"] = judge(probe, spread, lambda p: back[p.index])

    plain = [p for p in chosen if p.group == "plain"][: arguments.conditioned]
    given = given_frames(engine, plain, store.truth, out / "conditioned", [])
    write(out, judged, reconstruction, given)
    print((out / "table.md").read_text())


if __name__ == "__main__":
    main()
