"""Checks of the world: python -m unittest scripts.world.tests.test_world"""

import unittest

import numpy as np

from scripts.world import (RATIOS, Clip, canonical, captions, coverage, render, sample_clip,
                           shot_texts, triples)
from scripts.world.vocabulary import ACTIONS, COLOURS, SHAPES, TABLES, held_out_triple, held_out_wording

KINDS = ("plain", "pair", "styled", "shots", "any")


class Sampling(unittest.TestCase):
    def test_a_seed_names_a_clip(self):
        for kind in KINDS:
            self.assertEqual(sample_clip(7, kind=kind), sample_clip(7, kind=kind))
        self.assertNotEqual(sample_clip(7), sample_clip(8))

    def test_json_round_trip(self):
        for kind in KINDS:
            for frames in (1, 25, 73):
                clip = sample_clip(3, kind=kind, frames=frames)
                self.assertEqual(Clip.from_json(clip.to_json()), clip)

    def test_held_out_triples(self):
        for seed in range(200):
            self.assertFalse(any(held_out_triple(*t) for t in triples(sample_clip(seed))))
            self.assertTrue(held_out_triple(*triples(sample_clip(seed, held_out=True))[0]))
        share = np.mean([held_out_triple(s, c, a) for s in SHAPES for c in COLOURS for a in ACTIONS])
        self.assertAlmostEqual(share, 0.1, delta=0.03)

    def test_cuts_fall_between_latent_frames(self):
        for seed in range(100):
            for frames in (25, 49):
                shots = sample_clip(seed, kind="shots", frames=frames).shots
                self.assertIn(len(shots), (2, 3))
                self.assertEqual(sum(s.frames for s in shots), frames)
                self.assertTrue(all(s.frames >= 8 for s in shots))
                self.assertTrue(all(s.start % 4 == 1 for s in shots[1:]))


class Pictures(unittest.TestCase):
    def test_rendering_is_deterministic(self):
        clip = sample_clip(5, kind="styled")
        np.testing.assert_array_equal(render(clip, 64, 64), render(clip, 64, 64))

    def test_every_ratio(self):
        clip = sample_clip(1, frames=1)
        for width, height in RATIOS.values():
            self.assertEqual(render(clip, width, height).shape, (1, height, width, 3))

    def test_the_subject_is_well_in_view(self):
        for seed in range(60):
            clip = sample_clip(seed, kind="plain")
            covered = coverage(clip)[:, 0]
            self.assertGreater(covered.min(), 0.01, clip)
            self.assertTrue(0.03 < covered.mean() < 0.55, clip)


class Words(unittest.TestCase):
    def test_splitting(self):
        self.assertEqual(shot_texts("a red ball"), ["a red ball"])
        self.assertEqual(shot_texts("a || b [cut] c [cut 1.5s] d [SHOT CUT] e [镜头切换] f"),
                         ["a b", "a c", "a d", "a e", "a f"])

    def test_one_text_a_shot(self):
        for seed in range(100):
            clip = sample_clip(seed)
            for text in [canonical(clip), *captions(clip, 0, 3)]:
                parts = shot_texts(text)
                self.assertEqual(len(parts), len(clip.shots), text)
                self.assertLessEqual(max(len(p.split()) for p in parts), 50, text)

    def test_captions_are_determined_by_their_seed(self):
        clip = sample_clip(2)
        self.assertEqual(captions(clip, 1, 4), captions(clip, 1, 4))
        self.assertGreater(len(set(captions(clip, 1, 8))), 1)

    def test_wordings(self):
        held = total = 0
        for table, values in TABLES.items():
            for value, wordings in values.items():
                self.assertGreaterEqual(len(wordings), 4, value)
                total += len(wordings)
                held += sum(held_out_wording(table, value, w) for w in wordings)
        self.assertAlmostEqual(held / total, 0.1, delta=0.03)


if __name__ == "__main__":
    unittest.main()
