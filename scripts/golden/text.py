"""Fixtures for the Swift tests of `Text`, written to Tests/Fixtures/text.

    python -m scripts.golden.text

tokens.json            1,000 lines of text with their token ids, and the prompts of the next file
hidden_states.safetensors   hidden states [L, 384] of eight prompts, keys `0` … `7`
characters.json        how the reference sees every code point, as runs [first, last]
"""

import json
import random
import unicodedata
from pathlib import Path

from safetensors.numpy import save_file
from tokenizers import normalizers, pre_tokenizers

from scripts.diorama.text import TextEncoder

FOLDER = Path("Tests/Fixtures/text")
LINES = 1000

PROMPTS = [
    "",
    "a red ball bounces in a meadow",
    "A blue cube slides to the left across a snowy field while the camera stands still.",
    "Zoë's café: naïve façades, über-größe 3½ × 10⁻³ µm?!",
    "一只红色的球在草地上跳动",
    "🎈 a balloon 🎈 rises over 東京タワー at dusk",
    "supercalifragilisticexpialidocious antidisestablishmentarianism",
    "two green cones, one tall and one short, roll slowly down a gravel hill towards a wooden"
    " bridge at night; the moon stands behind thin clouds, and a small yellow bird flies from the"
    " right edge to the left, then lands upon the taller cone, which stops",
]

NOUNS = "ball cube cone star bird fish boat kite tree house moon cloud car robot flower".split()
COLOURS = "red green blue yellow white black purple orange pink grey turquoise".split()
VERBS = "bounces rolls slides flies spins falls rises drifts jumps swims vanishes".split()
PLACES = "meadow desert harbour city night snow forest kitchen cave sea field sky".split()
WORDS = (
    "Ångström déjà-vu naïveté Žluťoučký kůň Łódź Ærøskøbing İstanbul ısı ǅungla ﬁnance straße"
    " STRASSE Σίσυφος ΟΔΟΣ ΑΣ ёлка Йод Київ Việt Nam điện ffl ½ Ⅷ ㎏ ﷺ ＦＵＬＬ ｶﾞ Ⓐ ℌ K Å Ω"
    " हिन्दी क्षेत्र ภาษาไทย العَرَبِيَّة שָׁלוֹם አማርኛ ქართული հայերեն ភាសាខ្មែរ বাংলা தமிழ்"
).split(" ")
EAST = (
    "红色 镜头切换 草地 東京 タワー ひらがな が が パ ﾊﾟ 한국어 각 각 ㄱㄴ 𠀀 𪜀 𫝀 𫠠 𬺰 豈 丽"
    " 〇 々 ー 「」 。 、 ・ ！ ？ 々々 黃 龜 臺灣 广东话"
).split(" ")
EMOJI = (
    "😀 ❤️ ❤ 👍🏽 👩‍👩‍👧‍👦 🇩🇪 🏴󠁧󠁢󠁥󠁮󠁧󠁿 1️⃣ 🤣 🥹 🫠 🪿 ☃ ♥︎ © ™ → ∞ € ₿ ¢ ° № 🂡 🀄"
).split(" ")
INVISIBLE = [chr(c) for c in (
    *range(0, 33), 0x7F, 0x80, 0x85, 0x9F, 0xA0, 0xAD, 0x61C, 0x1680, 0x180E, 0x2000, 0x2007,
    0x2009, 0x200B, 0x200C, 0x200D, 0x200E, 0x2028, 0x2029, 0x202E, 0x202F, 0x205F, 0x2060,
    0x3000, 0xE000, 0xF8FF, 0xFE0F, 0xFEFF, 0xFFF9, 0xFFFC, 0xFFFD, 0xFFFF, 0xE0041, 0xF0000,
    0x10FFFD, 0x10FFFF,
)]
MARKS = [chr(c) for c in (
    0x300, 0x301, 0x302, 0x303, 0x304, 0x307, 0x308, 0x30A, 0x30C, 0x323, 0x327, 0x328, 0x338,
    0x345, 0x5B4, 0x64E, 0x6DC, 0x93C, 0xE31, 0x1AB0, 0x1DC0, 0x20D0, 0x20DD, 0x302A, 0x3099,
    0x309A, 0xFE20, 0x1D165, 0x1E000, 0x1E944,
)]  # fmt: skip
PUNCTUATION = (
    "! \" # $ % & ' ( ) * + , - . / : ; < = > ? @ [ \\ ] ^ _ ` { | } ~ ¿ ¡ « » – — … “ ” ‘ ’ „"
    " † ‡ • ‰ ′ ‹ › ※ ‼ ⁇ ⁂ ⸮ ⹂ ⹃ 〜 〝 ﹏ ！ ： ｡ ؟ ، ۔ । ၊ ፡ ᠁ ᙭ 𐄀 𑁇 § ¶ · ˇ ´ ¨ ¦ ± × ÷"
).split(" ")
CASES = [
    "", " ", "\t\n\r ", "\u3000", "\u00a0", "\u200b", "\ufeff", "\x00", "[CLS]", "[SEP] [MASK]",
    "[PAD][UNK]", "##ing", "# #ing", "[unused1]", "unaffable", "a" * 99, "a" * 100, "a" * 101,
    "é" * 100, "é" * 101, "e\u0301" * 100, "e\u0301" * 101, "\u0301" * 101 + "a", "ab\u0301c" * 33,
    "中" * 130, "-" * 120, "x" * 100 + "-" + "y" * 101, "don't", "rock'n'roll", "U.S.A.",
    "3.14159", "1,000,000", "https://example.org/a?b=c&d=%20", "snake_case camelCase",
    "a\u0000b", "a\u00adb", "a\u200db", "a\u2028b", "a\x0bb", "a\x85b", "\ufb01", "ÆØÅæøå",
    "ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝàáâãäåçèéêëìíîïñòóôõöùúûüýÿ", "ĀāĂăĄąĆćĈĉĊċČčĎď", "ẞß", "ſ", "ŉ",
]  # fmt: skip


