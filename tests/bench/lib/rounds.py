"""Runs the contestants in turn: every round runs each of them once, in a new order, on the same device."""

import random
import time
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

from lib.machine import (BenchmarkError, CannotRun, forget_in_page_cache, read_into_page_cache)
from lib.measure import Meter


@dataclass
class Contestant:
    """One row of the tables."""
    name: str
    group: str                              # the rows of a group are compared with each other
    command: list = field(default_factory=list)
    start: Path | None = None               # image that the target holds before the run; None: discarded, zeros
    result: Path | None = None              # image that the target must hold afterwards
    check: Callable = None                  # instead of `result`: () -> whether the outcome is right
    sources: list = field(default_factory=list)     # files that are in the page cache before the run
    before: Callable = lambda: None         # undoes the changes of an earlier run; not measured
    service: Callable = None                # (Meter) -> context manager around the run
    read_report: Callable = None            # standard output -> dictionary of the program's own measurements
    environment: dict = field(default_factory=dict)
    own: bool = False                       # ours: its failure is the benchmark's failure
    note: str = ""
    impossible: str = ""                    # why it cannot be run; then all other fields are ignored
    samples: list = field(default_factory=list)
    reports: list = field(default_factory=list)


def impossible(name, group, reason):
    return Contestant(name, group, impossible=str(reason))


def contestants_or_reason(name, make):
    """The contestants that `make()` returns, or one row that says why there are none."""
    try:
        return make()
    except CannotRun as error:
        return [impossible(name, "not there", error)]


class Rounds:
    """Puts the target into its initial state, runs, measures, compares the result."""

    def __init__(self, folder, target, base, server, forget):
        """`forget`: files that must be read from the disk in each run, as an appliance reads its own partition."""
        self._folder = folder
        self._target = target
        self._base = base
        self._server = server
        self._forget = forget
        self.wrong_results = []

    def run(self, contestants, rounds, seed):
        for number in range(rounds):
            order = [contestant for contestant in contestants if not contestant.impossible]
            random.Random(f"{seed} {number}").shuffle(order)
            for contestant in order:
                print(f"{time.strftime('%H:%M:%S')}  round {number + 1} of {rounds}: {contestant.name}", end="",
                      flush=True)
                try:
                    self._run_once(contestant)
                    print(f"  {contestant.samples[-1].seconds:.2f} s", flush=True)
                except CannotRun as error:
                    print(f"  {error}", flush=True)
                    if contestant.own:
                        raise BenchmarkError(f"{contestant.name}: {error}") from error
                    contestant.impossible = str(error)

    def _run_once(self, contestant):
        self._base.check()
        contestant.before()
        self._target.fill(contestant.start)
        for source in contestant.sources:
            read_into_page_cache(source)
        for file in self._forget:
            forget_in_page_cache(file)
        with Meter(self._folder / "runs") as meter:
            with contestant.service(meter) if contestant.service else nullcontext():
                position = self._server.position()
                written, discarded = self._target.written_and_discarded_bytes()
                sample, output = meter.run(contestant.command, finish=self._target.sync,
                                           environment=contestant.environment)
        written_after, discarded_after = self._target.written_and_discarded_bytes()
        report = contestant.read_report(output) if contestant.read_report else {}
        sample.zeroed_bytes = report.get("zeroed_bytes", 0)
        sample.written_bytes = written_after - written - sample.zeroed_bytes
        sample.discarded_bytes = discarded_after - discarded
        sent, requests = self._server.sent_since(position)
        if requests:
            sample.fetched_bytes, sample.requests = sent, requests
        self._compare(contestant)
        contestant.samples.append(sample)
        contestant.reports.append(report)

    def _compare(self, contestant):
        right = contestant.check() if contestant.check else (
            contestant.result is None or self._target.holds(contestant.result))
        if not right:
            self.wrong_results.append(contestant.name)
            raise CannotRun("WRONG RESULT: the target does not hold the image")
