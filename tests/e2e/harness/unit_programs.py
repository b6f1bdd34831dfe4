"""Runs the test programs that ctest lists, and counts the CppUTest tests in each. Builds nothing."""
import json
import os
import re
import subprocess
import sys
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .report import Report

_GOOD = re.compile(r"^OK \(\d+ tests?, (\d+) ran, .*?(\d+) ignored", re.M)
_BAD = re.compile(r"^Errors \((?:(\d+) failures?, )?\d+ tests?, (\d+) ran, .*?(\d+) ignored", re.M)
_PASSED_TEST = re.compile(r"TEST\([^)]*\) - \d+ ms$")
PROGRAM_SECONDS = 1800
_LONG = ("updater_job_tests", "updater_download_tests", "updater_install_tests", "updater_agent_tests")


def counts(output: str, status: int) -> tuple[int, int]:
    """(passed, failed) of one program. Ignored tests count as failed; a nonzero exit without a failed test as one failure."""
    if good := _GOOD.search(output):
        ran, ignored = int(good[1]), int(good[2])
        return ran, ignored + (1 if status != 0 else 0)
    if bad := _BAD.search(output):
        ran, failures, ignored = int(bad[2]), int(bad[1] or 0), int(bad[3])
        return max(0, ran - failures), max(1, failures + ignored)
    # Not a CppUTest program, or one that died before its last line.
    return (1, 0) if status == 0 else (0, 1)


def is_name(name: str) -> bool:
    """PROGRAM, PROGRAM:GROUP or PROGRAM:GROUP.TEST; the names of all programs end in _tests."""
    return program_of(name).endswith("_tests")


def program_of(name: str) -> str:
    return name.partition(":")[0]


def run_all(build: Path, at_a_time: int, report: Report) -> None:
    """Starts the slowest programs first, so that all processors are busy until the end."""
    programs = sorted(_known(build, report), key=lambda program: program["name"] not in _LONG)
    with ThreadPoolExecutor(at_a_time) as pool:
        list(pool.map(lambda program: _run(program, report), programs))


def run_named(build: Path, names: list[str], report: Report) -> None:
    known = {program["name"]: program for program in _known(build, report)}
    for name in names:
        group, _, test = name.partition(":")[2].partition(".")
        chosen = ["-sg", group, "-sn", test] if test else ["-sg", group] if group else []
        program = known.get(program_of(name), {"name": name})
        _run(program | {"command": program["command"] + chosen} if "command" in program else program, report)


def _known(build: Path, report: Report) -> list[dict]:
    listing = subprocess.run(["ctest", "--test-dir", build, "--show-only=json-v1"], capture_output=True, text=True)
    programs = json.loads(listing.stdout)["tests"] if listing.returncode == 0 else []
    if not programs:
        report.count("unit tests", 0, 1, 0, f"ctest knows no program in {build}: {listing.stderr}")
    return programs


def run_counting(name: str, argv: list, report: Report) -> None:
    """Runs a program whose last line is "N passed, N failed"."""
    begin = time.monotonic()
    done = subprocess.run([str(part) for part in argv], text=True, errors="replace", stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PROGRAM_SECONDS)
    last = re.search(r"^(\d+) passed, (\d+) failed\s*\Z", done.stdout, re.M)
    passed, failed = (int(last[1]), int(last[2])) if last else (0, 1)
    report.count(name, passed, max(failed, int(done.returncode != 0)), time.monotonic() - begin, done.stdout[-6000:])


def _run(program: dict, report: Report) -> None:
    properties = {entry["name"]: entry["value"] for entry in program.get("properties", [])}
    environment = os.environ | dict(pair.split("=", 1) for pair in properties.get("ENVIRONMENT", []))
    begin = time.monotonic()
    if "command" not in program:
        report.count(program["name"], 0, 1, 0, "it was not built")
        return
    try:
        done = subprocess.run(program["command"], cwd=properties.get("WORKING_DIRECTORY"), env=environment, text=True,
                              errors="replace", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=PROGRAM_SECONDS)
        output, status = done.stdout, done.returncode
    except subprocess.TimeoutExpired as late:
        output, status = f"{(late.stdout or b'').decode(errors='replace')}\nno end within {PROGRAM_SECONDS} s", 1
    passed, failed = counts(output, status)
    told = "\n".join(line for line in output.splitlines() if not _PASSED_TEST.match(line))
    report.count(program["name"], passed, failed, time.monotonic() - begin, told[-6000:])


def run_python(folder: Path, report: Report) -> None:
    """The unit tests of the harness and of the virtual lab."""
    begin = time.monotonic()
    suite = unittest.defaultTestLoader.discover(str(folder / "unit"), top_level_dir=str(folder))
    result = unittest.TextTestRunner(stream=sys.stderr, verbosity=0).run(suite)
    failed = len(result.failures) + len(result.errors) + len(result.skipped)
    if result.testsRun == 0:
        failed = 1
    details = "\n".join(text for _, text in result.failures + result.errors + result.skipped)
    report.count("harness", max(0, result.testsRun - failed), failed, time.monotonic() - begin, details)
