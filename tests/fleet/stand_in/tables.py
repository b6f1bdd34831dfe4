"""What the stand-in knows, kept in a file to which every change is appended before it is answered."""
import json
import threading
import time
from pathlib import Path


def now_ms() -> int:
    return int(time.time() * 1000)


class Tables:
    """Dictionaries by number or name; `lock` is held by whoever reads or changes them."""

    NAMES = ("targets", "modules", "sets", "rollouts", "groups", "actions", "settings")

    def __init__(self, path: Path):
        self.lock = threading.RLock()
        self._rows: dict[str, dict] = {name: {} for name in self.NAMES}
        if path.exists():
            for line in path.read_text().splitlines():
                try:
                    table, key, row = json.loads(line)
                except ValueError:
                    break                                  # cut short by a kill
                self._rows[table][key] = row
        self._file = open(path, "a", encoding="utf-8")

    def rows(self, table: str) -> list[dict]:
        return [row for row in self._rows[table].values() if row is not None]

    def get(self, table: str, key) -> dict | None:
        return self._rows[table].get(str(key))

    def put(self, table: str, row: dict, key=None) -> dict:
        """Keeps a row, new or changed."""
        key = str(row["id"] if key is None else key)
        self._rows[table][key] = row
        self._append(table, key, row)
        return row

    def remove(self, table: str, key) -> None:
        self._rows[table][str(key)] = None
        self._append(table, str(key), None)

    def next_id(self, table: str) -> int:
        return len(self._rows[table]) + 1

    def _append(self, table: str, key: str, row) -> None:
        self._file.write(json.dumps([table, key, row], separators=(",", ":")) + "\n")
        self._file.flush()
