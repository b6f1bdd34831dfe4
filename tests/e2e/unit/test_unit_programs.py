"""How the ends of CppUTest programs are counted."""
import unittest

from harness.unit_programs import counts


class Counting(unittest.TestCase):
    def test_cases(self):
        cases = [
            ("OK (12 tests, 12 ran, 40 checks, 0 ignored, 0 filtered out, 3 ms)", 0, (12, 0)),
            ("OK (12 tests, 11 ran, 40 checks, 1 ignored, 0 filtered out, 3 ms)", 0, (11, 1)),
            ("OK (12 tests, 12 ran, 40 checks, 0 ignored, 0 filtered out, 3 ms)\n==1==ERROR: LeakSanitizer", 1, (12, 1)),
            ("Errors (2 failures, 12 tests, 12 ran, 40 checks, 0 ignored, 0 filtered out, 3 ms)", 2, (10, 2)),
            ("Errors (ran nothing, 0 tests, 0 ran, 0 checks, 0 ignored, 0 filtered out, 0 ms)", 1, (0, 1)),
            ("Segmentation fault", -11, (0, 1)),
            ("", 0, (1, 0)),
        ]
        for output, status, expected in cases:
            with self.subTest(output=output):
                self.assertEqual(counts("noise\n" + output + "\n", status), expected)


if __name__ == "__main__":
    unittest.main()
