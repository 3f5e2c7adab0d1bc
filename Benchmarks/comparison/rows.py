"""What is compared, and the ratio that is asked of each row."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from . import pytorch
from .sides import Flipbook, FlipbookServer, Function, Process, Side

PROMPT = "a red ball bounces in a green meadow under a blue sky"
NATIVE_GRID = (7, 8, 8)  # 25 frames of 128×128
TEXT_TOKENS = 16
CLIP_SECONDS = 25 / 24
# Eight steps without guidance; and what both programs do when they are told nothing.
SHORT = {"steps": 8, "guidance": 1.0}
DEFAULT = {"steps": 24, "guidance": 3.0}


@dataclass
class Peer:
    """Another side, made when its row is measured, and the ratio that is asked for."""

    make: Callable[[], Side]
    bar: float | None = None


@dataclass
class Row:
    name: str
    shape: str
    dtype: str
    make: Callable[[], Side]  # Flipbook
    peers: list[Peer] = field(default_factory=list)
    # The share of the processor's peak that is asked for; the peak stands beside every row of products.
    peak_bar: float | None = None
    has_peak: bool = True
    # Of the same measurements, rows of their own: by memory, or against real time.
    by_memory: bool = False
    memory_bar: float | None = None
    by_real_time: bool = False
    real_time_bar: float | None = None


@dataclass(frozen=True)
class Setup:
    """What the rows are made with."""

    server: FlipbookServer
    flipbook: Path  # the command
    root: Path
    scratch: Path
    python: str
    threads: int
    seconds: float  # a measurement, at least
    quick: bool
    # What is compared, the fastest last. Without instructions for bfloat16 PyTorch decodes fifty times as long in it as
    # in Float32, and nobody would use it.
    dtypes: tuple[str, ...] = ("f32", "bf16")

    @property
    def fastest(self) -> str:
        return self.dtypes[-1]

    def bar(self, ratio: float) -> float | None:
        """Ratios are asked for where there are instructions for bfloat16."""
        return ratio if self.fastest == "bf16" else None


def rows(setup: Setup) -> Iterator[Row]:
    yield from products(setup)
    yield from attentions(setup)
    yield from convolutions(setup)
    yield from models(setup)
    yield from stacks(setup)
    yield from clips(setup)


def ours(setup: Setup, request: dict, calls: int = 1, name: str = "Flipbook") -> Callable[[], Flipbook]:
    return partial(Flipbook, setup.server, request, setup.seconds, calls, name)


def table_row(name: str, dtype: str) -> dict:
    """A row of the Swift program's own table."""
    return {"operation": "row", "name": name if dtype == "f32" else f"{name}-{dtype}"}


def both(setup: Setup, variants: Callable[[], pytorch.Variants], eager: float | None, compiled: float | None):
    """PyTorch as it is, and compiled."""
    peers = [Peer(lambda: pytorch.eager(variants(), setup.seconds), eager)]
    if not setup.quick:  # compiling takes longer than measuring
        peers.append(Peer(lambda: pytorch.compiled(variants(), setup.seconds), compiled))
    return peers


def products(setup: Setup) -> Iterator[Row]:
    shapes = [
        ("diorama-projection", 448, 256, 256),
        ("diorama-mlp-in", 448, 256, 1024),
        ("diorama-mlp-out", 448, 1024, 256),
        ("diorama-mlp-in-large", 11200, 256, 1024),
        ("wan-projection", 1280, 1536, 1536),
        ("wan-mlp-in", 1280, 1536, 8960),
        ("wan-mlp-out", 1280, 8960, 1536),
    ]
    for name, count, inputs, outputs in shapes[1:6:4] if setup.quick else shapes:
        shape = f"{count}×{inputs} · {inputs}×{outputs}"
        size = {"rows": count, "inputs": inputs, "outputs": outputs}
        for dtype in setup.dtypes:
            bar = 0.95 if dtype == "bf16" else None
            peers = both(setup, partial(pytorch.linear, count, inputs, outputs, dtype), bar, bar)
            if dtype == "f32":
                peers.append(Peer(ours(setup, {"operation": "openblas", **size}, name="OpenBLAS sgemm")))
            # PyTorch's input and result are in the precision; so are ours, as between the maps of a model.
            request = {"operation": "linear-rows", **size, "precision": dtype}
            yield Row(f"matrix/{name}", shape, dtype, ours(setup, request), peers)
        own = setup.fastest
        in_own = ours(setup, {"operation": "linear", **size, "precision": own}, name=f"Flipbook {own}")
        in_int8 = ours(setup, {"operation": "linear", **size, "precision": "int8"})
        yield Row(f"matrix/{name}", shape, "int8", in_int8, [Peer(in_own, setup.bar(1.4))])


