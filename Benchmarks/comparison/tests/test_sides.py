import sys
import unittest
from pathlib import Path

from comparison.sides import Process

HERE = Path(__file__).parent


class ProcessTests(unittest.TestCase):
    def test_the_memory_is_the_commands_own(self):
        # More than the command will have: a process starts with the peak of the one that started it.
        ours = bytearray(b"\1") * (300 << 20)
        small = Process("small", [sys.executable, "-c", "pass"], HERE).measure()
        large = Process("large", [sys.executable, "-c", "bytearray(b'x') * (100 << 20)"], HERE).measure()
        self.assertLess(small.bytes, 60 << 20)
        self.assertGreater(large.bytes, 100 << 20)
        self.assertLess(large.bytes, len(ours))

    def test_a_failure_tells_the_code_and_the_words(self):
        command = [sys.executable, "-c", "import sys; sys.exit('no weights here')"]
        with self.assertRaisesRegex(RuntimeError, "small ended with code 1: no weights here"):
            Process("small", command, HERE)

    def test_a_command_that_is_missing(self):
        with self.assertRaisesRegex(RuntimeError, "could not be started"):
            Process("small", ["/nowhere/at/all"], HERE)


if __name__ == "__main__":
    unittest.main()
