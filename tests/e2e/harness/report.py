"""Counts what passed and what failed: prints a line for each when it ends, and the last line of a test run."""
import threading


class Report:
    def __init__(self):
        self._lock = threading.Lock()
        self.passed = self.failed = 0

    def say(self, text: str) -> None:
        with self._lock:
            print(text, flush=True)

    def count(self, name: str, passed: int, failed: int, seconds: float, details: str = "") -> None:
        """One line for a scenario or a program of unit tests; details only of a failure."""
        with self._lock:
            self.passed += passed
            self.failed += failed
            number = f" ({passed + failed} tests)" if passed + failed > 1 else ""
            print(f"{'FAILED' if failed else 'passed'}  {name}{number}  {seconds:.1f} s", flush=True)
            if failed and details:
                print("    " + details.strip().replace("\n", "\n    "), flush=True)

    def finish(self) -> int:
        """Prints the last line; the exit status."""
        with self._lock:
            print(f"{self.passed} passed, {self.failed} failed", flush=True)
            return 1 if self.failed or not self.passed else 0
