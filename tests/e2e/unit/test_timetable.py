"""The table at the end of a run."""
import tempfile
import unittest
from pathlib import Path

from virtual_lab.timetable import Part, Timetable


class Lines(unittest.TestCase):
    def setUp(self):
        self.table = Timetable(100.0, [Part(130.0, 190.0, "compiling"), Part(100.0, 112.4, "installing packages")])

    def test_parts_are_ordered_by_their_begin(self):
        self.assertEqual(self.table.lines()[1:3], ["     12 s  from     0 s  installing packages",
                                                   "     60 s  from    30 s  compiling"])

    def test_a_part_comes_before_those_that_it_contains(self):
        self.table.add("part of it", 130.0, 150.0)
        self.assertEqual([line.split("s  ")[-1] for line in self.table.lines()[2:4]], ["compiling", "part of it"])

    def test_parts_of_earlier_runs_in_a_file_are_ignored(self):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "timings"
            file.write_text("20 90 of an earlier run\n110.5 120 the disk\n")
            self.table.add_from(file, "image: ")
        self.assertIn("     10 s  from    10 s  image: the disk", self.table.lines())
        self.assertNotIn("earlier", "".join(self.table.lines()))

    def test_a_part_that_fails_is_in_the_table(self):
        with self.assertRaises(ValueError), self.table.part("fails"):
            raise ValueError
        self.assertTrue(any(line.endswith("fails") for line in self.table.lines()))


if __name__ == "__main__":
    unittest.main()
