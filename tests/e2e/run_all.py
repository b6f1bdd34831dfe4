#!/usr/bin/python3
"""The tests of the project; tests/run calls this when everything that is needed is installed.

Everything is built before anything runs: a machine that is emulated beside two compilers is too slow for any time limit.

Usage: run_all.py [--all | --unit | NAME...]"""
import argparse
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from harness import saved_appliance, unit_programs
from harness.report import Report
from harness.scheduler import Scheduler
from virtual_lab import places
from virtual_lab.steps import Step
from virtual_lab.timetable import Timetable
from scenarios import DEFAULT, FIRST, NEEDS_FETCHED, NEEDS_VARIANT, SCENARIOS

LOGS = places.BUILD / "logs"
SANITIZED = places.BUILD / "sanitize"
FUZZERS = places.CHECKOUT / "tests" / "fuzz" / "run"


def chosen() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests/run", description="Builds everything and runs the tests. Without "
                                     f"arguments: all unit tests, the fuzzers and the scenarios {', '.join(DEFAULT)}.")
    parser.add_argument("--all", action="store_true", help="all unit tests, the fuzzers and all scenarios")
    parser.add_argument("--unit", action="store_true", help="only the unit tests and the fuzzers")
    parser.add_argument("--at-a-time", type=int, default=places.cores(), metavar="N",
                        help="run N scenarios in parallel, each on one processor (default: one for each core)")
    parser.add_argument("name", nargs="*", help="only these: a program of unit tests (updater_job_tests), a group of its tests "
                        "(updater_job_tests:Journal), one test (updater_job_tests:Journal.NAME), or a scenario: "
                        f"{', '.join(SCENARIOS)}")
    options = parser.parse_args()
    options.programs = [name for name in options.name if unit_programs.is_name(name)]
    named = [name for name in options.name if name not in options.programs]
    unknown = [name for name in named if name not in SCENARIOS]
    if unknown:
        parser.error(f"no such scenario: {', '.join(unknown)}")
    options.scenarios = list(SCENARIOS) if options.all else named or ([] if options.unit or options.name else DEFAULT)
    options.units = options.unit or options.all or not options.name
    return options


