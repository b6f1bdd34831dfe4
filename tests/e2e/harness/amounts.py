"""Amounts of bytes as update-control writes them: three significant digits and a unit."""
import re

UNITS = {"bytes": 1, "byte": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}
# As a part of a regular expression; one group.
AMOUNT = rf"([\d.]+ (?:{'|'.join(UNITS)})\b)"


def bytes_in(text: str) -> float:
    """How many bytes "312 MiB" are; no more exact than the text."""
    number, unit = re.fullmatch(r"([\d.]+) (\w+)", text).groups()
    return float(number) * UNITS[unit]


def in_mib(amount: float) -> str:
    return f"{amount / UNITS['MiB']:.1f} MiB"
