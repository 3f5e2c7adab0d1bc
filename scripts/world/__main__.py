"""Draws a contact sheet:

    python -m scripts.world --sheet out.png --seeds 0-11 --kind any --width 128 --height 128
"""

import argparse

from . import sample_clip
from .sheet import contact_sheet


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m scripts.world", description=__doc__.splitlines()[0])
    parser.add_argument("--sheet", required=True, help="PNG to write")
    parser.add_argument("--seeds", default="0-11", help="one seed, or first-last")
    parser.add_argument("--kind", default="any", choices=["any", "plain", "pair", "styled", "shots"])
    parser.add_argument("--frames", type=int, default=25)
    parser.add_argument("--width", type=int, default=128)
    parser.add_argument("--height", type=int, default=128)
    parser.add_argument("--columns", type=int, default=2)
    parser.add_argument("--held-out", action="store_true")
    options = parser.parse_args()
    first, _, last = options.seeds.partition("-")
    clips = [sample_clip(seed, kind=options.kind, frames=options.frames, held_out=options.held_out)
             for seed in range(int(first), int(last or first) + 1)]
    contact_sheet(clips, options.width, options.height, columns=options.columns).save(options.sheet)


if __name__ == "__main__":
    main()
