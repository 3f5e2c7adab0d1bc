"""The 500 prompts that the weights are judged on, the same for every model: they follow from the world's version.

Prompt i has the seed i. Its clip is one that the world draws, from a seed that nothing else uses, so that there
is a true clip beside each generated one; its text is one of the world's captions of that clip, the first that
names everything that is judged. Every 25 prompts in a row hold all groups in proportion.
"""

import re
from dataclasses import dataclass

from scripts.world import Clip, canonical, captions, sample_clip
from scripts.world.vocabulary import CAMERAS, SCENES

COUNT = 500
FIRST_SEED = 300_000_000
# Group, how many of 25, kind of clip, held-out triples, held-out wordings.
GROUPS = (
    ("plain", 7, "plain", False, False),
    ("held-out triples", 5, "plain", True, False),
    ("held-out wordings", 3, "plain", False, True),
    ("style", 3, "styled", False, False),
    ("pair", 3, "pair", False, False),
    ("shots", 4, "shots", False, False),
)
PLAIN = {"plain", "held-out triples", "held-out wordings"}  # one subject, plain style, one shot


@dataclass(frozen=True)
class Prompt:
    index: int  # and seed of the noise
    group: str
    text: str
    clip: Clip

    @property
    def name(self) -> str:
        return f"{self.index:03d}"


def pattern() -> list[tuple]:
    """The groups of 25 prompts in a row, evenly spread."""
    places = [((n + 0.5) / group[1], group) for group in GROUPS for n in range(group[1])]
    return [group for _, group in sorted(places, key=lambda place: place[0])]


def is_named(text: str, wordings: list[str]) -> bool:
    """Whether a text holds one of the wordings; "snow-white" does not name the snow."""
    return any(re.search(rf"\b{re.escape(w)}\b(?!-)", text, re.IGNORECASE) for w in wordings)


def names_everything(text: str, clip: Clip) -> bool:
    """Whether a caption says where it is and, of a single shot, what the camera does; it always says the rest."""
    places = [re.sub(r"^(a|an|the) ", "", place) for _, place in SCENES[clip.scene]]
    camera = [f"camera {form}" for wording in CAMERAS[clip.shots[0].camera] for form in wording]
    return is_named(text, places) and (len(clip.shots) > 1 or is_named(text, camera))


def timed(text: str, clip: Clip) -> str:
    """Gives every shot after the first its length, so that the prompt says where the cuts are."""
    lengths = iter(clip.shots[1:])
    return re.sub(r"\[cut[^\]]*\]", lambda _: f"[cut {next(lengths).seconds:.3f}s]", text)


def prompt(index: int) -> Prompt:
    row = pattern()
    group, _, kind, triples, wordings = row[index % len(row)]
    seed = FIRST_SEED + index
    while True:
        clip = sample_clip(seed, kind=kind, held_out=triples)
        if len(clip.subjects) == (2 if kind == "pair" else 1) and clip.style == "3D" or kind == "styled":
            break
        seed += COUNT  # shots with pairs or styles are left to the other groups
    written = captions(clip, index, 24, wordings)
    text = next((text for text in written if names_everything(text, clip)), canonical(clip))
    return Prompt(index, group, timed(text, clip), clip)


def prompts(first: int = 0, count: int = COUNT) -> list[Prompt]:
    return [prompt(index) for index in range(first, first + count)]
