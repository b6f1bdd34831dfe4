"""The stage of a scenario: a lab, whose appliance may be a saved one, and the checks that the scenario makes."""
import json

from virtual_lab.lab import Lab
from virtual_lab.waiting import PATIENCE, wait_until

from . import saved_appliance
from .checks import Checks
from .saved_appliance import SavedAppliance


class Stage(Lab):
    """Without a saved appliance it begins with one that is off."""

    def __init__(self, name: str, saved: SavedAppliance | None = None):
        if saved:
            super().__init__(name, saved.disk, saved.leases, saved.mail_records)
        else:
            super().__init__(name)
        self._saved = saved
        self.checks = Checks()

    def start_appliance(self) -> None:
        """Powers the appliance on, or resumes the saved one; returns when mail flows."""
        if not self._saved:
            super().start_appliance()
            return
        self.tell("resuming the saved appliance")
        self.machine.resume(self._saved.machine_state, self._saved.serial_log)
        self.begin_mail(self._saved.address)

    def restart(self) -> None:
        """Restarts the appliance as an administrator does; returns when all units have started."""
        before = self.machine.boot_id()
        self.machine.shell.run("systemctl reboot")
        self.machine.shell.disconnect()

        def has_restarted():
            now = self.machine.boot_id()
            return now and now != before
        wait_until(has_restarted, "the appliance has restarted", 300 * PATIENCE, every=2)
        self.machine.wait_until_all_units_started(300 * PATIENCE)

    def xpu_log(self) -> str:
        """The log of the last run."""
        return self.machine.shell.must("cd /var/spool/updates/XPU && ls -t *.log | head -n 1 | xargs -r cat")

    def xpu_log_count(self) -> int:
        return int(self.machine.shell.must("ls /var/spool/updates/XPU/*.log 2>/dev/null | wc -l"))

    def save_appliance(self) -> None:
        """Stops and saves it, for the other scenarios. All mail must have been delivered."""
        saved_appliance.save(self.machine, self.mail, self.addresses, self.address)

    def write_summary(self, **values) -> None:
        (self.folder / "summary.json").write_text(json.dumps(values, indent=2) + "\n")
