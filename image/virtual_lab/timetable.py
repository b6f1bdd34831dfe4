"""Where the time of a run went: parts with begin and end, which may overlap."""
import os
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# Set by tests/run and image/demo, in seconds since 1970: when they began, and when all packages were installed.
_BEGAN, _INSTALLED = "UPDATE_CONTROL_BEGAN", "UPDATE_CONTROL_INSTALLED"


@dataclass(frozen=True)
class Part:
    begin: float
    end: float
    name: str


class Timetable:
    def __init__(self, began: float, parts: list[Part]):
        self._began, self._parts = began, parts

    @classmethod
    def from_environment(cls) -> "Timetable":
        """Begins with the installation of packages, if there was one before this program was called."""
        now = time.time()
        began, installed = (float(os.environ.get(name, now)) for name in (_BEGAN, _INSTALLED))
        return cls(began, [Part(began, installed, "installing packages")] if _BEGAN in os.environ else [])

    @contextmanager
    def part(self, name: str):
        begin = time.time()
        try:
            yield
        finally:
            self.add(name, begin, time.time())

    def add(self, name: str, begin: float, end: float) -> None:
        self._parts.append(Part(begin, end, name))

    def add_from(self, file: Path, prefix: str) -> None:
        """Lines of "BEGIN END NAME", as image/build writes them. Lines of earlier runs are ignored."""
        for line in file.read_text().splitlines() if file.exists() else []:
            begin, end, name = line.split(maxsplit=2)
            if float(begin) >= self._began:
                self.add(prefix + name, float(begin), float(end))

    def lines(self) -> list[str]:
        ordered = sorted(self._parts, key=lambda part: (part.begin, -part.end))
        return ["where the time went (parts that overlap ran side by side):"] + [
            f"{part.end - part.begin:7.0f} s  from {part.begin - self._began:5.0f} s  {part.name}" for part in ordered
        ] + [f"{time.time() - self._began:7.0f} s  in all"]
