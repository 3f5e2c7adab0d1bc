"""Grounds, skies and landmarks: everything behind the subjects.

A scene is a flat ground inside a round backdrop.  The backdrop stands at a
finite distance, so that its landmarks shift when the camera moves as well as
when it turns.  All patterns are smooth and broad: they show motion without
costing detail.
"""

import math

import numpy as np

from .kernel import kernel

NAMES = ("meadow", "desert", "night", "snow", "stage", "beach")
MEADOW, DESERT, NIGHT, SNOW, STAGE, BEACH = range(6)

# Rows of a scene's palette.
GROUND, PATCH, HAZE, HORIZON, ZENITH, LIGHT, AMBIENT = range(7)

PALETTES = np.array([
    # ground            patch              haze               horizon            zenith             light              ambient
    [[.50, .74, .33], [.34, .60, .25], [.62, .80, .50], [.80, .91, .98], [.33, .60, .92], [.66, .64, .58], [.46, .48, .52]],
    [[.84, .69, .46], [.72, .55, .35], [.88, .76, .56], [.97, .91, .78], [.62, .79, .90], [.68, .64, .54], [.48, .46, .44]],
    [[.17, .21, .38], [.11, .14, .28], [.10, .13, .27], [.15, .18, .40], [.03, .04, .13], [.60, .62, .68], [.38, .40, .50]],
    [[.80, .86, .93], [.68, .76, .88], [.82, .87, .92], [.78, .84, .90], [.52, .62, .74], [.64, .62, .60], [.46, .49, .54]],
    [[.62, .42, .25], [.48, .31, .18], [.52, .34, .20], [.46, .05, .09], [.24, .02, .06], [.68, .64, .58], [.44, .42, .42]],
    [[.91, .81, .61], [.81, .69, .48], [.30, .62, .82], [.86, .95, .99], [.40, .74, .97], [.66, .64, .58], [.48, .49, .52]],
], np.float32)

RADII = np.array([11, 11, 11, 11, 6, 11], np.float32)  # of the backdrop, units

HILL, PEAK, DISC, BLOCK = range(4)

# (degrees to the right of -z, then in units at a distance of 14: foot, half width, height, form, r, g, b)
_LANDMARKS = {
    "meadow": [
        (-95, 0, 6, 2.0, HILL, .42, .62, .48), (-50, 0, 7, 2.4, HILL, .45, .66, .52),
        (-8, 0, 5, 1.3, HILL, .42, .62, .48), (35, 0, 8, 2.8, HILL, .45, .66, .52),
        (85, 0, 6, 1.8, HILL, .42, .62, .48),
        (-68, 1.2, 1.0, 1.3, DISC, .16, .42, .22), (-30, 1.1, .9, 1.2, DISC, .16, .42, .22),
        (-22, .9, .7, .9, DISC, .20, .47, .24), (14, 1.4, 1.2, 1.5, DISC, .16, .42, .22),
        (52, 1.0, .8, 1.1, DISC, .20, .47, .24), (75, 1.3, 1.1, 1.4, DISC, .16, .42, .22)],
    "desert": [
        (-100, 0, 6, 1.3, HILL, .78, .60, .40), (-48, 0, 8, 1.5, HILL, .80, .62, .42),
        (8, 0, 6, 1.1, HILL, .78, .60, .40), (58, 0, 8, 1.6, HILL, .80, .62, .42),
        (-72, 0, 1.6, 2.3, BLOCK, .64, .34, .22), (-27, 0, 1.9, 2.7, BLOCK, .66, .36, .24),
        (18, 0, 1.0, 2.0, BLOCK, .64, .34, .22), (42, 0, 2.4, 1.7, BLOCK, .66, .36, .24),
        (84, 0, 1.5, 2.6, BLOCK, .64, .34, .22)],
    "night": [
        (-90, 0, 7, 1.5, HILL, .05, .06, .15), (-40, 0, 5, 2.0, HILL, .05, .06, .15),
        (3, 0, 6, 1.1, HILL, .06, .07, .17), (45, 0, 5, 1.9, HILL, .05, .06, .15),
        (90, 0, 7, 1.4, HILL, .06, .07, .17),
        (17, 3.3, .72, .72, DISC, .98, .95, .80),
        (-62, 3.5, .23, .23, DISC, .85, .88, .98), (-34, 3.9, .23, .23, DISC, .85, .88, .98),
        (-14, 3.3, .23, .23, DISC, .85, .88, .98), (2, 4.2, .23, .23, DISC, .85, .88, .98),
        (36, 4.0, .23, .23, DISC, .85, .88, .98), (62, 3.4, .23, .23, DISC, .85, .88, .98)],
    "snow": [
        (-90, 0, 5, 3.2, PEAK, .60, .68, .80), (-46, 0, 5.5, 3.6, PEAK, .60, .68, .80),
        (-24, 0, 3.5, 2.2, PEAK, .66, .74, .84), (16, 0, 5, 3.4, PEAK, .60, .68, .80),
        (50, 0, 4, 2.6, PEAK, .66, .74, .84), (85, 0, 5.5, 3.5, PEAK, .60, .68, .80),
        (-60, 0, .9, 2.0, PEAK, .16, .34, .32), (-34, 0, .8, 1.8, PEAK, .16, .34, .32),
        (-6, 0, 1.0, 2.2, PEAK, .16, .34, .32), (3, 0, .7, 1.5, PEAK, .20, .38, .36),
        (31, 0, .9, 2.0, PEAK, .16, .34, .32), (66, 0, .8, 1.8, PEAK, .16, .34, .32)],
    "stage": [],
    "beach": [
        (-80, 0, 3.2, 1.1, HILL, .30, .52, .40), (-25, 0, 3.0, 1.3, HILL, .30, .52, .40),
        (34, 0, 3.6, 1.0, HILL, .34, .56, .44), (80, 0, 2.5, 1.2, HILL, .30, .52, .40),
        (11, 0, .75, 1.7, PEAK, .98, .97, .94), (-52, 0, .7, 1.5, PEAK, .98, .97, .94),
        (58, 0, .7, 1.6, PEAK, .98, .97, .94), (-6, 3.5, .75, .75, DISC, 1.0, .95, .62)],
}


