"""The compiler settings that every pixel loop shares."""

from hashlib import blake2b
from pathlib import Path

from numba import config, njit

_SOURCES = ("kernel.py", "shapes.py", "scenes.py", "renderer.py", "styles.py")


def _cache_directory() -> str:
    """A folder named by the sources: a kernel inlined from another file is never stale."""
    folder = Path(__file__).parent
    text = b"".join((folder / name).read_bytes() for name in _SOURCES)
    return str(Path.home() / ".cache" / "diorama-world" / blake2b(text, digest_size=8).hexdigest())


_CACHE = _cache_directory()


def kernel(function):
    """Compiles `function` to machine code, kept between runs; it releases the interpreter lock.

    Kernels allocate nothing: without numba's runtime (`_nrt`) arrays are not
    reference-counted, which would take half of the time of a pixel.
    """
    saved, config.CACHE_DIR = config.CACHE_DIR, _CACHE
    try:
        return njit(fastmath=True, cache=True, nogil=True, error_model="numpy", _nrt=False)(function)
    finally:
        config.CACHE_DIR = saved
