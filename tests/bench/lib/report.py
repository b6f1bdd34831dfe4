"""Prints tables and targets, and writes the file with all samples. Measures nothing."""

import json
import os
import statistics
import textwrap
from dataclasses import dataclass
from pathlib import Path

MEGABYTE = 1e6
MEBIBYTE = 1 << 20

# What is measured: heading, unit for people, how to read it from a sample.
QUANTITIES = (
    ("time, s", "{:.2f}", lambda sample: sample.seconds),
    ("processor time, s", "{:.2f}", lambda sample: sample.cpu_seconds),
    ("peak memory of the largest process, MiB", "{:.1f}", lambda sample: sample.memory_bytes / MEBIBYTE),
    ("fetched from the server, MB", "{:.2f}",
     lambda sample: None if sample.fetched_bytes is None else sample.fetched_bytes / MEGABYTE),
    ("written to the target, MB", "{:.1f}", lambda sample: sample.written_bytes / MEGABYTE),
)


def values(contestant, read):
    found = [read(sample) for sample in contestant.samples]
    return [value for value in found if value is not None]


def median(contestant, read):
    """The median over all rounds; None without any sample, and for a contestant that cannot be run."""
    found = [] if contestant.impossible else values(contestant, read)
    return statistics.median(found) if found else None


def seconds(contestant):
    return median(contestant, lambda sample: sample.seconds)


def cpu_seconds(contestant):
    return median(contestant, lambda sample: sample.cpu_seconds)


def fetched_bytes(contestant):
    return median(contestant, lambda sample: sample.fetched_bytes)


def written_bytes(contestant):
    return median(contestant, lambda sample: sample.written_bytes)


def max_memory_bytes(contestant):
    return max(sample.memory_bytes for sample in contestant.samples)


def best(contestants, measure):
    """The lowest median of the contestants that can be run; None if there is none."""
    found = [value for value in map(measure, contestants) if value is not None]
    return min(found) if found else None


def print_table(heading, rows, columns):
    """Rows of texts; the first column is left-aligned."""
    widths = [max(len(row[column]) for row in [columns, *rows]) for column in range(len(columns))]
    print(f"\n{heading}")
    for row in [columns, *rows]:
        print("  " + "  ".join(text.ljust(width) if index == 0 else text.rjust(width)
                               for index, (text, width) in enumerate(zip(row, widths))).rstrip())
        if row is columns:
            print("  " + "  ".join("-" * width for width in widths))


def ratio(value, reference):
    return f"{value / reference:.2f}" if reference else "-"


def print_summary(heading, contestants, image_bytes, reference=None):
    """The medians of all quantities, one row for each contestant; times are relative to that of `reference`."""
    rows = []
    for contestant in contestants:
        if contestant.impossible:
            continue
        time = seconds(contestant)
        cells = [contestant.name, f"{time:.2f}", f"{image_bytes / time / MEGABYTE:.0f}"]
        cells.append(ratio(time, seconds(reference)) if reference else "-")
        cells += [f"{cpu_seconds(contestant):.2f}", f"{max_memory_bytes(contestant) / MEBIBYTE:.1f}"]
        fetched = fetched_bytes(contestant)
        cells += ["-" if fetched is None else f"{fetched / MEGABYTE:.2f}",
                  str(contestant.samples[-1].requests or "-"), f"{written_bytes(contestant) / MEGABYTE:.1f}",
                  f"{contestant.samples[-1].zeroed_bytes / MEGABYTE:.0f}"]
        rows.append(cells)
    print_table(heading, rows, ["medians", "s", "MB/s", "x dd", "CPU s", "most MiB", "MB fetched", "requests",
                                "MB written", "MB zeroed"])
    print_impossible(contestants)


def print_impossible(contestants):
    for contestant in contestants:
        if contestant.impossible:
            print(f"  {contestant.name}: could not be run: {contestant.impossible}")


def print_details(contestants, peers_of):
    """One table for each quantity: median, minimum, maximum; times dd for time; times the best peer.
    `peers_of(contestant)` are those that it is compared with; it may be one of them."""
    reference = next((contestant for contestant in contestants if contestant.group == "limit"), None)
    for heading, form, read in QUANTITIES:
        rows = []
        for contestant in contestants:
            found = [] if contestant.impossible else values(contestant, read)
            if not found:
                continue
            middle = statistics.median(found)
            peer = best(peers_of(contestant), lambda one, read=read: median(one, read))
            row = [contestant.name, form.format(middle), form.format(min(found)), form.format(max(found))]
            if heading.startswith("time"):
                row.append(ratio(middle, median(reference, read) if reference else None))
            rows.append([*row, ratio(middle, peer)])
        if rows:
            columns = [heading, "median", "least", "most", *(["x dd"] if heading.startswith("time") else []),
                       "x best peer"]
            print_table("", rows, columns)


@dataclass
class Target:
    """One target: the measured value and its limit. None if it could not be measured."""
    text: str
    measured: float | None
    limit: float | None
    unit: str

    @property
    def met(self):
        return None if self.measured is None or self.limit is None else self.measured <= self.limit

    def line(self):
        if self.met is None:
            return f"  NOT KNOWN  {self.text}: not measured"
        told = f"{self.text}: {self.measured:.2f} of {self.limit:.2f} {self.unit}"
        if self.met:
            return f"  met        {told}"
        over = f"missed by {100 * (self.measured / self.limit - 1):.0f} %" if self.limit else "missed"
        return f"  MISSED     {told}, {over}"


def print_targets(targets):
    print("\nTargets")
    for target in targets:
        print(target.line())


def print_notes(lines):
    print("\nHow it was measured")
    for line in lines:
        print(textwrap.fill(line, 116, initial_indent="  - ", subsequent_indent="    "))


def write_samples(file, settings, contestants, targets, computed=None):
    """Writes everything as JSON: settings, all samples with the programs' own reports, targets."""
    data = {
        "settings": settings,
        "machine": {"processors": os.cpu_count(), "kernel": os.uname().release,
                    "load": Path("/proc/loadavg").read_text().split()[:3]},
        "contestants": [{"name": one.name, "group": one.group, "note": one.note, "impossible": one.impossible,
                         "samples": [sample.as_dictionary() for sample in one.samples], "reports": one.reports}
                        for one in contestants],
        "computed": computed or {},
        "targets": [{"text": target.text, "measured": target.measured, "limit": target.limit, "unit": target.unit,
                     "met": target.met} for target in targets],
    }
    Path(file).write_text(json.dumps(data, indent=1) + "\n")
    print(f"\nall samples: {file}")