def landmarks(name: str, yaw: float) -> np.ndarray:
    """Landmarks [n, 9] of a scene as rows (cosine, sine, foot, half width, height, form, r, g, b)."""
    rows = np.array(_LANDMARKS[name], np.float32).reshape(-1, 8)
    angles = np.deg2rad(rows[:, :1]) + yaw
    rows[:, 1:4] *= RADII[NAMES.index(name)] / 14
    return np.hstack([np.cos(angles), np.sin(angles), rows[:, 1:]]).astype(np.float32)


@kernel
def _unit(x):
    return min(1.0, max(0.0, x))


@kernel
def smooth(x):
    x = min(1.0, max(0.0, x))
    return x * x * (3.0 - 2.0 * x)


@kernel
def wave(x):
    """A sine of period 2 pi, of parabolas: smooth, and much cheaper."""
    x *= 0.15915494
    x -= math.floor(x + 0.5)
    return x * (8.0 - 16.0 * abs(x))


@kernel
def ground_colour(scene, palette, x, z, shift_x, shift_z, radius, distance):
    """Colour of the ground at (x, z), before shadows."""
    u, v = x + shift_x, z + shift_z
    if scene == DESERT:
        m = 0.5 + 0.5 * wave(2.2 * v + 0.9 * u + 1.1 * wave(0.8 * u))
    elif scene == STAGE:
        m = 0.5 + 0.5 * wave(4.2 * u)
    elif scene == BEACH:
        m = smooth(0.5 + 0.7 * wave(1.5 * u + 0.8 * wave(1.1 * v)) * wave(1.4 * v))
    else:
        m = smooth(0.5 + 0.8 * wave(1.9 * u + 0.9 * wave(1.2 * v)) * wave(1.7 * v + 0.5 * u))
    m = 0.4 + (m - 0.4) / (1.0 + 0.012 * distance * distance)
    far = smooth((math.sqrt(x * x + z * z) / radius - 0.25) / 0.75)
    r = palette[GROUND, 0] + m * (palette[PATCH, 0] - palette[GROUND, 0])
    g = palette[GROUND, 1] + m * (palette[PATCH, 1] - palette[GROUND, 1])
    b = palette[GROUND, 2] + m * (palette[PATCH, 2] - palette[GROUND, 2])
    if scene == BEACH:
        shore = -3.4 + 0.35 * wave(0.7 * u)
        foam = _unit(1.0 - abs(z - shore) / 0.28)
        sea = smooth((shore - z) / 0.35 + 0.5)
        deep = _unit((shore - z) / 7.0)
        r += sea * (0.16 - 0.06 * deep - r)
        g += sea * (0.58 - 0.16 * deep - g)
        b += sea * (0.80 - 0.10 * deep - b)
        foam = 0.6 * foam * foam
        return r + foam * (0.95 - r), g + foam * (0.97 - g), b + foam * (0.98 - b)
    if scene == NIGHT or scene == STAGE:  # a pool of light about the subject
        pool = 1.0 + (0.65 if scene == NIGHT else 0.18) / (1.0 + 0.35 * (x * x + z * z))
        r, g, b = r * pool, g * pool, b * pool
    return (r + far * (palette[HAZE, 0] - r), g + far * (palette[HAZE, 1] - g),
            b + far * (palette[HAZE, 2] - b))


