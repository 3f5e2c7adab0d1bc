"""Writes what was measured: table.md for people and for Weights/diorama/README.md, table.json for programs."""

import json
import math
from pathlib import Path

import numpy as np

from scripts.world import WORLD_VERSION

from .figures import PLAIN_KINDS, Judged, accuracy, by_class, frozen, held_out_loss, ratio, restlessness
from .prompts import PLAIN
from .table import Row, markdown, share

BARS = {"colour": 0.95, "scene": 0.97, "shape": 0.85, "action": 0.75, "camera": 0.70}
# Kind of verdict, groups, name, bar.
OF_THEIR_KIND = (
    ("style", {"style"}, "style", 0.92),
    ("pair", {"pair"}, "number of subjects, and their colours", 0.85),
    ("shots", {"shots"}, "largest changes are the cuts, within one frame; subject's colour the same", 0.85),
    ("cuts", {"shots"}, "the cuts alone", None),
    ("clear cuts", {"shots"}, "each cut three times the changes around it, and nothing else so", None),
    ("hue", {"shots"}, "hue the same from shot to shot, within 15°", None),
    ("scenes", {"shots"}, "scene as asked in every shot", None),
    ("action", {"pair"}, "what two subjects do", None),
)
GROUP_COLUMNS = (
    ("plain, all", PLAIN), ("seen triples", {"plain"}), ("held-out triples", {"held-out triples"}),
    ("held-out wordings", {"held-out wordings"}), ("all prompts", None),
)


def decibels(name: str, values, bar: float | None) -> Row:
    if isinstance(values, str):
        return Row(name, None, values, bar, "dB")
    if not values:
        return Row(name, None, "–", bar, "dB")
    spread = 1.96 * float(np.std(values)) / math.sqrt(len(values))
    return Row(name, float(np.mean(values)), f"{np.mean(values):.2f} ± {spread:.2f} dB ({len(values)})", bar, "dB")


def figures(judged: dict[str, list[Judged]], reconstruction: dict, given: dict) -> list[Row]:
    """Every figure of the evaluation; those with a bar are those of the project."""
    made, truths, back = judged["default"], judged["truth"], judged["autoencoder"]

    def of_clips(kind: str, groups, name: str, bar: float | None) -> Row:
        measured = accuracy(made, kind, groups)
        through = accuracy(back, kind, groups)
        ceiling = f"{accuracy(truths, kind, groups)}; {f'{through.value:.1%}' if through.count else '–'}"
        return Row(name, measured.value, f"{measured} of {measured.count}", bar, ceiling=ceiling)

    rows = [
        decibels("autoencoder, held-out clips, PSNR", reconstruction["clip"], 33),
        decibels("autoencoder, single pictures, PSNR", reconstruction["picture"], 31),
        decibels("autoencoder, the four frames after a cut, PSNR", reconstruction["cut"], 31),
    ]
    for name, values in (("clips", "clip SSIM"), ("single pictures", "picture SSIM")):
        value = float(np.mean(reconstruction[values]))
        rows.append(Row(f"autoencoder, {name}, SSIM", value, f"{value:.3f}", None, ""))
    rows += [of_clips(kind, PLAIN, f"{kind}, plain prompts", BARS[kind]) for kind in PLAIN_KINDS]
    rows += [of_clips(*row) for row in OF_THEIR_KIND]
    loss = 100 * held_out_loss(made)
    rows.append(Row("held-out triples: loss of shape, colour and action, mean", loss, f"{loss:.1f} points", 8,
                    "points", True, f"{100 * held_out_loss(truths):.1f} points"))
    rows.append(decibels("first frame given, PSNR of frame 0", given["first frame"], 30))
    rows.append(decibels("first and last frame given, PSNR of the last", given["last frame"], None))
    rows.append(decibels("nine frames given, PSNR of the tenth", given["continuation"], None))
    still = frozen(made, truths)
    rows.append(Row("frozen clips, where the true clip moves", still.value, f"{still} of {still.count}", 0.05, "%",
                    True, f"{frozen(back, truths).value:.1%}"))
    restless = [restlessness(items, truths) for items in (made, back)]
    shown = ["–" if value is None else f"{value:.1f}" for value in restless]
    rows.append(Row("change over eight frames where nothing should move, grey levels", restless[0], shown[0], None, "",
                    ceiling=f"0; {shown[1]}"))
    for name, words in (("flow", "motion, of the true clips' mean"), ("flicker", "flicker, of the true clips'")):
        value = ratio(made, truths, name)
        rows.append(Row(words, value, f"{value:.2f}", None, "", ceiling=f"1; {ratio(back, truths, name):.2f}"))
    if "steps-8" in judged:
        drops = [100 * (accuracy(made, kind, PLAIN).value - accuracy(judged["steps-8"], kind, PLAIN).value)
                 for kind in PLAIN_KINDS]
        worst = PLAIN_KINDS[int(np.argmax(drops))]
        rows.append(Row("loss at 8 steps, the worst of the five", max(drops),
                        f"{max(drops):.1f} points ({worst}); mean {np.mean(drops):.1f}", 5, "points", True))
    return rows


