"""One server of a fleet: what it has told, and what that counts as."""
from datetime import MAXYEAR, MINYEAR, datetime

from .appliance import faults_of, numbers_of

MAX_FETCH_BYTES = 1024 * 1024 * 1024  # that one job is believed to have fetched
MAX_VERSION_LENGTH, MAX_REASON_LENGTH = 64, 500
BAD_ENDS = ("failed", "rolled-back")


class Server:
    """What one has told. Whoever holds it can let it tell anything: throws what UNREADABLE names. `forgiven`: its last job no
    longer counts; what is wrong with it now does."""

    UNREADABLE = (AttributeError, TypeError, ValueError, OverflowError)

    def __init__(self, told: dict, version: str, forgiven: bool = False):
        state, jobs = told.get("state") or {}, told.get("jobs") or []
        self.name, self.group, self.running = told["name"], told["group"], state.get("running_version")
        if not isinstance(self.running, str | None) or len(self.running or "") > MAX_VERSION_LENGTH:
            raise ValueError("no version")
        self.answers = self.running is not None
        busy = state.get("state", "idle") != "idle"
        self.installing = busy and state.get("operation") == "install"
        self.does_other = str(state.get("operation") or "something")[:MAX_REASON_LENGTH] if busy and not self.installing else ""
        self.at_version = numbers_of(self.running) >= numbers_of(version)
        self.is_proved = told.get("test") is not None  # whether a test message passes was asked just now
        to_version = [job for job in jobs if job.get("to") == version and job.get("operation", "install") == "install"]
        last = to_version[-1] if to_version else {}
        now = "" if self.installing else self._wrong_now(state, told.get("test"))
        past = "" if self.installing or forgiven else _wrong_before(last)
        self.reason, self.failed, self.may_be_forgiven = (now or past)[:MAX_REASON_LENGTH], bool(now or past), not now
        self.done = self.at_version and not self.installing and not self.failed
        self.upgraded = time_of(last.get("ended")) if self.at_version and last.get("result") == "succeeded" else None
        self.fetched = [(time_of(job.get("started")), min(max(int(job.get("fetch_bytes") or 0), 0), MAX_FETCH_BYTES))
                        for job in jobs]

    def _wrong_now(self, state: dict, test) -> str:
        """A version that runs is no success yet: also mail must flow."""
        faults = faults_of(state) or ([test] if test else []) if self.at_version else []
        return f"runs {self.running}, but: {'; '.join(faults)}" if faults else ""


def _wrong_before(last: dict) -> str:
    if last.get("unfinished") is not True and last.get("result") not in BAD_ENDS:
        return ""
    return str(last.get("reason") or "") or f"its job ended: {last.get('result')}"


def server_of(told: dict, version: str, forgiven: bool) -> Server:
    """One whose documents can't be read counts as one that doesn't answer, so that it stops no other."""
    try:
        return Server(told, version, forgiven)
    except Server.UNREADABLE:
        return Server({"name": told["name"], "group": told["group"]}, version)


def time_of(text):
    """None where it is no time with an offset, or one that can't be counted with in every time zone."""
    try:
        time = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return time if time.tzinfo and MINYEAR < time.year < MAXYEAR else None
