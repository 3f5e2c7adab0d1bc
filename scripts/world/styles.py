"""Styles, as filters of the finished pictures.

Every filter works on each frame alone and without noise, so that still parts
stay still.  Radii and block sizes grow with the picture: `reach` is 1 pixel at
128 x 128.  `work` [4, height, width] is work space.
"""

from __future__ import annotations

import math

import numpy as np

from .kernel import kernel


@kernel
def _luminance(frame, grey):
    for j in range(frame.shape[0]):
        for i in range(frame.shape[1]):
            grey[j, i] = (0.30 * frame[j, i, 0] + 0.59 * frame[j, i, 1] + 0.11 * frame[j, i, 2]) / 255.0


@kernel
def _blur(plane, radius, spare):
    """Box blur of `plane` in place, rows then columns, edges repeated."""
    height, width = plane.shape
    scale = 1.0 / (2 * radius + 1)
    for j in range(height):
        total = plane[j, 0] * radius
        for i in range(radius):
            total += plane[j, min(i, width - 1)]
        for i in range(width):
            total += plane[j, min(i + radius, width - 1)]
            spare[j, i] = total * scale
            total -= plane[j, max(i - radius, 0)]
    for i in range(width):
        total = spare[0, i] * radius
        for j in range(radius):
            total += spare[min(j, height - 1), i]
        for j in range(height):
            total += spare[min(j + radius, height - 1), i]
            plane[j, i] = total * scale
            total -= spare[max(j - radius, 0), i]


@kernel
def _edge(plane, j, i, reach):
    """Strength of the gradient of `plane` over `2 reach` pixels."""
    height, width = plane.shape
    gx = plane[j, min(i + reach, width - 1)] - plane[j, max(i - reach, 0)]
    gy = plane[min(j + reach, height - 1), i] - plane[max(j - reach, 0), i]
    return math.sqrt(gx * gx + gy * gy)


@kernel
def _steps(v, count):
    """`v` drawn toward the middle of `count` tones, softly."""
    x = v * count
    whole = math.floor(x)
    f = x - whole
    f = f * f * (3.0 - 2.0 * f)
    f = f * f * (3.0 - 2.0 * f)
    return (whole + f) / count


@kernel
def black_and_white(video, reach, work):
    for f in range(video.shape[0]):
        for j in range(video.shape[1]):
            for i in range(video.shape[2]):
                p = video[f, j, i]
                v = (0.36 * p[0] + 0.54 * p[1] + 0.10 * p[2]) / 255.0
                v = v + 0.35 * v * (1.0 - v) * (2.0 * v - 1.0)
                video[f, j, i, :] = int(v * 255.0 + 0.5)


@kernel
def pixel_art(video, reach, work):
    block, levels = 4 * reach, 8.0
    frames, height, width = video.shape[:3]
    for f in range(frames):
        for top in range(0, height, block):
            for left in range(0, width, block):
                bottom, right = min(top + block, height), min(left + block, width)
                n = (bottom - top) * (right - left)
                for c in range(3):
                    total = 0.0
                    for j in range(top, bottom):
                        for i in range(left, right):
                            total += video[f, j, i, c]
                    v = math.floor(total / n / 255.0 * levels + 0.5) / levels
                    tone = int(v * 255.0 + 0.5)
                    for j in range(top, bottom):
                        for i in range(left, right):
                            video[f, j, i, c] = tone


@kernel
def pencil_sketch(video, reach, work):
    frames, height, width = video.shape[:3]
    grey = work[0]
    for f in range(frames):
        _luminance(video[f], grey)
        for j in range(height):
            for i in range(width):
                line = min(1.0, max(0.0, 4.5 * _edge(grey, j, i, reach) - 0.12))
                tone = 1.0 - grey[j, i]
                v = 0.97 - 0.25 * tone * tone - 0.72 * line
                v = min(1.0, max(0.0, v))
                video[f, j, i, 0] = int(v * 255.0)
                video[f, j, i, 1] = int(v * 253.0)
                video[f, j, i, 2] = int(v * 248.0)


@kernel
def watercolour(video, reach, work):
    frames, height, width = video.shape[:3]
    planes, spare = work[:3], work[3]
    for f in range(frames):
        for c in range(3):
            for j in range(height):
                for i in range(width):
                    planes[c, j, i] = video[f, j, i, c] / 255.0
            _blur(planes[c], reach, spare)
            _blur(planes[c], reach, spare)
        for j in range(height):
            for i in range(width):
                edge = min(1.0, 1.6 * (_edge(planes[0], j, i, reach) + _edge(planes[1], j, i, reach)
                                       + _edge(planes[2], j, i, reach)) / 3.0)
                for c in range(3):
                    v = 0.22 + 0.76 * _steps(planes[c, j, i], 4.0)
                    v *= 1.0 - 0.45 * edge
                    video[f, j, i, c] = int(min(1.0, v * (1.0 if c < 2 else 0.97)) * 255.0)


@kernel
def ink_wash(video, reach, work):
    frames, height, width = video.shape[:3]
    grey, spare = work[0], work[1]
    for f in range(frames):
        _luminance(video[f], grey)
        _blur(grey, reach, spare)
        _blur(grey, reach, spare)
        for j in range(height):
            for i in range(width):
                g = min(1.0, max(0.0, (grey[j, i] - 0.02) / 0.66)) ** 0.7
                edge = min(1.0, 1.5 * _edge(grey, j, i, reach))
                v = (0.16 + 0.80 * _steps(g, 3.0)) * (1.0 - 0.5 * edge)
                video[f, j, i, 0] = int(v * 252.0)
                video[f, j, i, 1] = int(v * 244.0)
                video[f, j, i, 2] = int(v * 226.0)


FILTERS = {
    "black and white": black_and_white, "pixel art": pixel_art, "pencil sketch": pencil_sketch,
    "watercolour": watercolour, "ink wash": ink_wash,
}


def apply_style(video: np.ndarray, style: str) -> np.ndarray:
    """Filters `video` [frames, height, width, 3] in place; 3D is left as drawn."""
    if style != "3D":
        height, width = video.shape[1:3]
        reach = max(1, round(math.sqrt(height * width) / 128))  # pixels
        FILTERS[style](video, reach, np.empty((4, height, width), np.float32))
    return video
