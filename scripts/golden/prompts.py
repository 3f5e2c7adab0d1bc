"""Fixtures of the rewriter of prompts, `Tests/Fixtures/text/captions.tsv` and `wordings.tsv`.

    python -m scripts.golden.prompts

`captions.tsv` holds canonical captions of the training grammar, one a line: the rewriter must leave
them as they are.  `wordings.tsv` holds captions in all wordings and templates of the grammar, each
with the canonical caption that says the same: what the template leaves unsaid stays unsaid, but that
a shot without a framing is a medium shot.
"""

from pathlib import Path

import numpy as np

from scripts.world import canonical, sample_clip
from scripts.world import grammar
from scripts.world.vocabulary import TABLES

FOLDER = Path("Tests/Fixtures/text")
FRAMELESS = (grammar._middle, grammar._place_first, grammar._terse)


def captions() -> list[str]:
    lines = []
    for kind in ("plain", "pair", "styled", "shots", "any"):
        for seed in range(60):
            lines.append(canonical(sample_clip(seed, kind=kind, frames=(25, 49, 73)[seed % 3])))
    return list(dict.fromkeys(lines))


def wording(seed: int) -> tuple[str, str]:
    """A caption of one shot in any wording, and its canonical form."""
    rng = np.random.Generator(np.random.Philox(seed))
    clip = sample_clip(seed, kind=("plain", "pair", "styled")[seed % 3])
    words = grammar._Words(rng)
    template = (*grammar.TEMPLATES, grammar._dense, grammar._placeless)[seed % 11]
    size, material = rng.random(2) < 0.5
    camera = rng.random() < 0.8

    def names(choose):
        return [" ".join([*([choose("size", s.size)] if size else []),
                          *([choose("material", s.material)] if material else []),
                          choose("colour", s.colour), choose("shape", s.shape)]) for s in clip.subjects]

    said = grammar._Shot(words, clip, clip.shots[0], names(words), known=False)
    plain = grammar._Shot(grammar._Words(), clip, clip.shots[0], names(grammar._Words()), known=False)
    if camera:
        wordings = TABLES["camera"][clip.shots[0].camera]
        said.moves, said.moving = wordings[int(rng.integers(len(wordings)))]
    else:
        said.moves = said.moving = plain.moves = plain.moving = None
    if template in FRAMELESS:
        plain.framing = "medium shot"
    text = template(said)
    expected = (grammar._placeless if template is grammar._placeless else grammar._dense)(plain)
    if clip.style != "3D":
        name = words("style", clip.style)
        text = (f"{grammar._capital(name)} style. {text}", f"{text.rstrip('.')}, {name} style",
                f"In {name} style, {text[:1].lower() + text[1:]}")[int(rng.integers(3))]
        expected = f"{grammar._capital(TABLES['style'][clip.style][0])} style. {expected}"
    return text, expected


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "captions.tsv").write_text("\n".join(captions()) + "\n", encoding="utf-8")
    (FOLDER / "wordings.tsv").write_text(
        "".join(f"{a}\t{b}\n" for a, b in map(wording, range(330))), encoding="utf-8")


if __name__ == "__main__":
    main()
