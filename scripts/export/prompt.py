"""The words of the world for the engine: `Weights/diorama/prompt/world.json`.

    python -m scripts.export.prompt            writes it
    python -m scripts.export.prompt --check    says whether it is what this script would write

What a caption is made of comes from the grammar that the model was trained on (vocabulary.py,
grammar.py), what people write from phrases.py.  The engine reads the file and knows no world.
"""

import argparse
import json
import re
import sys
from pathlib import Path

from scripts.world import phrases
from scripts.world.vocabulary import TABLES

FILE = Path("Weights/diorama/prompt/world.json")

# How a caption reads: `_dense`, `_placeless` and `_with_style` of grammar.py.
TEMPLATES = {
    "dense": "In {a framing} {scene}, {subject} {does}{camera}.",
    "placeless": "{A framing} of {subject} {doing}{camera}",
    "camera": " while the camera {camera}",
    "camera alone": ", the camera {camera}",
    "style": "{Style} style. {caption}",
    "then": ", then ",
    "and": " and ",
}

# What a caption says where nobody said anything.
DEFAULTS = {"framing": "medium shot", "action": "stands still"}

# How near, by the cosine of two words' mean hidden states, an unknown word must be to a known one, by
# how much nearer than to a word that means something else, and the tables that it is compared with.
# Names of colours lie too close together for a guess (silver is next to gold): they only compete.
SIMILARITY = {"threshold": 0.55, "margin": 0.08, "tables": ["shape", "size", "material", "scene", "style"],
              "rivals": ["colour"]}

_PAST = {
    "come": "came", "get": "got", "become": "became", "grow": "grew", "swell": "swelled", "shrink": "shrank",
    "fall": "fell", "stand": "stood", "sit": "sat", "do": "did", "keep": "kept", "make": "made", "leap": "leapt",
    "run": "ran", "hit": "hit", "strike": "struck", "swing": "swung", "go": "went", "spin": "spun", "lie": "lay",
    "fly": "flew", "slide": "slid", "drive": "drove", "draw": "drew", "drop": "dropped", "hop": "hopped",
    "shove": "shoved", "spring": "sprang", "follow": "followed", "travel": "travelled", "pan": "panned", "ram": "rammed",
    "stop": "stopped", "bob": "bobbed", "put": "put", "hold": "held", "head": "headed",
}
_GERUND = {"lie": "lying", "travel": "travelling", "follow": "following"}
_DOUBLED = {"get", "run", "hit", "spin", "drop", "hop", "pan", "ram", "stop", "bob", "put", "sit"}
_NO_VERB = {"is", "static", "fixed", "locked", "tripod", "no", "without", "motionless", "stationary", "to", "tracking", "at",
            "following", "camera", "not"}


def _base(finite: str) -> str:
    if finite in ("pushes", "crashes", "smashes", "approaches", "goes", "does", "races", "bounces", "slides"):
        return {"races": "race", "bounces": "bounce", "slides": "slide"}.get(finite, finite[:-2])
    if finite.endswith("ies") and finite != "lies":
        return finite[:-3] + "y"
    return finite[:-1] if finite.endswith("s") and not finite.endswith("ss") else finite


def _inflected(phrase: str) -> list[str]:
    """A verb phrase with its verb in all forms: base, third person, gerund, past."""
    verb, _, rest = phrase.partition(" ")
    if verb in _NO_VERB or verb.endswith("ing"):
        return [phrase]
    if phrase.startswith("does not "):
        return [phrase, phrase.replace("does", "do", 1), phrase.replace("does", "did", 1)]
    base = _base(verb)
    if re.search("(sh|ch|ss|x|o)$", base):
        third = base + "es"
    elif re.search("[^aeiou]y$", base):
        third = base[:-1] + "ies"
    else:
        third = base + "s"
    stem = base[:-1] if base.endswith("e") and not base.endswith("ee") else base
    gerund = _GERUND.get(base) or (base + base[-1] if base in _DOUBLED else stem) + "ing"
    past = _PAST.get(base) or (stem + "ed" if not re.search("[^aeiou]y$", base) else base[:-1] + "ied")
    return [f"{form} {rest}".strip() for form in (base, third, gerund, past)]


