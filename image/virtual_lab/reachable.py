"""What an emulated machine and a node have in common: a shell over SSH, and waiting until they are up. Starts and ends nothing
itself."""
import subprocess
from pathlib import Path

from .secure_shell import SecureShell
from .waiting import PATIENCE, wait_until


class Reachable:
    """A subclass sets `shell`, switches the power on and knows whether its process runs."""

    boot_seconds = 60
    shell: SecureShell

    def power_on(self) -> None:
        raise NotImplementedError

    def must_run(self) -> None:
        raise NotImplementedError

    def boot(self) -> None:
        """Powers on and waits until it answers over SSH."""
        self.power_on()
        self.wait_until_up()

    def wait_until_up(self) -> None:
        self.must_run()
        self.shell.wait_until_reachable(self.boot_seconds * PATIENCE)

    def wait_until_all_units_started(self, seconds: float) -> None:
        wait_until(lambda: self.shell.run("systemctl is-system-running --wait").output.strip() in ("running", "degraded"),
                   "all units have started", seconds, every=1)

    def boot_id(self) -> str | None:
        answer = self.shell.run("cat /proc/sys/kernel/random/boot_id", timeout=60)
        return answer.output.strip() if answer.status == 0 else None

    def start_command(self, command: str, log: Path) -> subprocess.Popen:
        """Starts it over its own connection, as an administrator would; output goes to the log."""
        with open(log, "wb") as output:
            return subprocess.Popen(self.shell.own_connection(command), stdin=subprocess.DEVNULL, stdout=output,
                                    stderr=subprocess.STDOUT)
