"""The ray caster: many rays where an edge runs, few where all is smooth.

Colours are display values from 0 to 1.  One ray goes through the middle of every
second pixel of every second row; between them the background is interpolated
where it is smooth, and every other pixel gets its own ray.  Pixels whose
neighbours show something else then get `supersample`² rays.
"""

from __future__ import annotations

import math

import numpy as np

from .kernel import kernel

from . import scenes, shapes
from .camera import camera_states, extents
from .clip import Clip
from .motion import subject_states
from .scenes import AMBIENT, LIGHT, ZENITH, backdrop_colour, ground_colour, smooth
from .shapes import BOUNDS, FAR, STRIPE, hit
from .styles import apply_style

# Colour of the body and of the stripe that shows how it turns.
PAINTS = {
    "red": ((.90, .08, .08), (1.0, .72, .68)), "green": ((.05, .56, .14), (.70, .95, .66)),
    "blue": ((.08, .20, .90), (.66, .76, 1.0)), "yellow": ((1.0, .88, .05), (.66, .46, .02)),
    "purple": ((.48, .10, .74), (.86, .70, .98)), "orange": ((1.0, .48, .02), (1.0, .86, .62)),
    "cyan": ((.05, .84, .90), (.02, .42, .52)), "pink": ((1.0, .50, .74), (.72, .12, .42)),
    "white": ((.98, .98, .98), (.46, .50, .60)), "black": ((.06, .06, .07), (.50, .50, .54)),
}
SMOOTH = 0.06  # sum of differences up to which the background is interpolated
RIM = {"black": 0.42}  # light along the outline, so that it stands out from the dark


@kernel
def cast(c, x, y, pixel, state, kinds, look, sun, scene, palette, marks, backdrop, out):
    """Colour of one ray into `out`; returns what it hit (0: ground, -1: backdrop).

    c: the camera.  x, y: where the ray goes, at unit distance.  pixel: a
    pixel's size there.  look: [subjects, 8] body and
    stripe colours, shine, rim.  backdrop: radius, yaw, ground shift x and z.
    """
    n = 1.0 / math.sqrt(1.0 + x * x + y * y)
    ex, ey, ez = c[0], c[1], c[2]
    dx, dy, dz = ((c[9] + x * c[3] + y * c[6]) * n, (c[10] + x * c[4] + y * c[7]) * n,
                  (c[11] + x * c[5] + y * c[8]) * n)
    best, nx, ny, nz, who, face, lx = FAR, 0.0, 0.0, 0.0, -1, 0, 0.0
    s = state
    for k in range(state.shape[0]):
        ox, oy, oz = ex - s[k, 0], ey - s[k, 1], ez - s[k, 2]
        b = ox * dx + oy * dy + oz * dz
        reach = s[k, 3] * BOUNDS[kinds[k]]
        if b * b - (ox * ox + oy * oy + oz * oz - reach * reach) <= 0.0:
            continue
        inv = 1.0 / s[k, 3]
        px = (s[k, 4] * ox + s[k, 7] * oy + s[k, 10] * oz) * inv
        py = (s[k, 5] * ox + s[k, 8] * oy + s[k, 11] * oz) * inv
        pz = (s[k, 6] * ox + s[k, 9] * oy + s[k, 12] * oz) * inv
        vx = (s[k, 4] * dx + s[k, 7] * dy + s[k, 10] * dz) * inv
        vy = (s[k, 5] * dx + s[k, 8] * dy + s[k, 11] * dz) * inv
        vz = (s[k, 6] * dx + s[k, 9] * dy + s[k, 12] * dz) * inv
        t, ax, ay, az, f = hit(kinds[k], px, py, pz, vx, vy, vz)
        if 0.0 < t < best:
            best, who, face, lx = t, k, f, px + t * vx
            nx = s[k, 4] * ax + s[k, 5] * ay + s[k, 6] * az
            ny = s[k, 7] * ax + s[k, 8] * ay + s[k, 9] * az
            nz = s[k, 10] * ax + s[k, 11] * ay + s[k, 12] * az
    if who >= 0:
        return shade(nx, ny, nz, dx, dy, dz, lx, who, face, kinds, look, sun, palette, out)

    radius = backdrop[0]
    if dy < -1e-5:
        t = -ey / dy
        gx, gz = ex + t * dx, ez + t * dz
        if gx * gx + gz * gz < radius * radius:
            r, g, b = ground_colour(scene, palette, gx, gz, backdrop[2], backdrop[3], radius, t)
            light = shadow(gx, gz, state, sun)
            out[0], out[1], out[2] = r * light, g * light, b * (0.12 + 0.88 * light)
            return 0
    a = dx * dx + dz * dz
    b = ex * dx + ez * dz
    t = (-b + math.sqrt(b * b - a * (ex * ex + ez * ez - radius * radius))) / a
    out[0], out[1], out[2] = backdrop_colour(
        scene, palette, marks, ex + t * dx, ey + t * dy, ez + t * dz, radius, backdrop[1], dy, t * pixel)
    return -1