def attentions(setup: Setup) -> Iterator[Row]:
    heads = 4
    for size in (64, 128):
        for tokens in (832,) if setup.quick else (832, 3328, 8192):
            for dtype in setup.dtypes:
                bar = setup.bar({"f32": 1.8, "bf16": 3.0}[dtype])
                peers = [Peer(partial(own_attention, setup, tokens, heads, size, dtype), bar)]
                # Written out, the scores of 8,192 tokens would be a gigabyte.
                if not setup.quick and tokens < 8192:
                    peers.append(Peer(partial(explicit_attention, setup, tokens, heads, size, dtype)))
                request = {"operation": "attention", "tokens": tokens, "heads": heads, "headSize": size}
                yield Row(
                    "attention", f"{tokens} tokens, {heads} heads of {size}", dtype,
                    ours(setup, {**request, "precision": dtype}), peers,
                )  # fmt: skip


def own_attention(setup: Setup, *shape) -> Function:
    return pytorch.eager(pytorch.attention(*shape), setup.seconds)


def explicit_attention(setup: Setup, *shape) -> Function:
    side = pytorch.compiled(pytorch.explicit_attention(*shape), setup.seconds)
    side.name = "PyTorch compiled, two products"
    return side


def convolutions(setup: Setup) -> Iterator[Row]:
    shapes = [(64, 64), (96, 64), (128, 64), (192, 32), (256, 32), (384, 32)]
    for channels, side in shapes[1:6:3] if setup.quick else shapes:
        size = {"frames": 4, "height": side, "width": side, "channels": channels}
        for dtype in setup.dtypes:
            peers = both(setup, partial(pytorch.convolution, *size.values(), dtype), None, None)
            request = {"operation": "convolution", **size, "precision": dtype}
            shape = f"3×3×3, 4×{side}×{side}, {channels} → {channels}"
            yield Row("convolution", shape, dtype, ours(setup, request), peers)


def models(setup: Setup) -> Iterator[Row]:
    """A step and a decode of Diorama. The bars are against compiled bf16."""

    def loaded(make: Callable, dtype: str, *inputs) -> pytorch.Variants:
        generator = pytorch.Generator(setup.root / "Weights/diorama", pytorch.DTYPES[dtype])
        return make(generator, NATIVE_GRID, *inputs)

    def variants(make: Callable, dtype: str, *inputs) -> Callable[[], pytorch.Variants]:
        return partial(loaded, make, dtype, *inputs)

    for dtype in setup.dtypes:
        bar = 1.5 if dtype == "bf16" else None
        evaluation = table_row("model/transformer-evaluation", dtype)
        decode = table_row("model/decode", dtype)
        one, two = [TEXT_TOKENS], [TEXT_TOKENS, 2]
        # Steps follow steps: long enough that the first of them, with caches full of the other side's, counts little.
        steps = replace(setup, seconds=5 * setup.seconds)
        yield Row(
            "diorama/step", "128×128, 25 frames, without guidance", dtype, ours(steps, evaluation),
            both(steps, variants(pytorch.step, dtype, one), None, bar),
        )  # fmt: skip
        # With guidance PyTorch evaluates both texts as one batch, and Flipbook one after the other.
        yield Row(
            "diorama/step-guided", "128×128, 25 frames, with guidance", dtype, ours(steps, evaluation, calls=2),
            both(steps, variants(pytorch.step, dtype, two), None, bar),
        )  # fmt: skip
        yield Row(
            "diorama/decode", "128×128, 25 frames", dtype, ours(setup, decode),
            both(setup, variants(pytorch.decode, dtype), None, bar),
        )  # fmt: skip