@kernel
def _curtain(palette, angle, y, yaw):
    """The back wall of the stage: folds of a dark red curtain, lit in the middle."""
    a = angle - yaw
    fold = 0.5 + 0.5 * wave(13.0 * a + 1.2 * wave(3.0 * a))
    fold *= 0.75 + 0.25 * wave(2.0 * a + 0.7)
    spot = math.exp(-6.0 * a * a - 0.10 * (y - 1.6) * (y - 1.6))
    m = (0.25 + 0.75 * fold) * (0.75 + 0.55 * spot) * (0.65 + 0.35 * smooth(y / 0.8))
    return (palette[ZENITH, 0] + m * (palette[HORIZON, 0] - palette[ZENITH, 0]),
            palette[ZENITH, 1] + m * (palette[HORIZON, 1] - palette[ZENITH, 1]),
            palette[ZENITH, 2] + m * (palette[HORIZON, 2] - palette[ZENITH, 2]))


@kernel
def backdrop_colour(scene, palette, marks, x, y, z, radius, yaw, rise, pixel):
    """Colour of the backdrop at (x, y, z); `rise` is the slope of the ray, `pixel` a pixel's size there."""
    if scene == STAGE:
        return _curtain(palette, math.atan2(x, -z), y, yaw)
    m = smooth(rise * 1.9 + 0.04)
    r = palette[HORIZON, 0] + m * (palette[ZENITH, 0] - palette[HORIZON, 0])
    g = palette[HORIZON, 1] + m * (palette[ZENITH, 1] - palette[HORIZON, 1])
    b = palette[HORIZON, 2] + m * (palette[ZENITH, 2] - palette[HORIZON, 2])
    if y > 4.8:
        return r, g, b
    for i in range(marks.shape[0]):
        width, height, form, v = marks[i, 3], marks[i, 4], marks[i, 5], y - marks[i, 2]
        if v > height + pixel or marks[i, 1] * x - marks[i, 0] * z < 0.0:
            continue
        u = (marks[i, 0] * x + marks[i, 1] * z) / width
        if abs(u) > (2.2 if form == HILL else 1.3):
            continue
        if form == DISC:
            gap = (1.0 - math.sqrt(u * u + v * v / (height * height))) * min(width, height)
        elif form == HILL:
            bell = 1.0 - 0.2 * u * u
            gap = height * bell * bell * bell * bell - v
        elif form == PEAK:
            gap = (height * (1.0 - abs(u)) - v) * width / math.sqrt(width * width + height * height)
        else:
            gap = min((1.0 + 0.12 * (1.0 - v / height) - abs(u)) * width, height - v)
        a = _unit(gap / pixel + 0.5)
        r += a * (marks[i, 6] - r)
        g += a * (marks[i, 7] - g)
        b += a * (marks[i, 8] - b)
        if form == PEAK and width > 2.0:  # snow on the mountain's top
            a *= smooth((v / height - 0.45) / 0.2)
            r, g, b = r + a * (0.93 - r), g + a * (0.95 - g), b + a * (0.98 - b)
    return r, g, b