@kernel
def shadow(x, z, state, sun):
    """Light left on the ground at (x, z): soft cast shadows and contact shadows."""
    light = 1.0
    s = state
    for k in range(state.shape[0]):
        vx, vy, vz, size = s[k, 0] - x, s[k, 1], s[k, 2] - z, s[k, 3]
        flat = vx * vx + vz * vz
        if flat > 12.0:
            continue
        b = vx * sun[0] + vy * sun[1] + vz * sun[2]
        gap = math.sqrt(max(0.0, flat + vy * vy - b * b))
        light *= 1.0 - 0.45 * smooth((0.62 * size - gap) / (0.32 * size))
        under = max(0.0, 1.0 - 1.4 * flat / (size * size))
        near = 1.0 / (1.0 + 6.0 * s[k, 13])
        light *= 1.0 - 0.40 * near * under * under
    return light


@kernel
def shade(nx, ny, nz, dx, dy, dz, lx, who, face, kinds, look, sun, palette, out):
    """Diffuse light, sky light, highlight and rim of a subject's surface."""
    paint = look[who]
    stripe = 1 if abs(lx) < STRIPE[kinds[who]] else 0
    facing = max(0.0, -(nx * dx + ny * dy + nz * dz))
    sunlit = max(0.0, (nx * sun[0] + ny * sun[1] + nz * sun[2] + 0.2) / 1.2)
    sky = 0.5 + 0.5 * ny
    edge = 1.0 - facing
    rim = paint[7] * edge * edge * edge
    gloss = 0.0
    if paint[6] > 0.0:
        hx, hy, hz = sun[0] - dx, sun[1] - dy, sun[2] - dz
        h = max(0.0, (nx * hx + ny * hy + nz * hz) / math.sqrt(hx * hx + hy * hy + hz * hz))
        h *= h
        h *= h
        h *= h
        h *= h
        gloss = paint[6] * (0.75 * h * h + 0.16 * smooth((dy + 2.0 * facing * ny) * 1.5))
    for c in range(3):
        light = palette[AMBIENT, c] * (0.86 + 0.42 * sky) + 1.1 * palette[LIGHT, c] * sunlit
        v = paint[3 * stripe + c] * light * (0.70 + 0.30 * facing)
        out[c] = min(1.0, v + gloss + rim * (0.4 + 0.6 * palette[ZENITH, c]))
    return 1 + face + 8 * stripe + 16 * who


@kernel
def alike(what, colour, j, i, l, k):
    """True if pixels (j, i) and (l, k) show the same smooth part of the background."""
    return (what[j, i] <= 0 and what[j, i] == what[l, k]
            and abs(colour[j, i, 0] - colour[l, k, 0]) + abs(colour[j, i, 1] - colour[l, k, 1])
            + abs(colour[j, i, 2] - colour[l, k, 2]) < SMOOTH)


@kernel
def on_edge(what, colour, j, i):
    """True where a neighbour shows something else, or the shading of a subject jumps."""
    height, width = what.shape
    w = what[j, i]
    l, r = max(i - 1, 0), min(i + 1, width - 1)
    u, d = max(j - 1, 0), min(j + 1, height - 1)
    if what[j, l] != w or what[j, r] != w or what[u, i] != w or what[d, i] != w:
        return True
    return w > 0 and abs(colour[j, l, 1] - colour[j, r, 1]) + abs(colour[u, i, 1] - colour[d, i, 1]) > 0.25


