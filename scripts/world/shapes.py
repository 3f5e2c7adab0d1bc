"""Solids in their own coordinates: intersection with a ray, and support.

A unit solid is about one unit across and centred near the origin.  A ray
`o + t d` (d not normalised) meets it at the smallest t > 0; the functions
return t, the outward normal there and the number of the face, with t = FAR for
a miss.
"""

import math

import numpy as np

from .kernel import kernel

NAMES = ("ball", "cube", "cylinder", "cone", "ring", "pyramid")
BALL, CUBE, CYLINDER, CONE, RING, PYRAMID = range(6)
FAR = 1e9

BALL_R = 0.5
CUBE_H = 0.37                                    # half edge
CYLINDER_R, CYLINDER_H = 0.40, 0.44              # radius, half height
CONE_R, CONE_BASE, CONE_APEX = 0.58, -0.46, 0.68
RING_R, RING_TUBE = 0.40, 0.17                   # axis along z: a wheel
PYRAMID_H, PYRAMID_BASE, PYRAMID_APEX = 0.49, -0.42, 0.64

BOUNDS = np.array([0.501, 0.642, 0.596, 0.742, 0.572, 0.812], np.float32)  # bounding radii
STRIPE = np.array([0.12, 0.11, 0.12, 0.11, 0.13, 0.11], np.float32)      # half widths


def support(name: str, rotation: np.ndarray) -> float:
    """Depth of the rotated unit solid below its centre."""
    down = -rotation[1]  # the world's -y, in the solid's coordinates
    flat = math.hypot(down[0], down[2])
    if name == "ball":
        return BALL_R
    if name == "cube":
        return CUBE_H * float(np.abs(down).sum())
    if name == "cylinder":
        return CYLINDER_H * abs(down[1]) + CYLINDER_R * flat
    if name == "cone":
        return max(CONE_APEX * down[1], CONE_BASE * down[1] + CONE_R * flat)
    if name == "ring":
        return RING_R * math.hypot(down[0], down[1]) + RING_TUBE
    return max(PYRAMID_APEX * down[1],
               PYRAMID_BASE * down[1] + PYRAMID_H * (abs(down[0]) + abs(down[2])))


@kernel
def hit_ball(ox, oy, oz, dx, dy, dz):
    a = dx * dx + dy * dy + dz * dz
    b = ox * dx + oy * dy + oz * dz
    c = ox * ox + oy * oy + oz * oz - BALL_R * BALL_R
    disc = b * b - a * c
    if disc <= 0.0:
        return FAR, 0.0, 0.0, 0.0, 0
    t = (-b - math.sqrt(disc)) / a
    return t, (ox + t * dx) / BALL_R, (oy + t * dy) / BALL_R, (oz + t * dz) / BALL_R, 0


@kernel
def _slab(o, d, h):
    """(entry, exit) of a ray between the planes at -h and +h."""
    if abs(d) < 1e-7:
        d = 1e-7
    a, b = (-h - o) / d, (h - o) / d
    return min(a, b), max(a, b)


@kernel
def hit_cube(ox, oy, oz, dx, dy, dz):
    x0, x1 = _slab(ox, dx, CUBE_H)
    y0, y1 = _slab(oy, dy, CUBE_H)
    z0, z1 = _slab(oz, dz, CUBE_H)
    t = max(x0, max(y0, z0))
    if t >= min(x1, min(y1, z1)) or t <= 0.0:
        return FAR, 0.0, 0.0, 0.0, 0
    if t == x0:
        return t, (-1.0 if dx > 0.0 else 1.0), 0.0, 0.0, (1 if dx > 0.0 else 2)
    if t == y0:
        return t, 0.0, (-1.0 if dy > 0.0 else 1.0), 0.0, (3 if dy > 0.0 else 4)
    return t, 0.0, 0.0, (-1.0 if dz > 0.0 else 1.0), (5 if dz > 0.0 else 6)


@kernel
def hit_cylinder(ox, oy, oz, dx, dy, dz):
    y0, y1 = _slab(oy, dy, CYLINDER_H)
    a = dx * dx + dz * dz + 1e-9
    b = ox * dx + oz * dz
    disc = b * b - a * (ox * ox + oz * oz - CYLINDER_R * CYLINDER_R)
    if disc <= 0.0:
        return FAR, 0.0, 0.0, 0.0, 0
    root = math.sqrt(disc)
    side = (-b - root) / a
    t = max(y0, side)
    if t >= min(y1, (-b + root) / a) or t <= 0.0:
        return FAR, 0.0, 0.0, 0.0, 0
    if side >= y0:
        return t, (ox + t * dx) / CYLINDER_R, 0.0, (oz + t * dz) / CYLINDER_R, 1
    return t, 0.0, (-1.0 if dy > 0.0 else 1.0), 0.0, (2 if dy > 0.0 else 3)