def stacks(setup: Setup) -> Iterator[Row]:
    """Blocks of Wan 2.1 1.3B over 1,280 tokens: all thirty, or three."""
    grid = (5, 16, 16)
    for dtype in (setup.fastest,) if setup.quick else setup.dtypes:
        # In Float32 thirty would take minutes and show what three do.
        blocks = 3 if setup.quick or dtype == "f32" else 30
        variants = partial(pytorch.wan_blocks, grid, blocks, dtype)
        request = {"operation": "wan-blocks", "frames": grid[0], "rows": grid[1], "columns": grid[2], "blocks": blocks}
        yield Row(
            "wan/blocks", f"{blocks} blocks of 1.3B, 1280 tokens", dtype, ours(setup, {**request, "precision": dtype}),
            both(setup, variants, None, None), peak_bar=0.65 if dtype == "bf16" else None,
        )  # fmt: skip


def clips(setup: Setup) -> Iterator[Row]:
    """A prompt to an mp4: as fresh processes, and with everything loaded."""
    for name, settings in (("short", SHORT), ("default", DEFAULT)):
        shape = f"128×128, 25 frames, {settings['steps']} steps, guidance {settings['guidance']:g}"
        yield Row(
            f"clip/cold-{name}", shape, setup.fastest, partial(flipbook_process, setup, settings),
            [Peer(partial(twin_process, setup, settings), setup.bar(5.0))], has_peak=False,
            by_memory=name == "short", memory_bar=setup.bar(2.5),
            by_real_time=name == "short", real_time_bar=setup.bar(1.0),
        )  # fmt: skip
        if setup.quick:
            continue
        row = {"short": "model/short-run", "default": "model/whole-run"}[name]
        yield Row(
            f"clip/warm-{name}", shape, setup.fastest,
            ours(setup, table_row(row, setup.fastest)),
            [Peer(partial(twin, setup, settings, compiles)) for compiles in (False, True)],
            has_peak=False, by_real_time=name == "short", real_time_bar=setup.bar(1.0),
        )  # fmt: skip


def flipbook_process(setup: Setup, settings: dict) -> Process:
    command = [str(setup.flipbook), "generate", PROMPT, "--model", str(setup.root / "Weights/diorama")]
    command += ["--steps", str(settings["steps"]), "--guidance-scale", str(settings["guidance"])]
    command += ["--seed", "7", "--threads", str(setup.threads), "--precision", setup.fastest, "--quiet"]
    return Process("Flipbook", [*command, "--output", str(setup.scratch / "flipbook.mp4")], setup.root)


def twin_process(setup: Setup, settings: dict) -> Process:
    """Eager: compiling takes longer than one clip does."""
    command = [setup.python, "-m", "scripts.diorama.generate", PROMPT, "--threads", str(setup.threads)]
    command += ["--dtype", setup.fastest]
    command += ["--steps", str(settings["steps"]), "--guidance-scale", str(settings["guidance"])]
    return Process("PyTorch script", [*command, "--out", str(setup.scratch / "twin.mp4")], setup.root)


def twin(setup: Setup, settings: dict, compiles: bool) -> Function:
    from scripts.diorama.generate import write_mp4

    generator = pytorch.Generator(setup.root / "Weights/diorama", pytorch.DTYPES[setup.fastest], compiles)

    def clip() -> None:
        write_mp4(setup.scratch / "warm.mp4", generator.generate(PROMPT, **settings))

    return Function("PyTorch compiled" if compiles else "PyTorch eager", clip, setup.seconds)