def caption(draw: random.Random) -> str:
    text = f"a {draw.choice(COLOURS)} {draw.choice(NOUNS)} {draw.choice(VERBS)}"
    if draw.random() < 0.6:
        text += f" over the {draw.choice(PLACES)}"
    if draw.random() < 0.3:
        text = text.title() if draw.random() < 0.5 else text.upper()
    return text + draw.choice(["", ".", "!", " ,", "…"])


def glued(draw: random.Random, pieces: list[str]) -> str:
    """Pieces of the vocabulary run together: the greedy search has to find its own seams."""
    return "".join(draw.choice(pieces).removeprefix("##") for _ in range(draw.randint(2, 5)))


def mixture(draw: random.Random, pools: list[list[str]], longest: int) -> str:
    parts = []
    for _ in range(draw.randint(1, longest)):
        parts.append(draw.choice(draw.choice(pools)))
        parts.append(draw.choice(["", " ", " "]))
    return "".join(parts)


def anything(draw: random.Random) -> str:
    """Any code points, most of them from the planes that are in use."""
    parts = []
    for _ in range(draw.randint(1, 10)):
        point = draw.choice(
            [draw.randrange(0x20, 0x600), draw.randrange(0x3000), draw.randrange(0x20000),
             draw.randrange(0x1F000, 0x1FB00), draw.randrange(0x110000)]
        )  # fmt: skip
        parts.append("?" if 0xD800 <= point < 0xE000 else chr(point))
        parts.append(draw.choice(["", "", " ", "a"]))
    return "".join(parts)


def marked(draw: random.Random) -> str:
    """Letters with stacked marks, in all four normal forms."""
    text = caption(draw) if draw.random() < 0.3 else " ".join(draw.sample(WORDS, 2))
    text = "".join(
        c + "".join(draw.sample(MARKS, draw.randint(1, 3))) if draw.random() < 0.25 else c
        for c in text
    )
    form = draw.choice(["NFC", "NFD", "NFKC", "NFKD"])
    return unicodedata.normalize(form, text) if draw.random() < 0.6 else text


def lines(vocabulary: list[str]) -> list[str]:
    draw = random.Random(20250613)
    ascii_pieces = [piece for piece in vocabulary if piece.removeprefix("##").isalpha()]
    mixed = [WORDS, EAST, EMOJI, PUNCTUATION, NOUNS, COLOURS]
    makers = [
        lambda: caption(draw),
        lambda: marked(draw),
        lambda: glued(draw, ascii_pieces),
        lambda: mixture(draw, [EAST, NOUNS], 6),
        lambda: mixture(draw, [EMOJI, VERBS], 6),
        lambda: mixture(draw, [PUNCTUATION, WORDS], 8),
        lambda: mixture(draw, [INVISIBLE, NOUNS, INVISIBLE], 8),
        lambda: mixture(draw, mixed, 8),
        lambda: mixture(draw, [*mixed, INVISIBLE, MARKS], 8),
        lambda: anything(draw),
    ]
    result = [*PROMPTS, *CASES]
    while len(result) < LINES:
        result.append(makers[len(result) % len(makers)]())
    return result


def runs(points: list[int]) -> list[list[int]]:
    result: list[list[int]] = []
    for point in points:
        if result and result[-1][1] == point - 1:
            result[-1][1] = point
        else:
            result.append([point, point])
    return result


def characters() -> dict[str, list[list[int]]]:
    """Every code point, alone between two letters, seen through the reference."""
    plain = {"clean_text": False, "handle_chinese_chars": False}
    plain |= {"strip_accents": False, "lowercase": False}
    clean = normalizers.BertNormalizer(**plain | {"clean_text": True})
    ideographs = normalizers.BertNormalizer(**plain | {"handle_chinese_chars": True})
    accents = normalizers.BertNormalizer(**plain | {"strip_accents": True})
    split = pre_tokenizers.BertPreTokenizer()
    points = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]
    return {
        "removed": runs([c for c in points if clean.normalize_str(f"a{chr(c)}b") == "ab"]),
        "whitespace": runs([c for c in points if len(split.pre_tokenize_str(f"a{chr(c)}b")) == 2]),
        "punctuation": runs([c for c in points if len(split.pre_tokenize_str(f"a{chr(c)}b")) == 3]),
        "ideograph": runs([c for c in points if ideographs.normalize_str(chr(c)) != chr(c)]),
        "accent": runs([c for c in points if accents.normalize_str(chr(c)) == ""]),
    }


def write(name: str, value: dict) -> None:
    """JSON with one entry a line, so that a change shows where it is."""
    fields = []
    for key, entries in value.items():
        body = ",\n".join(json.dumps(e, ensure_ascii=False, separators=(",", ":")) for e in entries)
        fields.append(f'"{key}":[\n{body}\n]')
    (FOLDER / name).write_text("{" + ",\n".join(fields) + "}\n", encoding="utf-8")


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    encoder = TextEncoder()
    vocabulary = encoder.tokenizer.get_vocab()
    texts = lines(sorted(vocabulary, key=vocabulary.get))
    write("tokens.json", {"texts": texts, "ids": encoder.tokenize(texts), "prompts": PROMPTS})
    states = {str(index): hidden for index, hidden in enumerate(encoder.encode(PROMPTS))}
    save_file(states, FOLDER / "hidden_states.safetensors")
    (FOLDER / "hidden_states.safetensors").chmod(0o644)
    write("characters.json", characters())


if __name__ == "__main__":
    main()
