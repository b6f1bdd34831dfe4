"""Amounts of bytes in what update-control says."""
import re
import unittest

from harness.amounts import AMOUNT, bytes_in, in_mib
from scenarios import common

LOG = """phase 2 install the new OS: info: installing to system-b: to fetch: 31.2 MiB of 201 MiB, as a patch to 2.8.0.0
phase 2 install the new OS: info: installing to system-b: to fetch: 812 KiB of 201 MiB, as a patch to 2.8.0.0; \
600 MiB of the image are there already
phase 2 install the new OS: info: installing to system-b: to fetch: 98.0 MiB of 1.20 GiB, what neither partition holds; \
1.00 GiB of the image are there already
phase 2 install the new OS: info: installing to system-b: to fetch: 201 MiB of 201 MiB
"""


class Amounts(unittest.TestCase):
    def test_each_unit_is_read(self):
        for text, amount in (("1 byte", 1), ("999 bytes", 999), ("1.50 KiB", 1536), ("312 MiB", 312 << 20), ("1.25 GiB", 5 << 28)):
            self.assertEqual(bytes_in(text), amount)
            self.assertEqual(re.fullmatch(AMOUNT, text)[1], text)

    def test_an_amount_is_shown_in_mebibytes(self):
        self.assertEqual(in_mib(3 << 19), "1.5 MiB")

    def test_each_plan_in_a_log_is_read(self):
        mib = 1 << 20
        self.assertEqual([(plan.fetch, plan.whole, plan.patch, plan.present) for plan in common.plans_in(LOG)],
                         [(31.2 * mib, 201 * mib, True, 0), (812 << 10, 201 * mib, True, 600 * mib),
                          (98 * mib, 1.2 * (1 << 30), False, 1 << 30), (201 * mib, 201 * mib, False, 0)])


if __name__ == "__main__":
    unittest.main()
