"""Phase lines on the console, leases in dnsmasq's log, link-local addresses."""
import unittest

from virtual_lab import dhcp, lan, serial_console

CONSOLE = """[   31.2] update-agent[310]: 2026-11-21T03:00:04+00:00 phase 4 prepare the message store migration: info: begins\r
2026-11-21T03:00:09+00:00 phase 4 prepare the message store migration: info: done in 5.0 s\r
2026-11-21T03:00:09+00:00 phase 5 back up the configuration: info: begins\r
2026-11-21T03:00:10+00:00 phase 5 back up the configuration: error: no space: 1 MiB free\r
phase 10 restart all services: info: begins
"""
DNSMASQ = """Nov 21 01:20:00 dnsmasq-dhcp[12]: 77 DHCPDISCOVER(lan) 52:54:00:77:00:10
Nov 21 01:20:00 dnsmasq-dhcp[12]: 77 DHCPREQUEST(lan) 192.168.77.120 52:54:00:77:00:10
Nov 21 01:20:00 dnsmasq-dhcp[12]: 77 DHCPACK(lan) 192.168.77.120 52:54:00:77:00:10 appliance
Nov 21 01:20:01 dnsmasq-dhcp[12]: 9 DHCPSOLICIT(lan) 00:02:00
Nov 21 01:20:01 dnsmasq-dhcp[12]: 9 DHCPREPLY(lan) fd77::1abc 00:02:00 appliance
Nov 21 01:40:01 dnsmasq-dhcp[12]: 77 DHCPACK(lan) 192.168.77.120 52:54:00:77:00:10 appliance
"""


class PhaseLines(unittest.TestCase):
    def test_lines_are_found_behind_a_prefix_and_without_a_time(self):
        self.assertEqual(serial_console.begins(CONSOLE), [4, 5, 10])

    def test_each_part_of_a_line(self):
        error = serial_console.phase_lines(CONSOLE)[3]
        self.assertEqual((error.number, error.name, error.level, error.text),
                         (5, "back up the configuration", "error", "no space: 1 MiB free"))
        self.assertEqual(error.time, "2026-11-21T03:00:10+00:00")


class Boots(unittest.TestCase):
    def test_slot_and_try(self):
        text = "\x1b[0mupdate-control: starting slot a \r\nnoise\r\nupdate-control: starting slot b update_control.try=1\r\n"
        self.assertEqual(serial_console.boots(text), [("a", False), ("b", True)])


class DhcpLog(unittest.TestCase):
    def test_leases(self):
        self.assertEqual(dhcp.leases_in(DNSMASQ), ["192.168.77.120", "fd77::1abc"])

    def test_requests(self):
        self.assertEqual(len(dhcp.requests_in(DNSMASQ)), 3)

    def test_the_two_ranges_are_distinguished(self):
        for address, other in (("192.168.77.120", False), ("192.168.77.2", False), ("192.168.77.207", True),
                               ("fd77::1abc", False), ("fd77::2abc", True)):
            with self.subTest(address):
                self.assertEqual(dhcp.among_other_addresses(address), other)


class LinkLocal(unittest.TestCase):
    def test_universal_bit_and_filler(self):
        self.assertEqual(lan.link_local_address("52:54:00:77:00:10"), "fe80::5054:ff:fe77:10%lan")


if __name__ == "__main__":
    unittest.main()
