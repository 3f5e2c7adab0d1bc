"""Encodes rendered shards once: `python -m scripts.train.cache --data DIR --out DIR --autoencoder Weights/diorama/vae`.

Beside each `clips-NNNNN.npy` of --data, --out gets

    text-NNNNN.pt      per clip a list of captions, per caption the hidden states [L, 384] of every shot's text
    latents-NNNNN.pt   latents [N, C, T, h, w] and `last` [N, C, h, w], the last frame as a picture of its own,
                       normalised, bf16; per clip the latent frames of every shot and its traits

Existing files are kept, so that a broken run goes on where it was. --text and --latents do one half only.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch

from scripts.diorama.autoencoder import Autoencoder
from scripts.diorama.precision import mixed
from scripts.diorama.text import TextEncoder
from scripts.world import Clip, shot_texts

from . import export

LONGEST = 40  # tokens; captions with a longer shot are left out


def shot_frames(clip: Clip) -> list[int]:
    """Latent frames of every shot: cuts stand at frames 1 + 4k, latent k + 1 begins there."""
    starts = [(shot.start + 3) // 4 for shot in clip.shots]
    ends = starts[1:] + [1 + (clip.frames - 1) // 4]
    return [end - start for start, end in zip(starts, ends)]


def traits(clip: Clip) -> list[str]:
    """What training can draw more often: the subjects' shapes, the first shot's actions and its camera."""
    return [*(subject.shape for subject in clip.subjects), *clip.shots[0].actions, clip.shots[0].camera]


def encode_texts(encoder: TextEncoder, about: list[dict]) -> list[list[list[torch.Tensor]]]:
    """Per clip, per caption, per shot: hidden states [L, 384] in f16."""
    captions = [[shot_texts(caption) for caption in entry["captions"]] for entry in about]
    flat = [text for clip in captions for caption in clip for text in caption]
    states = iter(torch.from_numpy(np.asarray(state)).half() for state in encoder.encode(flat))
    encoded = [[[next(states) for _ in caption] for caption in clip] for clip in captions]
    return [[c for c in clip if max(len(s) for s in c) <= LONGEST] for clip in encoded]


@torch.no_grad()
def encode_clips(model: Autoencoder, frames: np.ndarray, batch: int, device: torch.device) -> dict:
    """Latents of all clips uint8 [N, F, H, W, 3], and of their last frames alone."""
    latents, last = [], []
    for start in range(0, len(frames), batch):
        pixels = torch.from_numpy(np.array(frames[start : start + batch])).to(device).float() / 127.5 - 1
        with mixed(device):
            latents.append(model.encode(pixels).bfloat16().cpu())
            end = latents[-1] if frames.shape[1] == 1 else model.encode(pixels[:, -1:]).bfloat16().cpu()
            last.append(end.squeeze(2))
    return {"latents": torch.cat(latents), "last": torch.cat(last)}


def save(path: Path, value) -> None:
    partial = path.with_suffix(".partial")
    torch.save(value, partial)
    partial.rename(path)
    print(path.name, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--model", default="Weights/diorama", help="where the text encoder and the tokenizer are")
    parser.add_argument("--autoencoder", default="Weights/diorama/vae")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--text", action="store_true", help="texts only")
    parser.add_argument("--latents", action="store_true", help="latents only")
    arguments = parser.parse_args()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    data, out = Path(arguments.data), Path(arguments.out)
    out.mkdir(parents=True, exist_ok=True)
    names = [path.stem.removeprefix("clips-") for path in sorted(data.glob("clips-*.npy"))]
    if not arguments.latents:
        encoder = TextEncoder(arguments.model)
        for name in names:
            path = out / f"text-{name}.pt"
            if not path.exists():
                save(path, encode_texts(encoder, json.loads((data / f"clips-{name}.json").read_text())))
    if not arguments.text:
        model = export.load_autoencoder(Path(arguments.autoencoder)).to(device)
        for name in names:
            path = out / f"latents-{name}.pt"
            if path.exists():
                continue
            about = json.loads((data / f"clips-{name}.json").read_text())
            encoded = encode_clips(model, np.load(data / f"clips-{name}.npy", mmap_mode="r"), arguments.batch, device)
            clips = [Clip.from_json(entry["clip"]) for entry in about]
            single = encoded["latents"].shape[2] == 1
            encoded["shots"] = [[1] if single else shot_frames(clip) for clip in clips]
            encoded["traits"] = [traits(clip) for clip in clips]
            save(path, encoded)


if __name__ == "__main__":
    main()