def by_kind(judged: dict[str, list[Judged]]) -> list[list[str]]:
    return [
        [kind, *(str(accuracy(judged["default"], kind, groups)) for _, groups in GROUP_COLUMNS),
         f"{accuracy(judged['truth'], kind).value:.1%}"]
        for kind in (*PLAIN_KINDS, "framing", "style", "count")
    ]


def by_steps(judged: dict[str, list[Judged]]) -> tuple[list[str], list[list[str]]]:
    runs = sorted((run for run in judged if run.startswith("steps-")), key=lambda run: int(run[6:]))
    runs.append("default")
    rows = [[f"{kind}, plain", *(str(accuracy(judged[run], kind, PLAIN)) for run in runs)] for kind in PLAIN_KINDS]
    for kind, groups, name, bar in OF_THEIR_KIND:
        if bar:
            rows.append([name, *(str(accuracy(judged[run], kind, groups)) for run in runs)])
    rows.append(["frozen", *(str(frozen(judged[run], judged["truth"])) for run in runs)])
    return ["figure", *(run.removeprefix("steps-") for run in runs)], rows


def classes(judged: list[Judged]) -> list[list[str]]:
    rows = []
    for kind, values in by_class(judged).items():
        told = ", ".join(f"{name} {cell['right']}/{cell['count']}" for name, cell in values.items())
        rows.append([kind, told])
        if kind == "action":
            for name, cell in values.items():
                if cell["taken for"]:
                    others = ", ".join(f"{other} {n}" for other, n in cell["taken for"].most_common(4))
                    rows.append([f"“{name}” taken for", others])
    return rows


def write(folder: Path, judged: dict[str, list[Judged]], reconstruction: dict, given: dict) -> None:
    """`judged` holds the runs `default`, `truth`, `autoencoder` (some of them) and `steps-N`."""
    rows = figures(judged, reconstruction, given)
    count = len(judged["default"])
    seen = len(judged["autoencoder"])
    parts = [
        f"World version {WORLD_VERSION}, {count} held-out prompts, seeds 0 to {count - 1}; intervals are of 95 %. "
        f"“Rendered” is what the probe says of the true clips of the same prompts, and of {seen} of them after "
        "the autoencoder: no model can be measured better than that.\n",
        markdown(["figure", "measured", "bar", "", "rendered; through the autoencoder"],
                 [[row.name, row.shown, row.bar_text, row.verdict, row.ceiling] for row in rows]),
        "By kind and group:\n",
        markdown(["kind", *(name for name, _ in GROUP_COLUMNS), "rendered, all"], by_kind(judged)),
    ]
    if any(run.startswith("steps-") for run in judged):
        parts += ["By steps:\n", markdown(*by_steps(judged))]
    parts += ["Plain prompts of one action, class by class:\n",
              markdown(["kind", "right"], classes(judged["default"]))]
    (folder / "table.md").write_text("\n".join(parts))
    told = {
        "world": WORLD_VERSION, "prompts": count, "figures": [row.to_json() for row in rows],
        "reconstruction": reconstruction, "given": given,
        "classes": by_class(judged["default"]), "rendered classes": by_class(judged["truth"]),
        "runs": {run: {kind: share(item.verdicts.get(kind) for item in items).to_json()
                       for kind in (*PLAIN_KINDS, "framing", "style", "count", "pair", "cuts", "shots")}
                 for run, items in judged.items()},
        "verdicts": {run: [{"prompt": item.prompt.text, "seed": item.prompt.index, "group": item.prompt.group,
                            "change": item.change, "flow": item.flow, "flicker": item.flicker, **item.verdicts}
                           for item in items] for run, items in judged.items()},
    }
    (folder / "table.json").write_text(json.dumps(told, indent=1) + "\n")
