"""Pictures and videos that other programs wrote, for Tests/VideoTests.

    python -m scripts.golden.video

Every file shows the same 48x32 picture of four flat quarters, so that the tests need no expected
pixels beside it. Pillow writes the pictures, the ffmpeg command the videos.
"""

import struct
import subprocess
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

FOLDER = Path(__file__).resolve().parents[2] / "Tests" / "Fixtures" / "video"
WIDTH, HEIGHT = 48, 32
# Top left, top right, bottom left, bottom right. The tests hold the same table.
COLORS = ((220, 40, 30), (40, 180, 60), (30, 60, 210), (128, 128, 128))


def quarters() -> Image.Image:
    pixels = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    for index, color in enumerate(COLORS):
        row, column = divmod(index, 2)
        rows = slice(row * HEIGHT // 2, (row + 1) * HEIGHT // 2)
        pixels[rows, column * WIDTH // 2 : (column + 1) * WIDTH // 2] = color
    return Image.fromarray(pixels)


def orientation(value: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = value
    return exif.tobytes()


def stored(picture: Image.Image, value: int) -> Image.Image:
    """The pixels that a camera stores, so that the turn of Exif's `value` shows `picture`."""
    inverse = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[value]
    return picture if inverse is None else picture.transpose(inverse)


def pictures() -> None:
    picture = quarters()
    picture.save(FOLDER / "rgb.png")
    picture.quantize(4).save(FOLDER / "palette.png")
    # Transparent above (red and green turn white), half transparent below.
    alpha = np.full((HEIGHT, WIDTH), 255, np.uint8)
    alpha[: HEIGHT // 2] = 0
    with_alpha = picture.copy()
    with_alpha.putalpha(Image.fromarray(alpha))
    with_alpha.save(FOLDER / "alpha.png")
    with_alpha.save(FOLDER / "alpha.webp", lossless=True, exact=True)
    grey = picture.convert("L")
    grey.save(FOLDER / "grey.png")
    Image.fromarray(np.asarray(grey).astype(np.uint16) * 257).save(FOLDER / "grey16.png")
    grey.save(FOLDER / "grey.jpg", quality=95)
    picture.convert("CMYK").save(FOLDER / "cmyk.jpg", quality=95)
    picture.save(FOLDER / "full-chroma.jpg", quality=95, subsampling=0)
    picture.save(FOLDER / "progressive.jpg", quality=95, subsampling=2, progressive=True)
    picture.save(FOLDER / "lossy.webp", quality=95)
    picture.save(FOLDER / "lossless.webp", lossless=True)
    for value in range(1, 9):
        stored(picture, value).save(
            FOLDER / f"orientation-{value}.jpg", quality=95, subsampling=0, exif=orientation(value)
        )
    # A header that promises 60,000 x 60,000 pixels, with nothing behind it.
    header = b"\x89PNG\r\n\x1a\n" + chunk(
        b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    )
    (FOLDER / "huge.png").write_bytes(header + chunk(b"IDAT", b"x\x9c") + chunk(b"IEND", b""))


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def turn(path: Path) -> None:
    """Writes a quarter turn clockwise into the track header, as telephones do."""
    data = bytearray(path.read_bytes())
    start = data.index(b"tkhd") + 44
    assert struct.unpack_from(">9i", data, start)[::4] == (1 << 16, 1 << 16, 1 << 30)
    one = 1 << 16
    struct.pack_into(">9i", data, start, 0, one, 0, -one, 0, 0, WIDTH * one, 0, 1 << 30)
    path.write_bytes(data)


def videos() -> None:
    def ffmpeg(name: str, *options: str) -> None:
        source = ["-loop", "1", "-t", "0.25", "-r", "24", "-i", str(FOLDER / "rgb.png")]
        command = ["ffmpeg", "-v", "error", "-y", *source, *options, str(FOLDER / name)]
        subprocess.run(command, check=True)

    reproducible = ("-fflags", "+bitexact", "-flags", "+bitexact", "-threads", "1")
    h264 = ("-c:v", "libx264", "-crf", "10", *reproducible)
    ffmpeg(
        "bt601-full.mp4", "-vf", "scale=out_color_matrix=bt601:out_range=pc,format=yuvj420p",
        "-colorspace", "smpte170m", "-color_range", "pc", *h264,
    )
    ffmpeg(
        "turned.mp4", "-vf", "transpose=cclock,scale=out_color_matrix=bt709,format=yuv420p",
        "-colorspace", "bt709", *h264,
    )
    turn(FOLDER / "turned.mp4")
    ffmpeg(
        "ten-bit.mkv", "-vf", "scale=out_color_matrix=bt709,format=yuv444p10le",
        "-colorspace", "bt709", *h264,
    )


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    pictures()
    videos()
