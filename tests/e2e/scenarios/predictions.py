"""Predictions against outcomes: five upgrades of one appliance with different stores, and a rollback between them. Compared are
the dry run, what -s says while the job runs, and what the log says of both. The first upgrade has no history: it is only told."""
import json
import re
import time
from dataclasses import asdict, dataclass, field
from datetime import datetime

from harness.stage import Stage
from virtual_lab import mail_record, places, update_control
from virtual_lab.update_control import CONNECTION_LOST, RESTARTING, Call

from . import common

_QUERY = "psql --no-psqlrc -qtA --set=ON_ERROR_STOP=1 --host=/run/mailsec-store --username=postgres --dbname=mailsec"
_MAX_SHARE = 0.2
# The downtime on a node is some fifteen seconds. One more sync, one unit that starts a little later, a second that is rounded and
# the two in which followers are told of the restart make this much of it.
_MAX_SECONDS = 4.0
_FIRST_PHASE_WITHOUT_MAIL = 3


@dataclass(frozen=True)
class Store:
    """What is left of the archive, and how many messages of which size are added to it."""
    title: str
    kept: int = 3000
    added: int = 0
    kib: int = 1


_STORES = [Store("as delivered"), Store("25000 small messages", added=25000), Store("250 attachments of 1 MiB", added=250, kib=1024),
           Store("500 messages", kept=500), Store("60000 small messages", added=60000)]


@dataclass
class Comparison:
    what: str
    predicted: float
    took: float
    judged: bool = True

    def line(self) -> str:
        share = 100 * (self.took - self.predicted) / max(self.predicted, 0.1)
        return f"  {self.what:44} {self.predicted:7.1f} {self.took:7.1f} {share:+6.0f} %"

    def is_right(self) -> bool:
        return not self.judged or abs(self.took - self.predicted) <= max(_MAX_SHARE * self.took, _MAX_SECONDS)


@dataclass
class Upgrade:
    title: str
    store: str
    sender_waited: float
    compared: list[Comparison] = field(default_factory=list)

    def table(self) -> str:
        head = f"{self.title} ({self.store}); mail waited {self.sender_waited:.1f} s for its sender; predicted, took:"
        return "\n".join(["", head, *(one.line() for one in self.compared)])


def compared(stage: Stage) -> None:
    common.publish(stage)
    stage.start_appliance()
    stage.mail.rate(common.RATE_DURING)
    # What filling the store leaves of its write-ahead log would else be most of its size, as it never is of a large one.
    _query(stage, "ALTER SYSTEM SET max_wal_size = '64MB';\nALTER SYSTEM SET min_wal_size = '32MB';\nSELECT pg_reload_conf();")
    upgrades = []
    for store in _STORES:
        if upgrades:
            _go_back(stage)
        upgrades.append(_upgrade(stage, store.title, _fill(stage, store)))
        stage.tell(upgrades[-1].table())
    stage.tell("all five:" + "".join(one.table() for one in upgrades))
    stage.write_summary(upgrades=[asdict(one) for one in upgrades])
    for one in upgrades[1:]:
        stage.checks.none_of([each.line() for each in one.compared if not each.is_right()],
                             f"{one.title}: predicted within {_MAX_SHARE:.0%} or {_MAX_SECONDS:.0f} s")


def _query(stage: Stage, statements: str) -> str:
    return stage.machine.shell.must(f"{_QUERY} <<'END'\n{statements}\nEND", timeout=600).strip()


def _fill(stage: Stage, store: Store) -> str:
    """Nothing that was deleted is left in the tables: they are as large as they look. The store's size, in words."""
    shell = stage.machine.shell
    _query(stage, f"DELETE FROM messages WHERE message_id NOT LIKE '<seed-%' OR message_id > '<seed-{store.kept:06d}@~';")
    content = "convert_to('Subject: small' || E'\\r\\n\\r\\n' || repeat('word ', 20 + n % 200), 'UTF8')"
    if store.kib > 1:
        # Bytes that cannot be compressed, different ones in each message.
        shell.must(f"install -m 644 /dev/null /run/attachment && head -c {2 * store.kib << 10} /dev/urandom >/run/attachment")
        content = f"pg_read_binary_file('/run/attachment', (n * 4099) % {store.kib << 10}, {store.kib << 10})"
    if store.added:
        _query(stage, f"""INSERT INTO messages
            SELECT format('<added-%s@archive.example>', n), 'sender@example.org', 'first@lan.test,second@lan.test', 'Added',
                   '{store.kib << 10}', '2026-01-01T00:00:00Z', {content} FROM generate_series(1, {store.added}) AS n;""")
    _query(stage, "VACUUM FULL;\n" + "SELECT pg_switch_wal();\nCHECKPOINT;\n" * 3)
    shell.run("rm -f /run/attachment")
    return _query(stage, "SELECT count(*) || ' messages, ' || pg_size_pretty(pg_database_size('mailsec')) FROM messages;") + \
        " of " + shell.must("du -sh --apparent-size /var/lib/mailsec/store | cut -f1").strip()


