"""Child processes, each with a log file; they end when their owner is closed. Makes no namespaces."""
import subprocess
from pathlib import Path


class Child:
    """A background process. Its output goes to the log file."""

    def __init__(self, argv: list, log: Path, takes_commands: bool = False):
        self.name = Path(str(argv[0])).name
        self.log = log
        with open(log, "ab") as output:
            self.process = subprocess.Popen([str(part) for part in argv], stdout=output, stderr=output,
                                            stdin=subprocess.PIPE if takes_commands else subprocess.DEVNULL)

    def running(self) -> bool:
        return self.process.poll() is None

    def must_run(self) -> None:
        if not self.running():
            tail = self.log.read_text(errors="replace")[-2000:]
            raise RuntimeError(f"{self.name} ended with status {self.process.returncode}; its log {self.log}:\n{tail}")

    def command(self, line: str) -> None:
        self.must_run()
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def kill(self) -> None:
        """Kills it at once, as a power failure would."""
        if self.running():
            self.process.kill()
        self.process.wait()

    def close(self) -> None:
        """Terminates it, and kills it after ten seconds."""
        if self.running():
            self.process.terminate()
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait()


def run(argv: list, timeout: float = 60) -> str:
    """Runs a short command on the host; its output, or an error that contains the output."""
    done = subprocess.run([str(part) for part in argv], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace", timeout=timeout)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(str(part) for part in argv)}: status {done.returncode}: {done.stdout.strip()}")
    return done.stdout