@kernel
def hit_cone(ox, oy, oz, dx, dy, dz):
    slope = CONE_R / (CONE_APEX - CONE_BASE)
    k = slope * slope
    py = oy - CONE_APEX
    a = dx * dx + dz * dz - k * dy * dy
    b = ox * dx + oz * dz - k * py * dy
    c = ox * ox + oz * oz - k * py * py
    best, nx, ny, nz, face = FAR, 0.0, 0.0, 0.0, 0
    disc = b * b - a * c
    if disc > 0.0 and abs(a) > 1e-9:
        root = math.sqrt(disc)
        for side in range(2):
            t = (-b - root) / a if side == 0 else (-b + root) / a
            y = oy + t * dy
            if 0.0 < t < best and CONE_BASE < y < CONE_APEX:
                best, face = t, 1
                x, z = ox + t * dx, oz + t * dz
                ny = k * (CONE_APEX - y)
                length = 1.0 / math.sqrt(x * x + z * z + ny * ny + 1e-12)
                nx, ny, nz = x * length, ny * length, z * length
    if abs(dy) > 1e-7:
        t = (CONE_BASE - oy) / dy
        x, z = ox + t * dx, oz + t * dz
        if 0.0 < t < best and x * x + z * z < CONE_R * CONE_R:
            best, nx, ny, nz, face = t, 0.0, -1.0, 0.0, 2
    return best, nx, ny, nz, face


@kernel
def hit_pyramid(ox, oy, oz, dx, dy, dz):
    rise = PYRAMID_APEX - PYRAMID_BASE
    length = math.sqrt(rise * rise + PYRAMID_H * PYRAMID_H)
    ca, sa = rise / length, PYRAMID_H / length
    near, far, face = -FAR, FAR, 0
    nx, ny, nz = 0.0, 0.0, 0.0
    for i in range(5):
        ax, ay, az, w = 0.0, sa, 0.0, sa * PYRAMID_APEX
        if i == 0:
            ax = ca
        elif i == 1:
            ax = -ca
        elif i == 2:
            az = ca
        elif i == 3:
            az = -ca
        else:
            ay, w = -1.0, -PYRAMID_BASE
        toward = ax * dx + ay * dy + az * dz
        gap = w - (ax * ox + ay * oy + az * oz)
        if abs(toward) < 1e-9:
            toward = 1e-9
        t = gap / toward
        if toward < 0.0:
            if t > near:
                near, nx, ny, nz, face = t, ax, ay, az, i + 1
        elif t < far:
            far = t
    if near >= far or near <= 0.0:
        return FAR, 0.0, 0.0, 0.0, 0
    return near, nx, ny, nz, face


@kernel
def hit_ring(ox, oy, oz, dx, dy, dz):
    """Sphere tracing of the torus inside its bounding sphere."""
    speed = math.sqrt(dx * dx + dy * dy + dz * dz)
    ex, ey, ez = dx / speed, dy / speed, dz / speed
    reach = RING_R + RING_TUBE + 0.001
    b = ox * ex + oy * ey + oz * ez
    disc = b * b - (ox * ox + oy * oy + oz * oz - reach * reach)
    if disc <= 0.0:
        return FAR, 0.0, 0.0, 0.0, 0
    root = math.sqrt(disc)
    s, end = max(0.0, -b - root), -b + root
    for _ in range(40):
        x, y, z = ox + s * ex, oy + s * ey, oz + s * ez
        flat = math.sqrt(x * x + y * y)
        q = flat - RING_R
        tube = math.sqrt(q * q + z * z)
        gap = tube - RING_TUBE
        if gap < 0.0015:
            n = 1.0 / (tube + 1e-9)
            m = q * n / (flat + 1e-9)
            return s / speed, x * m, y * m, z * n, 1
        s += gap
        if s > end:
            break
    return FAR, 0.0, 0.0, 0.0, 0


@kernel
def hit(shape, ox, oy, oz, dx, dy, dz):
    if shape == BALL:
        return hit_ball(ox, oy, oz, dx, dy, dz)
    if shape == CUBE:
        return hit_cube(ox, oy, oz, dx, dy, dz)
    if shape == CYLINDER:
        return hit_cylinder(ox, oy, oz, dx, dy, dz)
    if shape == CONE:
        return hit_cone(ox, oy, oz, dx, dy, dz)
    if shape == RING:
        return hit_ring(ox, oy, oz, dx, dy, dz)
    return hit_pyramid(ox, oy, oz, dx, dy, dz)
