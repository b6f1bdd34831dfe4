"""The rules of the code's structure that a compiler does not check. Each function returns complaints, one line each."""
import re
from pathlib import Path

INCLUDE = re.compile(r'^#include "([^"]+)"', re.M)
NAMESPACE = re.compile(r"^namespace ([\w:]+) \{", re.M)
PART_LIST = re.compile(r"foreach\(part ([^)]*)\)")
TEST = re.compile(r"^(?:IGNORE_)?TEST\((\w+),\s*(\w+)\)", re.M)
SNAKE_CASE = re.compile(r"[a-z0-9_]+")
LAYERS = ("partitions", "hooks", "updater", "image")


def sources(checkout: Path, *folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (checkout / folder).rglob("*.[ch]pp"))


def rooms_of_updater(checkout: Path) -> list[str]:
    """In the order in which they are built: each may use those before it."""
    return PART_LIST.search((checkout / "updater" / "CMakeLists.txt").read_text())[1].split()


def height(path: str, rooms: list[str]) -> tuple[int, int]:
    """Where a file stands: its layer, and its room in it."""
    parts = path.split("/")
    layer = LAYERS.index(parts[0])
    if parts[0] == "updater":
        return layer, rooms.index(parts[1]) if len(parts) > 2 else 0  # with the first room, which has the codes
    if parts[0] == "partitions":
        return layer, 0 if parts[1] == "base" else 1
    return layer, 0


def upward_includes(checkout: Path) -> list[str]:
    rooms, complaints = rooms_of_updater(checkout), []
    for source in sources(checkout, *LAYERS):
        name = source.relative_to(checkout).as_posix()
        for included in INCLUDE.findall(source.read_text()):
            if included.split("/")[0] not in LAYERS:
                complaints.append(f"{name} includes {included}, which is in none of {', '.join(LAYERS)}")
            elif height(included, rooms) > height(name, rooms):
                complaints.append(f"{name} includes {included}, which stands above it")
    return complaints


def other_namespaces(checkout: Path) -> list[str]:
    """A folder is a namespace."""
    complaints = []
    for source in sources(checkout, "partitions", "hooks", "updater"):
        name = source.relative_to(checkout)
        wanted = "::".join(part.replace("-", "_") for part in name.parent.parts)
        for found in NAMESPACE.findall(source.read_text()):
            if found.split("::")[0] in LAYERS and found != wanted and not found.startswith(wanted + "::"):
                complaints.append(f"{name} declares namespace {found} instead of {wanted}")
    return complaints


def other_test_names(checkout: Path) -> list[str]:
    """A group is named like a class, a test like a function. clang-tidy sees only what CppUTest's macros make of both."""
    return [f"{source.relative_to(checkout)} names a test {group}.{name} instead of in snake_case"
            for source in sources(checkout, "tests")
            for group, name in TEST.findall(source.read_text()) if not SNAKE_CASE.fullmatch(name)]