@kernel
def draw(states, cameras, kinds, look, sun, scene, palette, marks, backdrop, half_w, half_h, samples,
         colour, what, out, video):
    """Draws every frame into `video` [frames, height, width, 3], uint8.

    colour [height, width, 3], what [height, width] and out [3] are work space.
    """
    frames, height, width = video.shape[:3]
    step = 1.0 / samples
    for f in range(frames):
        c, state = cameras[f], states[f]
        sx, sy = 2.0 * half_w * c[12] / width, 2.0 * half_h * c[12] / height  # of a pixel
        left, top = -0.5 * width * sx, 0.5 * height * sy
        for sweep in range(2):
            for j in range(height):
                if sweep == 0 and j % 2 == 1:
                    continue
                for i in range(width):
                    odd = j % 2 == 1 or i % 2 == 1
                    if odd == (sweep == 0):
                        continue
                    if odd:  # between two or four rays of the first sweep
                        u, l = j - j % 2, i - i % 2
                        d, r = j + j % 2, i + i % 2
                        if (d < height and r < width and alike(what, colour, u, l, d, r)
                                and alike(what, colour, u, r, d, l) and what[u, l] == what[u, r]):
                            what[j, i] = what[u, l]
                            for k in range(3):
                                colour[j, i, k] = 0.25 * (colour[u, l, k] + colour[u, r, k]
                                                          + colour[d, l, k] + colour[d, r, k])
                            continue
                    what[j, i] = cast(c, left + (i + 0.5) * sx, top - (j + 0.5) * sy, sy, state, kinds,
                                      look, sun, scene, palette, marks, backdrop, out)
                    for k in range(3):
                        colour[j, i, k] = out[k]
        for j in range(height):
            for i in range(width):
                r, g, b = colour[j, i, 0], colour[j, i, 1], colour[j, i, 2]
                if samples > 1 and on_edge(what, colour, j, i):
                    r = g = b = 0.0
                    for q in range(samples * samples):
                        x = left + (i + (q % samples + 0.5) * step) * sx
                        y = top - (j + (q // samples + 0.5) * step) * sy
                        cast(c, x, y, sy, state, kinds, look, sun, scene, palette, marks, backdrop, out)
                        r += out[0] * step * step
                        g += out[1] * step * step
                        b += out[2] * step * step
                video[f, j, i, 0] = int(r * 255.0 + 0.5)
                video[f, j, i, 1] = int(g * 255.0 + 0.5)
                video[f, j, i, 2] = int(b * 255.0 + 0.5)


@kernel
def count(states, cameras, kinds, half_w, half_h, hits):
    """Counts the rays of a coarse grid that meet a subject, into `hits` [frames, subjects]."""
    n = 64
    for f in range(states.shape[0]):
        c = cameras[f]
        for q in range(n * n):
            x = (2.0 * (q % n + 0.5) / n - 1.0) * half_w * c[12]
            y = (1.0 - 2.0 * (q // n + 0.5) / n) * half_h * c[12]
            dx, dy, dz = c[9] + x * c[3] + y * c[6], c[10] + x * c[4] + y * c[7], c[11] + x * c[5] + y * c[8]
            for k in range(states.shape[1]):
                s = states[f, k]
                ox, oy, oz = c[0] - s[0], c[1] - s[1], c[2] - s[2]
                i = 1.0 / s[3]
                t, _, _, _, _ = hit(
                    kinds[k], (s[4] * ox + s[7] * oy + s[10] * oz) * i, (s[5] * ox + s[8] * oy + s[11] * oz) * i,
                    (s[6] * ox + s[9] * oy + s[12] * oz) * i, (s[4] * dx + s[7] * dy + s[10] * dz) * i,
                    (s[5] * dx + s[8] * dy + s[11] * dz) * i, (s[6] * dx + s[9] * dy + s[12] * dz) * i)
                if 0.0 < t < FAR:
                    hits[f, k] += 1


def _kinds(clip: Clip) -> np.ndarray:
    return np.array([shapes.NAMES.index(s.shape) for s in clip.subjects], np.int64)


def coverage(clip: Clip, width: int = 128, height: int = 128) -> np.ndarray:
    """Part of the picture that each subject covers, [frames, subjects]."""
    states = subject_states(clip)
    hits = np.zeros(states.shape[:2], np.int64)
    count(states, camera_states(clip, states), _kinds(clip), *extents(width, height), hits)
    return hits / 64**2


def render(
    clip: Clip, width: int, height: int, supersample: int = 2, frames: list[int] | None = None
) -> np.ndarray:
    """The clip, or these frames of it alone, as uint8 [frames, height, width, 3]."""
    states = subject_states(clip)
    cameras = camera_states(clip, states)
    if frames is not None:
        states, cameras = states[frames], cameras[frames]
    look = np.array([[*PAINTS[s.colour][0], *PAINTS[s.colour][1],
                      1.0 if s.material == "shiny" else 0.0, RIM.get(s.colour, 0.14)]
                     for s in clip.subjects], np.float32)
    azimuth, elevation = clip.sun
    flat = math.cos(elevation)
    sun = np.array([flat * math.sin(azimuth), math.sin(elevation), flat * math.cos(azimuth)], np.float32)
    scene = scenes.NAMES.index(clip.scene)
    backdrop = np.array([scenes.RADII[scene], clip.backdrop_yaw, *clip.ground_shift], np.float32)
    video = np.empty((len(states), height, width, 3), np.uint8)
    draw(states, cameras, _kinds(clip), look, sun, scene, scenes.PALETTES[scene],
         scenes.landmarks(clip.scene, clip.backdrop_yaw), backdrop, *extents(width, height),
         supersample, np.empty((height, width, 3), np.float32), np.empty((height, width), np.int32),
         np.empty(3, np.float32), video)
    return apply_style(video, clip.style)
