"""A LAN with its servers, mail and one appliance, and the evidence that is kept when a run fails. Knows no tests."""
import fcntl
import shutil
import time
from contextlib import ExitStack
from pathlib import Path

from . import dhcp, lan, places
from .mail import MailFlow
from .machine import Machine
from .update_control import UpdateControl
from .update_server import UpdateServer
from .waiting import PATIENCE, wait_until


class Lab:
    """Use in a `with` statement. Everything is closed at its end; the folder stays. The appliance is off at first."""

    def __init__(self, name: str, disk: Path = places.APPLIANCE_DISK, leases: Path | None = None,
                 mail_records: Path | None = None):
        """The disk, the leases and the records of mail are those of a saved appliance, if one is to be resumed."""
        self.name, self._disk, self._leases, self._mail_records = name, disk, leases, mail_records
        self.folder = places.RESULTS / name
        self._open = ExitStack()

    def __enter__(self) -> "Lab":
        self._claim_folder()
        self._began = time.monotonic()
        try:
            self._plug_in()
            self.addresses = self._closing(dhcp.AddressServer(self.folder, self._leases))
            self.server = self._closing(UpdateServer(self.folder, places.KEYS / "updates.lan.test.crt", places.KEYS / "updates.lan.test.key"))
            self.mail = self._closing(MailFlow(self.folder, self.name, self._mail_records))
            self.machine = self._closing(self._make_machine())
            self.updates = UpdateControl(self.machine, self.folder)
        except BaseException:
            self._open.close()
            raise
        return self

    def __exit__(self, kind, error, trace) -> None:
        if kind is not None and issubclass(kind, Exception) and hasattr(self, "machine"):
            self.tell(f"failed: {error}")
            self.keep_evidence()
        self._open.close()

    def _plug_in(self) -> None:
        lan.plug_in()

    def _make_machine(self):
        return Machine(self.folder, self._disk)

    def tell(self, text: str) -> None:
        """A line of progress with the seconds since the start, also in the folder's progress.log."""
        line = f"{time.strftime('%H:%M:%S')} {self.name} +{time.monotonic() - self._began:.0f}s: {text}"
        print(line, flush=True)
        with open(self.folder / "progress.log", "a") as log:
            log.write(line + "\n")

    def start_appliance(self) -> None:
        """From power on until mail flows. The sender gets the address that DHCP handed out."""
        self.tell("starting the appliance")
        self.machine.boot()
        self.begin_mail(wait_until(self.leased_v4, "the appliance got an address by DHCP", 60 * PATIENCE))

    def begin_mail(self, address: str) -> None:
        """Sets the appliance's address, and sends it a first message; returns when the message is accepted."""
        self.address = address
        accepted = self.mail.accepted_count()
        self.mail.send_to([self.address])
        self.mail.send(1)
        self.mail.wait_until_accepted(accepted + 1, 120 * PATIENCE)
        self.tell(f"it runs at {self.address} and takes mail")

    def leased_v4(self) -> str | None:
        leases = [lease for lease in dhcp.leases_in(self.addresses.log_since_change()) if "." in lease]
        return leases[-1] if leases else None

    def known_addresses(self) -> list[str]:
        """Where the appliance may accept mail: the address that DHCP handed out last, and the one it had at first."""
        return list(dict.fromkeys(address for address in (self.leased_v4(), self.address) if address))

    def keep_evidence(self) -> None:
        """What a person wants to read when a run has failed; each in its own file, as far as it can be read."""
        for file, command in (("xpu.log", "cat /var/spool/updates/XPU/*.log"),
                              ("journal.log", "journalctl --no-pager -o short-precise | tail -n 4000"),
                              ("state.json", "update-control -s --json"),
                              ("units.txt", "systemctl list-units --all --no-pager"),
                              ("network.txt", "networkctl status --no-pager; ip address; ip route; ip -6 route"),
                              ("disk.txt", "findmnt; ls -lR /data/generations --ignore=postgresql | head -n 300; ls -l /data/slots; df -h")):
            answer = self.machine.shell.run(command, timeout=60)
            if answer.connection_lost:
                self.tell(f"{file} cannot be read from the appliance: {answer.errors}")
                break
            (self.folder / file).write_text(answer.output + answer.errors)
        self.tell(f"evidence is in {self.folder}")

    def _claim_folder(self) -> None:
        """Empties the folder and locks it: a second run of the same name would overwrite the records of this one."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        lock = self._open.enter_context(open(self.folder.with_suffix(".lock"), "w"))
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RuntimeError(f"another run of {self.name} uses {self.folder}") from None
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()

    def _closing(self, part):
        self._open.callback(part.close)
        return part
