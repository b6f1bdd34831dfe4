"""Medians, ranges and ratios, as a table and as JSON; and whether the targets are met."""
import json
import statistics
from dataclasses import asdict, fields
from pathlib import Path

from .measure import Sample

COLUMNS = [field.name for field in fields(Sample)]


def median(samples: list[Sample], column: str) -> float:
    return statistics.median(getattr(sample, column) for sample in samples)


def show(title: str, results: dict[str, list[Sample]], failures: dict[str, str], reference: str) -> None:
    print(f"\n{title}\n{'':34s}" + "".join(f"{name:>28s}" for name in ("s (min-max, x ref)", "CPU s (min-max)", "memory MiB",
                                                                        "MB written", "MB fetched")))
    base = median(results[reference], "seconds") if results.get(reference) else None
    for name, samples in results.items():
        if not samples:
            continue
        cells = []
        for column in COLUMNS:
            values = [getattr(sample, column) for sample in samples]
            middle = statistics.median(values)
            text = f"{middle:.2f} ({min(values):.2f}-{max(values):.2f}" if column.endswith("seconds") else f"{middle:.1f}"
            if column == "seconds":
                text += f", {middle / base:.2f}" if base else ""
            cells.append(text + (")" if column.endswith("seconds") else ""))
        print(f"{name:34s}" + "".join(f"{cell:>28s}" for cell in cells))
    for name, reason in failures.items():
        print(f"{name:34s}could not be run: {reason}")


def target(text: str, value: float, limit: float) -> None:
    verdict = "met" if value <= limit else f"MISSED by {100 * (value / limit - 1):.0f} %"
    print(f"  {text}: {value:.2f}, at most {limit:.2f}: {verdict}")


def save(path: Path, results: dict[str, list[Sample]], failures: dict[str, str]) -> None:
    path.write_text(json.dumps({"samples": {name: [asdict(sample) for sample in samples]
                                            for name, samples in results.items()}, "failures": failures}, indent=1))
    print(f"all samples: {path}")
