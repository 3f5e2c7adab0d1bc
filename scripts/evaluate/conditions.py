"""Frames that are given: does the video begin, end or go on with them?

PSNR of the given frames in the output. What goes on from a video does not hold the video's own frames: there the
first new frame is compared with the true next one.
"""

import shutil
import subprocess
from pathlib import Path

import numpy as np
from PIL import Image

from .engine import FRAMES, Engine, frames_of
from .prompts import Prompt
from .quality import psnr

CONTINUED = 9  # frames of the given video


def write_video(path: Path, frames: np.ndarray) -> None:
    """A QuickTime file of PNG, which loses nothing, through the program ffmpeg."""
    if not shutil.which("ffmpeg"):
        raise SystemExit("the program ffmpeg is missing, which writes the videos that are continued: apt install ffmpeg")
    _, height, width, _ = frames.shape
    command = ["ffmpeg", "-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}",
               "-r", "24", "-i", "-", "-c:v", "png", str(path)]
    subprocess.run(command, input=np.ascontiguousarray(frames).tobytes(), check=True)


def given_frames(engine: Engine, prompts: list[Prompt], truth, folder: Path, options: list[str]) -> dict:
    """{"first frame": [dB…], …} over `prompts`, with the frames that `truth` reads; a string where it cannot be.

    First frame alone; first and last together, of which the last is measured; the first nine of 25 as a video, of
    which the tenth is measured.
    """
    given = folder / "given"
    given.mkdir(parents=True, exist_ok=True)
    found: dict = {}
    # Options, the frame of the output that is measured, the true frame that it should be, further options.
    tasks = {
        "first frame": (("first-frame",), 0, 0, {}),
        "last frame": (("first-frame", "last-frame"), FRAMES - 1, FRAMES - 1, {}),
        "continuation": (("video",), 0, CONTINUED, {"frames": 17}),
    }
    for task, (needed, measured, true, further) in tasks.items():
        lacking = [f"--{option}" for option in needed if not engine.knows(option)]
        if lacking:
            found[task] = f"skipped: this flipbook has no {' and no '.join(lacking)}"
            continue
        requests = []
        for prompt in prompts:
            frames = truth(prompt)
            paths = {"first-frame": given / f"{prompt.name}-first.png", "last-frame": given / f"{prompt.name}-last.png",
                     "video": given / f"{prompt.name}.mov"}
            for option in needed:
                if paths[option].exists():
                    continue
                if option == "video":
                    write_video(paths[option], frames[:CONTINUED])
                else:
                    Image.fromarray(frames[0 if option == "first-frame" else -1]).save(paths[option])
            output = folder / task.replace(" ", "-") / prompt.name
            output.parent.mkdir(parents=True, exist_ok=True)
            requests.append({"prompt": prompt.text, "seed": prompt.index, "output": str(output), **further,
                             **{option: str(paths[option].resolve()) for option in needed}})
        try:
            engine.generate(requests, options)
        except SystemExit as problem:
            found[task] = f"skipped: {problem}"
            continue
        found[task] = [
            psnr(frames_of(Path(request["output"]))[measured], truth(prompt)[true])
            for prompt, request in zip(prompts, requests)
        ]
    return found
