"""The mail that flows through the appliance: the sender before it and the sink behind it, as one object."""
import shutil
import sys
import time
from pathlib import Path

from . import lan, mail_record
from .children import Child
from .waiting import wait_until

_PROGRAMS = Path(__file__).resolve().parent / "mail-servers"


class MailFlow:
    """Starts both servers. Their records outlive the appliance's restarts and the run. `earlier` is a folder with records
    to continue: their messages are counted as this run's."""

    def __init__(self, folder: Path, run_name: str, earlier: Path | None = None, connections: int = 4):
        self._sent, self._delivered = folder / "sent.jsonl", folder / "delivered.jsonl"
        for record in (self._sent, self._delivered):
            record.write_text((earlier / record.name).read_text() if earlier else "")
        self._sink = Child([sys.executable, _PROGRAMS / "sink.py", self._delivered, lan.HOST_V4], folder / "sink.log")
        self._sender = Child([sys.executable, _PROGRAMS / "sender.py", self._sent, run_name, connections],
                             folder / "sender.log", takes_commands=True)

    def send_to(self, addresses: list[str]) -> None:
        self._sender.command("to " + " ".join(addresses))

    def send(self, count: int) -> None:
        self._sender.command(f"send {count}")

    def rate(self, messages_per_second: float) -> None:
        self._sender.command(f"rate {messages_per_second}")

    def sent(self) -> list[dict]:
        return mail_record.read_lines(self._sent)

    def delivered(self) -> list[dict]:
        return mail_record.read_lines(self._delivered)

    def delivered_to(self, address: str) -> list[dict]:
        return [line for line in self.delivered() if address in line["to"]]

    def accepted_count(self) -> int:
        return len(mail_record.ids(self.sent(), "accepted"))

    def save_records(self, folder: Path) -> None:
        """Only when everything sent has arrived, see drain()."""
        for record in (self._sent, self._delivered):
            shutil.copyfile(record, folder / record.name)

    def must_run(self) -> None:
        self._sender.must_run()
        self._sink.must_run()

    def wait_until_accepted(self, count: int, seconds: float) -> None:
        """Until this many messages of the run are accepted in total."""
        self._wait_until(lambda: self.accepted_count() >= count, f"{count} messages accepted", seconds)

    def wait_until_flowing(self, seconds: float) -> None:
        """Until a message that was created after this call is accepted and delivered."""
        begin = time.time()

        def passed():
            new = {event["id"] for event in self.sent() if event["event"] == "queued" and event["time"] >= begin}
            return new & set(mail_record.ids(self.sent(), "accepted")) & {line["id"] for line in self.delivered()}
        self._wait_until(passed, "a new message passes the appliance", seconds)

    def drain(self, seconds: float) -> None:
        """Sends no new mail; returns when everything sent is accepted and everything accepted is delivered."""
        self.rate(0)
        time.sleep(0.3)

        def all_there():
            events = self.sent()
            queued = set(mail_record.ids(events, "queued"))
            return queued == set(mail_record.ids(events, "accepted")) and \
                queued <= {line["id"] for line in self.delivered()}
        self._wait_until(all_there, "everything sent is accepted and delivered", seconds)

    def account(self, stored: list[str]) -> mail_record.Account:
        return mail_record.account(self.sent(), self.delivered(), stored)

    def downtime(self) -> mail_record.Gap:
        """Computed from the messages that were created since the appliance first accepted mail."""
        first_accepted = next((event["time"] for event in self.sent() if event["event"] == "accepted"), time.time())
        return mail_record.longest_gap(self.sent(), time.time(), first_accepted)

    def _wait_until(self, condition, what: str, seconds: float) -> None:
        """Fails at once when a server has died, not at the time limit."""
        def holds_while_both_run():
            self.must_run()
            return condition()
        wait_until(holds_while_both_run, what, seconds)

    def close(self) -> None:
        self._sender.close()
        self._sink.close()