def _upgrade(stage: Stage, title: str, store: str) -> Upgrade:
    checks, shell = stage.checks, stage.machine.shell
    stage.tell(f"upgrading with {title}: {store}")
    answer = shell.run("update-control -n -i fw --force --json", timeout=300)
    checks.that(answer.status in (update_control.DONE, update_control.WARNED), f"{title}: nothing stands in the way", answer.output)
    forecast = json.loads(answer.output)["forecast"]
    begin = time.time()
    install = stage.updates.start("update-control -i fw --force", "install")
    expected = _expected_ends(stage, install)
    checks.that(install.wait(common.UPGRADE_SECONDS) in (RESTARTING, CONNECTION_LOST), f"{title}: the call ends with the restart",
                f"{install.status}: {install.output[-800:]}")
    shell.disconnect()
    follow = stage.updates.follow_to_the_end(common.UPGRADE_SECONDS)
    checks.equal(follow.status, update_control.DONE, f"{title}: the upgrade ends well")
    stage.mail.wait_until_flowing(common.MAIL_SECONDS)
    gap = mail_record.longest_gap(stage.mail.sent(), time.time(), begin)
    last = json.loads(shell.must("update-control --history --json"))["jobs"][-1]
    log = stage.xpu_log()
    name = title.replace(" ", "-")
    (stage.folder / f"xpu-{name}.log").write_text(log)
    (stage.folder / f"history-{name}.json").write_text(json.dumps({"forecast": forecast, "job": last}, indent=1))
    _check_log(stage, title, log)
    return Upgrade(title, store, gap.seconds, [*_dry_run_compared(forecast, last), *_expected_compared(expected, last),
                                               *_log_compared(log)])


def _expected_ends(stage: Stage, install: Call) -> dict[int, tuple[float, float]]:
    """Phase → when -s was first seen to be in it, and how many seconds it then said were left."""
    seen = {}
    while install.status is None:
        state = stage.updates.state_or_none()
        if state and state["expected_end"]:
            seen.setdefault(state["phase"], (time.time(), state["expected_seconds"]))
        time.sleep(0.3)
    return seen


def _dry_run_compared(forecast: dict, last: dict) -> list[Comparison]:
    took = {phase["number"]: phase["seconds"] for phase in last["phases"]}
    waited = sum(seconds for number, seconds in took.items() if number >= _FIRST_PHASE_WITHOUT_MAIL)
    phases = [Comparison(f"phase {one['number']} ({one['source']})", one["seconds"], took[one["number"]], judged=False)
              for one in forecast["phases"]]
    return [*phases, Comparison("dry run, the whole", forecast["seconds"], sum(took.values())),
            Comparison("dry run, mail waits", forecast["mail_waits_seconds"], waited)]


def _expected_compared(expected: dict[int, tuple[float, float]], last: dict) -> list[Comparison]:
    """Judged from the end of phase 2 on: before it, -s says what the dry run said."""
    ended = datetime.fromisoformat(last["ended"]).timestamp()
    return [Comparison(f"-s in phase {phase}, until expected_end", left, ended - seen, judged=phase >= _FIRST_PHASE_WITHOUT_MAIL)
            for phase, (seen, left) in expected.items()]


def _log_compared(log: str) -> list[Comparison]:
    found = re.findall(r": ((?:all phases that ended|mail waited)): predicted ([\d.]+) s (at first|when it stopped), took ([\d.]+) s", log)
    return [Comparison(f"log, {what}, {when}", float(predicted), float(took)) for what, predicted, when, took in found]


def _check_log(stage: Stage, title: str, log: str) -> None:
    phases = re.findall(r": phase (\d+), [^:]*: predicted [\d.]+ s \((?:history|rehearsal|estimate)\), took", log)
    # The agent plans in phase 1, so phase 2 is the first one that is predicted with the plan known.
    stage.checks.equal(sorted(map(int, phases)), list(range(1, 11)), f"{title}: the log compares each phase with its prediction")
    stage.checks.equal(len(_log_compared(log)), 3, f"{title}: and the whole, and how long mail waited")


def _go_back(stage: Stage) -> None:
    """To the old version; then the other partition holds a copy of it, as a week after an upgrade."""
    checks, shell = stage.checks, stage.machine.shell
    stage.updates.start("update-control --rollback --force", "rollback").wait(common.UPGRADE_SECONDS)
    shell.disconnect()
    stage.updates.follow_to_the_end(common.UPGRADE_SECONDS)
    checks.equal(common.check_complete_pair(stage, {places.OLD_VERSION: "a"}), places.OLD_VERSION, "the old version runs again")
    stage.mail.wait_until_flowing(common.MAIL_SECONDS)
    backup = stage.updates.run("update-control --backup --force", common.UPGRADE_SECONDS)
    checks.equal(backup.status, update_control.DONE, f"the running system is copied to the other partition: {backup.output[-400:]}")