def _plural(noun: str) -> str:
    return noun + ("es" if noun.endswith(("x", "s", "ch", "sh")) else "s")


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _is_english(phrase: str) -> bool:
    return phrase.isascii()


def _of_grammar() -> dict[str, list[str]]:
    """The captions' own wordings by meaning, in every form."""
    result: dict[str, list[str]] = {}
    tails: list[str] = []
    for table, values in TABLES.items():
        for value, wordings in values.items():
            found = result.setdefault(f"{table}:{value}", [])
            for wording in wordings:
                if table == "scene":
                    preposition, place = wording
                    bare = re.sub("^(a|an|the) ", "", place)
                    found += [f"{preposition} {place}", place, bare]
                elif table == "interaction":
                    head, tail = wording[0].split("{b}")
                    found += _inflected(head.strip())
                    tails += [tail.strip(" ,"), wording[1].split("{b}")[1].strip(" ,")]
                elif isinstance(wording, tuple):
                    found += [*_inflected(wording[0]), wording[1]]
                elif table == "shape":
                    found += [wording, _plural(wording)]
                else:
                    found.append(wording)
    result["word:ignored"] = tails
    return result


def meanings() -> dict[str, list[str]]:
    """All phrases by meaning, each once."""
    result = _of_grammar()
    for key, text in phrases.MEANINGS.items():
        found = result.setdefault(key, [])
        parts = _words(" ".join(text) if isinstance(text, tuple) else text)
        for phrase in parts:
            table = key.split(":")[0]
            if _is_english(phrase) and table in ("action", "interaction", "camera", "family"):
                found += _inflected(phrase)
            elif _is_english(phrase) and table == "shape":
                found += [phrase, _plural(phrase)]
            else:
                found.append(phrase)
    # Said of a subject, "turns left" is a motion; the table of cameras has it too.
    for side in ("left", "right"):
        result[f"action:moves {side}"] += _inflected(f"turns {side}")
    known = {p for key, found in result.items() if key != "word:ignored" for p in found}
    result["word:ignored"] = [p for p in result["word:ignored"] if p and p not in known]
    return {key: list(dict.fromkeys(found)) for key, found in result.items() if found}


def words() -> dict[str, dict[str, object]]:
    """What a caption says for each value: the canonical wording."""
    result: dict[str, dict[str, object]] = {}
    for table, values in TABLES.items():
        for value, (first, *_) in values.items():
            text: object = first
            if table == "scene":
                text = " ".join(first)
            elif table == "camera":
                text = first[0]
            elif isinstance(first, tuple):
                text = list(first)
            result.setdefault(table, {})[value] = text
    return result


def export() -> dict:
    return {
        "templates": TEMPLATES, "words": words(), "defaults": DEFAULTS, "static_camera": "static",
        "similarity": SIMILARITY, "families": phrases.FAMILIES, "opposites": phrases.OPPOSITES,
        "particles": phrases.PARTICLES, "adverbs": _words(phrases.ADVERBS), "phrases": meanings(),
    }


def text() -> str:
    """The file: one line a meaning, so that a change shows as one."""
    lines = []
    for key, value in export().items():
        if key in ("phrases", "words", "families"):
            rows = [f"    {json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}" for k, v in value.items()]
            lines.append(f"  {json.dumps(key)}: {{\n" + ",\n".join(rows) + "\n  }")
        else:
            lines.append(f"  {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=FILE)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    options = parser.parse_args()
    if options.check:
        if not options.out.exists() or options.out.read_text(encoding="utf-8") != text():
            sys.exit(f"{options.out} is not what the world's tables give: python -m scripts.export.prompt")
        return
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
