"""Counting the results of CppUTest programs, and running programs by name."""
import contextlib
import io
import os
import tempfile
import unittest
from pathlib import Path

from harness.report import Report
from harness.unit_programs import counts, is_name, run_named


class Counting(unittest.TestCase):
    def test_cases(self):
        cases = [
            ("OK (12 tests, 12 ran, 40 checks, 0 ignored, 0 filtered out, 3 ms)", 0, (12, 0)),
            ("OK (12 tests, 11 ran, 40 checks, 1 ignored, 0 filtered out, 3 ms)", 0, (11, 1)),
            ("OK (12 tests, 3 ran, 9 checks, 0 ignored, 9 filtered out, 3 ms)", 0, (3, 0)),
            ("Errors (1 failure, 12 tests, 3 ran, 9 checks, 0 ignored, 9 filtered out, 3 ms)", 1, (2, 1)),
            ("OK (12 tests, 12 ran, 40 checks, 0 ignored, 0 filtered out, 3 ms)\n==1==ERROR: LeakSanitizer", 1, (12, 1)),
            ("Errors (2 failures, 12 tests, 12 ran, 40 checks, 0 ignored, 0 filtered out, 3 ms)", 2, (10, 2)),
            ("Errors (ran nothing, 0 tests, 0 ran, 0 checks, 0 ignored, 0 filtered out, 0 ms)", 1, (0, 1)),
            ("Segmentation fault", -11, (0, 1)),
            ("", 0, (1, 0)),
        ]
        for output, status, expected in cases:
            with self.subTest(output=output):
                self.assertEqual(counts("noise\n" + output + "\n", status), expected)


class ByName(unittest.TestCase):
    def setUp(self):
        self.build = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.told = self.enterContext(contextlib.redirect_stdout(io.StringIO()))
        program = self.build / "program"
        program.write_text(f"#!/bin/sh\necho \"$*\" >'{self.build}/called'; echo 'OK (2 tests, 2 ran, 3 checks, 0 ignored, 0 left'\n")
        os.chmod(program, 0o755)
        (self.build / "CTestTestfile.cmake").write_text(f'add_test(part_tests "{program}" "-v")\n')

    def test_a_scenario_is_not_a_unit_test_program(self):
        for name, expected in (("part_tests", True), ("part_tests:Group", True), ("upgrade", False), ("killed-in-phase-7", False)):
            with self.subTest(name):
                self.assertEqual(is_name(name), expected)

    def test_a_program_a_group_and_a_test_can_be_named(self):
        for name, arguments in (("part_tests", "-v"), ("part_tests:Group", "-v -sg Group"),
                                ("part_tests:Group.one", "-v -sg Group -sn one")):
            with self.subTest(name):
                report = Report()
                run_named(self.build, [name], report)
                self.assertEqual((self.build / "called").read_text().strip(), arguments)
                self.assertEqual((report.passed, report.failed), (2, 0))

    def test_an_unknown_program_is_a_failure(self):
        report = Report()
        run_named(self.build, ["other_tests"], report)
        self.assertEqual((report.passed, report.failed), (0, 1))


if __name__ == "__main__":
    unittest.main()
