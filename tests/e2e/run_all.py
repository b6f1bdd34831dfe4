#!/usr/bin/python3
"""The tests of the project; tests/run calls this when everything that is needed is installed.

Usage: run_all.py [--all | --unit | SCENARIO...]"""
import argparse
import sys
import time
from pathlib import Path

from harness import places, unit_programs
from harness.report import Report
from harness.scheduler import Scheduler
from harness.steps import Step
from scenarios import DEFAULT, NEEDS_VARIANT, SCENARIOS

LOGS = places.BUILD / "logs"
SANITIZED = places.BUILD / "sanitize"
FUZZERS = places.CHECKOUT / "tests" / "fuzz" / "run"


def chosen() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests/run", description="Builds everything and runs the tests. Without "
                                     f"arguments: all unit tests, the fuzzers and the scenarios {', '.join(DEFAULT)}.")
    parser.add_argument("--all", action="store_true", help="all unit tests, the fuzzers and all scenarios")
    parser.add_argument("--unit", action="store_true", help="only the unit tests and the fuzzers")
    parser.add_argument("--at-a-time", type=int, default=max(1, places.cores() * 3 // 4), metavar="N",
                        help="this many scenarios side by side, a processor each (default: three quarters of the cores)")
    parser.add_argument("scenario", nargs="*", help=f"only these: {', '.join(SCENARIOS)}")
    options = parser.parse_args()
    unknown = [name for name in options.scenario if name not in SCENARIOS]
    if unknown:
        parser.error(f"no such scenario: {', '.join(unknown)}")
    options.scenarios = list(SCENARIOS) if options.all else options.scenario or ([] if options.unit else DEFAULT)
    options.units = options.unit or options.all or not options.scenario
    return options


def run_unit_tests(report: Report) -> None:
    unit_programs.run_python(Path(__file__).parent, report)
    begin = time.monotonic()
    for what, argv in (("configuring the unit tests", ["cmake", "-S", places.CHECKOUT / ".cmake", "--preset", "sanitize"]),
                       ("compiling the unit tests with sanitizers", ["cmake", "--build", SANITIZED, "--parallel", places.cores()])):
        step = Step(report, what, argv, LOGS / f"{what.split()[0]}.log")
        if not step.wait():
            report.count("build with sanitizers", 0, 1, time.monotonic() - begin, step.end_of_log())
            return
    report.say(f"compiled in {time.monotonic() - begin:.0f} s; running the unit tests")
    unit_programs.run_all(SANITIZED, report)


def run_fuzzers(build: Step, report: Report) -> None:
    """For a short time, with the same random numbers each time; for longer there is tests/fuzz/run."""
    if build.wait():
        unit_programs.run_counting("fuzzers", [FUZZERS, "--seconds", 10, "--seed", 1], report)
    else:
        report.count("fuzzers", 0, 1, build.seconds, "they could not be built:\n" + build.end_of_log())


def build_variants(report: Report, names: list[str]) -> list[str]:
    """The scenarios that can run; the others are counted as failed."""
    able = []
    for name in names:
        variant = NEEDS_VARIANT.get(name)
        if variant:
            step = Step(report, f"building the firmware for {name}", [places.BUILD_VARIANT, variant],
                        LOGS / f"variant-{variant}.log")
            if not step.wait():
                report.count(name, 0, 1, step.seconds, "its firmware could not be built:\n" + step.end_of_log())
                continue
        able.append(name)
    return able


def main() -> int:
    options, report = chosen(), Report()
    scheduler, image, fuzzers = Scheduler(report), None, None
    began = time.monotonic()
    try:
        if options.scenarios:
            image = Step(report, "building the appliance and its firmware in the background",
                         [places.CHECKOUT / "image" / "build"], LOGS / "image-build.log")
        if options.units:
            fuzzers = Step(report, "building the fuzzers in the background", [FUZZERS, "--build"],
                           LOGS / "fuzzers-build.log")
            run_unit_tests(report)
            run_fuzzers(fuzzers, report)
        if image:
            if image.wait():
                report.say(f"the appliance is built; {time.monotonic() - began:.0f} s since the begin")
                if options.units:
                    trees = places.IMAGE_BUILD / "trees"
                    unit_programs.run_counting("conversion of the message store", [
                        places.CHECKOUT / "tests" / "hooks" / "message-store-test", trees / "12", trees / "13"], report)
                scheduler.run(build_variants(report, options.scenarios), options.at_a_time)
            else:
                for name in options.scenarios:
                    report.count(name, 0, 1, 0, "the appliance could not be built:\n" + image.end_of_log())
    finally:
        scheduler.close()
        for step in filter(None, (image, fuzzers)):
            step.close()
    report.say(f"the whole took {time.monotonic() - began:.0f} s")
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