class Run:
    """One call of tests/run: what it builds, what it runs, and where the time went."""

    def __init__(self, options: argparse.Namespace, report: Report, times: Timetable):
        self._options, self._report, self._times = options, report, times
        self._scheduler = Scheduler(report, times)
        self._steps: list[Step] = []

    def close(self) -> None:
        self._scheduler.close()
        for step in self._steps:
            step.close()

    def all(self) -> None:
        image = None
        if self._options.scenarios:
            image = self._step("building the appliance and its firmware in the background",
                               [places.CHECKOUT / "image" / "build"], "image-build")
        units = self._options.units and self._build_unit_tests([])
        programs = bool(self._options.programs) and self._build_unit_tests(self._options.programs)
        fuzzers = self._options.units and self._build("fuzzers", [[FUZZERS, "--build"]])
        scenarios = self._options.scenarios if image and self._is_built(image) else []
        scenarios = self._with_their_firmware(scenarios)
        # From here on nothing is compiled or packed.
        if units:
            with self._times.part("rules of the code"):
                unit_programs.run_counting("rules of the code", [places.CHECKOUT / "tests" / "lint" / "run"], self._report)
            with self._times.part("unit tests"):
                unit_programs.run_python(Path(__file__).parent, self._report)
                unit_programs.run_all(SANITIZED, places.cores(), self._report)
        if programs:
            unit_programs.run_named(SANITIZED, self._options.programs, self._report)
        if fuzzers:
            with self._times.part("fuzzers"):
                # Short, with the same random numbers each time; tests/fuzz/run runs them for longer.
                unit_programs.run_counting("fuzzers", [FUZZERS, "--seconds", 10, "--seed", 1], self._report)
        if units and not scenarios:
            self._run_other_programs()
        self._run_scenarios(scenarios)

    def _run_other_programs(self) -> None:
        """Those that mostly wait: for keys, connections and processes."""
        for what, program in (("wizard by keys", "wizard/run"), ("clusters and fleets by Ansible", "cluster/run"),
                              ("fleets by hawkBit", "fleet/run"), ("content of the product", "image/content-test")):
            with self._times.part(what):
                unit_programs.run_counting(what, [places.CHECKOUT / "tests" / program], self._report)

    def _run_tree_programs(self) -> None:
        """The programs that need the trees of both releases but no machine."""
        for what, program in (("conversion of the message store", "hooks/message-store-test"),
                              ("sandbox of conversions", "sandbox/run"),
                              ("configuration checkers", "image/configuration-checks-test"),
                              ("retention of the product", "image/retention-test")):
            with self._times.part(what):
                unit_programs.run_counting(what, [places.CHECKOUT / "tests" / program, *(
                    places.IMAGE_BUILD / "trees" / release for release in ("12", "13"))], self._report)

    def _run_scenarios(self, names: list[str]) -> None:
        """Runs the first start before all others, which resume the appliance that it saves. A whole run always saves a new
        one, and meanwhile runs what needs no machine; a run by name uses the saved one, if there is one."""
        others = [name for name in names if name != FIRST]
        first = len(others) < len(names) or bool(others) and not saved_appliance.exists()
        if first or names and self._options.units:
            saved_appliance.discard()
            with ThreadPoolExecutor(1) as beside:
                programs = [beside.submit(run) for run in (self._run_tree_programs, self._run_other_programs)] \
                    if self._options.units else []
                self._scheduler.run([FIRST], 1)
                for each in programs:
                    each.result()
        self._scheduler.run(others, self._options.at_a_time)

    def _build_unit_tests(self, names: list[str]) -> bool:
        """All of them if none is named."""
        targets = [part for name in names for part in ("--target", unit_programs.program_of(name))]
        return self._build("unit tests with sanitizers", [
            ["cmake", "-S", places.CHECKOUT / ".cmake", "--preset", "sanitize"],
            ["cmake", "--build", SANITIZED, "--parallel", places.cores(), *targets]])

    def _build(self, what: str, commands: list[list]) -> bool:
        with self._times.part(f"compiling the {what}"):
            for number, argv in enumerate(commands, 1):
                step = self._step(f"compiling the {what}, step {number} of {len(commands)}", argv, f"compile-{what.split()[0]}-{number}")
                if not step.wait():
                    self._report.count(f"compiling the {what}", 0, 1, step.seconds, step.end_of_log())
                    return False
        return True

    def _is_built(self, image: Step) -> bool:
        built = image.wait()
        self._times.add("building the appliance and its firmware", image.began, image.began + image.seconds)
        if not built:
            for name in self._options.scenarios:
                self._report.count(name, 0, 1, 0, "the appliance could not be built:\n" + image.end_of_log())
        return built

    def _with_their_firmware(self, names: list[str]) -> list[str]:
        """Makes the firmware of the scenarios, and fetches what else they need. Returns those that can run; the others are counted as failed."""
        able = []
        for name in names:
            variant = NEEDS_VARIANT.get(name)
            if variant:
                step = self._step(f"packing the firmware for {name}", [places.BUILD_VARIANT, variant], f"variant-{variant}")
                if not step.wait():
                    self._report.count(name, 0, 1, step.seconds, "its firmware could not be made:\n" + step.end_of_log())
                    continue
            if name in NEEDS_FETCHED:
                step = self._step(f"fetching what {name} needs", [places.CHECKOUT / "tests" / NEEDS_FETCHED[name]], f"fetch-{name}")
                if not step.wait():
                    self._report.count(name, 0, 1, step.seconds, "what it needs can't be had:\n" + step.end_of_log())
                    continue
            able.append(name)
        self._times.add_from(places.IMAGE_TIMINGS, "  image: ")
        return able

    def _step(self, what: str, argv: list, log: str) -> Step:
        self._steps.append(Step(self._report.say, what, argv, LOGS / f"{log}.log"))
        return self._steps[-1]


def main() -> int:
    # As Ctrl-C: without a handler the scenarios would outlive this program.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    options, report, times = chosen(), Report(), Timetable.from_environment()
    run = Run(options, report, times)
    try:
        run.all()
    finally:
        run.close()
    for line in times.lines():
        report.say(line)
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
