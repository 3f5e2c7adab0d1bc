"""Videos from the Swift engine, made as a user makes them: one command, a file of prompts, numbered PNG."""

import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

FRAMES = 25


class Engine:
    """The command `flipbook generate` of one model, with options that hold for every video."""

    def __init__(self, program: str, model: str, options: list[str] = ()):
        self.program, self.model, self.options = program, model, list(options)
        self.help = subprocess.run([program, "generate", "--help"], capture_output=True, text=True, check=True).stdout

    def knows(self, option: str) -> bool:
        return f"--{option} " in self.help

    def generate(self, requests: list[dict], options: list[str] = ()) -> None:
        """Makes every request whose folder `output` is not there yet; the weights are loaded once.

        A request is a line of a prompt file: `prompt`, `seed`, `output` and further options by their long names.
        """
        missing = [request for request in requests if not Path(request["output"]).is_dir()]
        if not missing:
            return
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
            file.writelines(json.dumps(request) + "\n" for request in missing)
            file.flush()
            command = [
                self.program, "generate", "--quiet", "--model", self.model, "--prompt-file", file.name,
                *self.options, *options,
            ]
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
                for number, line in enumerate(process.stdout, 1):
                    if number % 25 == 0 or number == len(missing):
                        print(f"{number} of {len(missing)}: {line.strip()}", flush=True)
            if process.returncode:
                raise SystemExit(f"flipbook ended with code {process.returncode}; what is made stays")


def frames_of(folder: Path) -> np.ndarray:
    """The numbered PNG of a folder, uint8 [F, H, W, 3]."""
    return np.stack([np.asarray(Image.open(path).convert("RGB")) for path in sorted(folder.glob("*.png"))])
