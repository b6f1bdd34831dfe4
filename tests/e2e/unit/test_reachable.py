"""Machines and nodes are waited for in the same way."""
import tempfile
import unittest
from pathlib import Path

from virtual_lab.machine import Machine
from virtual_lab.node_machine import NodeMachine
from virtual_lab.reachable import Reachable
from virtual_lab.secure_shell import Answer


class _Shell:
    def __init__(self, *answers: Answer):
        self._answers, self.commands = list(answers), []

    def run(self, command: str, timeout: float = 0) -> Answer:
        self.commands.append(command)
        return self._answers.pop(0)

    def wait_until_reachable(self, seconds: float) -> None:
        self.commands.append(f"reachable within {seconds:.0f} s")

    def own_connection(self, command: str) -> list[str]:
        return ["echo", command]


class _Appliance(Reachable):
    boot_seconds = 7

    def __init__(self, *answers: Answer):
        self.shell = _Shell(*answers)

    def power_on(self) -> None:
        self.shell.commands.append("on")

    def must_run(self) -> None:
        self.shell.commands.append("runs")


class ReachableTest(unittest.TestCase):
    def test_booting_switches_on_and_waits(self):
        appliance = _Appliance()
        appliance.boot()
        self.assertEqual(appliance.shell.commands, ["on", "runs", "reachable within 70 s"])

    def test_without_an_answer_there_is_no_boot_id(self):
        self.assertEqual(_Appliance(Answer(0, "abc\n", "")).boot_id(), "abc")
        self.assertIsNone(_Appliance(Answer(255, "", "no connection")).boot_id())

    def test_units_have_started_also_if_one_has_failed(self):
        appliance = _Appliance(Answer(1, "starting\n", ""), Answer(1, "degraded\n", ""))
        appliance.wait_until_all_units_started(10)
        self.assertEqual(len(appliance.shell.commands), 2)

    def test_a_command_writes_to_its_log(self):
        log = Path(self.enterContext(tempfile.TemporaryDirectory())) / "log"
        _Appliance().start_command("update-control -s", log).wait()
        self.assertEqual(log.read_text(), "update-control -s\n")

    def test_both_kinds_are_reachable(self):
        for kind in (Machine, NodeMachine):
            self.assertTrue(issubclass(kind, Reachable))
            self.assertIsNot(kind.power_on, Reachable.power_on)
            self.assertIsNot(kind.must_run, Reachable.must_run)
