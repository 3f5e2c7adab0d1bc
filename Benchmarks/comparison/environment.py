"""What has to be there before anything is measured: PyTorch, and the Swift programs in release."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / "Benchmarks" / ".venv"
# Module names and what pip calls them. PyAV writes the twin's mp4 through libx264, as Flipbook does.
MODULES = {"torch": "torch", "numpy": "numpy", "safetensors": "safetensors", "tokenizers": "tokenizers", "av": "av"}
# The builds without CUDA: a tenth of the download, the same speed here.
TORCH_INDEX = "https://download.pytorch.org/whl/cpu"


def say(text: str) -> None:
    print(f"compare: {text}", file=sys.stderr, flush=True)


def missing() -> list[str]:
    return [package for module, package in MODULES.items() if importlib.util.find_spec(module) is None]


def ensure_pytorch() -> None:
    """Goes on in a Python that has PyTorch: this one, or that of Benchmarks/.venv, which is made if need be."""
    lacking = missing()
    if not lacking:
        return
    python = VENV / "bin" / "python"
    if Path(sys.prefix) == VENV:
        install(python, lacking)
        return
    if not python.exists():
        say(f"{', '.join(lacking)} not found: making {VENV.relative_to(ROOT)}")
        # What this Python has already need not be fetched again.
        run([sys.executable, "-m", "venv", "--system-site-packages", str(VENV)])
    os.execv(python, [str(python), *sys.argv])


def install(python: Path, packages: list[str]) -> None:
    say(f"installing {', '.join(packages)} into {VENV.relative_to(ROOT)}")
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if "torch" in packages:
        small = subprocess.run([*pip, "--index-url", TORCH_INDEX, "torch"], stdout=sys.stderr)
        if small.returncode == 0:
            packages = [package for package in packages if package != "torch"]
    if packages:
        run([*pip, *packages])
    importlib.invalidate_caches()


def build() -> None:
    """The programs that are measured, in release."""
    say("building in release (minutes, the first time)")
    run(["swift", "build", "-c", "release", "--product", "flipbook"])
    # SwiftPM keeps its plan of a nested package, and with it the list of files of the one above.
    (ROOT / "Benchmarks" / ".build" / "release.yaml").unlink(missing_ok=True)
    run(["swift", "build", "-c", "release", "--package-path", "Benchmarks", "--product", "flipbook-benchmarks"])


def program(package: Path, name: str) -> Path:
    path = package / ".build" / "release" / name
    if not path.exists():
        raise SystemExit(f"compare: {path} is not there; leave out --no-build")
    return path


def run(command: list[str]) -> None:
    done = subprocess.run(command, cwd=ROOT, stdout=sys.stderr)
    if done.returncode != 0:
        raise SystemExit(f"compare: '{' '.join(command)}' failed")
