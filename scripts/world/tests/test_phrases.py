"""Checks of the words of prompts: python -m unittest scripts.world.tests.test_phrases"""

import unittest

from scripts.export import prompt
from scripts.world.vocabulary import TABLES


class Phrases(unittest.TestCase):
    def test_the_committed_vocabulary_is_the_worlds(self):
        self.assertEqual(prompt.FILE.read_text(encoding="utf-8"), prompt.text())

    def test_every_value_can_be_said(self):
        meanings = prompt.meanings()
        for table, values in TABLES.items():
            for value in values:
                found = meanings[f"{table}:{value}"]
                self.assertTrue(any(p.isascii() for p in found), f"{table}:{value}")
                if value not in ("rolls left", "rolls right", "moves left", "moves right"):
                    self.assertTrue(any(not p.isascii() for p in found), f"{table}:{value}")

    def test_verbs_have_their_forms(self):
        spins = prompt.meanings()["action:spins"]
        for form in ("spin", "spins", "spinning", "spun", "rotate", "rotating"):
            self.assertIn(form, spins)


if __name__ == "__main__":
    unittest.main()
