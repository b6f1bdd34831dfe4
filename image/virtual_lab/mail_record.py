"""The records of the sender and the sink, and what is computed from them: downtime, lost and duplicated messages.

Pure computation over the JSON lines, without I/O except reading them. A line of the sender:
{"time": seconds, "event": "queued"|"accepted"|"deferred"|"uncertain", "id": "<…>", "text": "…"}
"uncertain": the connection broke after the whole message and before the answer; the receiver may have the message."""
import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Gap:
    """An interval in which mail waited and no mail was accepted."""
    seconds: float = 0.0
    begin: float = 0.0


def read_lines(path: Path) -> list[dict]:
    """All complete lines; the last line may be incomplete. A missing record is an error, not an empty record."""
    return [json.loads(line) for line in path.read_text().splitlines(keepends=True) if line.endswith("\n")]


def longest_gap(events: list[dict], now: float | None = None, first: float = 0.0) -> Gap:
    """The downtime as the sender saw it. With `now`, mail that still waits counts until then. Messages created before
    `first` are ignored: before its first start the appliance is not down."""
    counted = {event["id"] for event in events if event["event"] == "queued" and event["time"] >= first}
    longest, waiting, since = Gap(), 0, 0.0
    for event in (event for event in events if event["id"] in counted):
        if event["event"] == "queued":
            if waiting == 0:
                since = event["time"]
            waiting += 1
        elif event["event"] == "accepted":
            if event["time"] - since > longest.seconds:
                longest = Gap(event["time"] - since, since)
            waiting -= 1
            since = event["time"]
    if now is not None and waiting > 0 and now - since > longest.seconds:
        longest = Gap(now - since, since)
    return longest


def ids(events: list[dict], kind: str) -> list[str]:
    return [event["id"] for event in events if event["event"] == kind]


@dataclass
class Account:
    """All message ids, compared between the four places: sent, accepted, delivered and stored."""
    sent: int = 0
    accepted: int = 0
    delivered: int = 0
    stored: int = 0
    not_accepted: list[str] = field(default_factory=list)
    not_delivered: list[str] = field(default_factory=list)
    delivered_twice: list[str] = field(default_factory=list)
    not_stored: list[str] = field(default_factory=list)
    stored_twice: list[str] = field(default_factory=list)

    def problems(self, exactly_once: bool = True) -> list[str]:
        if self.sent == 0:
            return ["no message was sent"]
        kinds = ["not_accepted", "not_delivered", "not_stored"]
        if exactly_once:
            kinds += ["delivered_twice", "stored_twice"]
        return [f"{len(found)} messages {kind.replace('_', ' ')}, for example {found[0]}"
                for kind in kinds if (found := getattr(self, kind))]


def account(sent: list[dict], delivered: list[dict], stored: list[str]) -> Account:
    """Compares ids. Each uncertain answer permits one more copy, because the sender had to send again."""
    queued, accepted = ids(sent, "queued"), set(ids(sent, "accepted"))
    uncertain = Counter(ids(sent, "uncertain"))
    delivered_count = Counter(line["id"] for line in delivered)
    stored_count = Counter(stored)
    ours = set(queued)
    return Account(
        sent=len(queued), accepted=len(accepted),
        delivered=sum(1 for one in ours if delivered_count[one]), stored=sum(1 for one in ours if stored_count[one]),
        not_accepted=[one for one in queued if one not in accepted],
        not_delivered=[one for one in queued if one in accepted and not delivered_count[one]],
        delivered_twice=[one for one in queued if delivered_count[one] > 1 + uncertain[one]],
        not_stored=[one for one in queued if one in accepted and not stored_count[one]],
        stored_twice=[one for one in queued if stored_count[one] > 1 + uncertain[one]])
