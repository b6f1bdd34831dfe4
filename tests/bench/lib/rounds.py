"""All contestants, one after the other, in a different order each round, with the target as it was before each."""
import random
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from . import measure
from .disks import Disk


@dataclass
class Contestant:
    name: str
    command: str
    image: Path  # what the target must hold afterwards
    before: Path | None = None  # what it holds before; None: what the last one left there


def play(contestants: list[Contestant], disk: Disk, server, rounds: int, log: Path):
    results = {each.name: [] for each in contestants}
    failures: dict[str, str] = {}
    order = random.Random(1)
    for number in range(rounds):
        shuffled = contestants[:]
        order.shuffle(shuffled)
        for each in shuffled:
            if each.name in failures:
                continue
            print(f"round {number + 1} of {rounds}: {each.name}", file=sys.stderr)
            try:
                if each.before:
                    disk.fill(each.before)
                # What is read once is in the page cache for everybody; what was written is not half on its way.
                subprocess.run(["sync"], check=True)
                sample = measure.measure(each.command, disk.device, server.sent_bytes, log)
                measure.require_same(disk.device, each.image)
                results[each.name].append(sample)
            except measure.WrongResult:
                raise
            except (RuntimeError, subprocess.CalledProcessError) as failure:
                failures[each.name] = str(failure)
    return results, failures
