"""What an operator wants of a rollout, and the parts that it becomes. The plan stays in the description that hawkBit
keeps of the rollout: this program has no memory of its own."""
import dataclasses
import json
import re

from .failure import Failure, Refused

MAX_DESCRIPTION = 512
MAX_PARTS = 200
MAX_REASON = 80
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
ACCEPTED = re.compile(r"[^:]+(:\d{1,9})?")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MARK = "update-rollout"


@dataclasses.dataclass
class Plan:
    """In the description each member has the short name of `WORDS`; one that is missing has its default."""
    groups: list[str]
    version: str
    success_percent: int = 95
    canaries: int = 1
    window: str = "00:00-24:00"
    days: str = "mon-sun"
    wait_hours: float = 20
    server_bytes: int = 0
    hour_bytes: int = 0
    max_mixed_days: int = 14
    released_at: int = 0                  # seconds since 1970; 0: the operator has not said "start"
    paused: str = ""                      # the operator's reason
    accepted: list[str] = dataclasses.field(default_factory=list)   # groups and their failures that the operator accepted: "A:6"
    told: list[str] = dataclasses.field(default_factory=list)       # what was announced already


WORDS = {"groups": "groups", "version": "version", "success_percent": "success", "canaries": "canaries",
         "window": "window", "days": "days", "wait_hours": "wait", "server_bytes": "bytes", "hour_bytes": "hourly",
         "max_mixed_days": "mixed", "released_at": "released", "paused": "paused", "accepted": "accepted", "told": "told"}


def accepted_failures(plan: Plan, group: str, appliances: int) -> int:
    """How many of a group's appliances may fail or be cancelled by the operator's word. Plans of before name only the
    group: all of them may."""
    for entry in plan.accepted:
        name, _, count = entry.partition(":")
        if name == group:
            return int(count) if count else appliances
    return 0


def with_accepted(plan: Plan, failures: dict[str, int]) -> list[str]:
    """`accepted` of a plan, with the failures of these groups in the place of those that were accepted before."""
    kept = [entry for entry in plan.accepted if entry.partition(":")[0] not in failures]
    return kept + [f"{name}:{count}" for name, count in failures.items()]


def mebibytes(amount: int) -> str:
    return f"{amount / (1 << 20):.0f} MiB"


def checked_name(what: str, name: str) -> str:
    if not NAME.fullmatch(name):
        raise Refused(f"'{name}' can't be {what}", "use letters, digits, dots, dashes and underscores, at most 64")
    return name


def minutes_of_window(window: str) -> tuple[int, int]:
    """Begin and length in minutes of '22:00-04:00'; a window may pass midnight."""
    found = re.fullmatch(r"(\d\d):(\d\d)-(\d\d):(\d\d)", window)
    if found:
        hour, minute, end_hour, end_minute = map(int, found.groups())
        begin, end = hour * 60 + minute, end_hour * 60 + end_minute
        if hour < 24 and minute < 60 and end_minute < 60 and end <= 24 * 60 and begin != end:
            return begin, (end - begin) % (24 * 60) or 24 * 60
    raise Refused(f"'{window}' is not a window", "write it as 22:00-04:00")


def numbers_of_days(days: str) -> set[int]:
    """Days of the week, 0 is Monday, of 'mon-fri,sun'."""
    chosen: set[int] = set()
    for part in days.split(","):
        first, _, last = part.partition("-")
        if first not in DAYS or (last or first) not in DAYS:
            raise Refused(f"'{days}' are not days of the week", "write them as mon-fri or mon,wed,sat")
        begin, length = DAYS.index(first), (DAYS.index(last or first) - DAYS.index(first)) % 7
        chosen |= {(begin + offset) % 7 for offset in range(length + 1)}
    return chosen


def check(plan: Plan) -> None:
    """Refuses what can't be meant."""
    if not plan.groups or len(set(plan.groups)) != len(plan.groups):
        raise Refused("the groups must be named, each once", "--groups A,B,C")
    for group in plan.groups:
        checked_name("a group", group)
    for entry in plan.accepted:
        if not ACCEPTED.fullmatch(entry):
            raise Refused(f"'{entry}' doesn't say which failures of a group were accepted")
    minutes_of_window(plan.window)
    numbers_of_days(plan.days)
    for what, value, least, most in (("success", plan.success_percent, 1, 100), ("canaries", plan.canaries, 0, 1000),
                                     ("hours to wait", plan.wait_hours, 0, 24 * 30),
                                     ("days of mixed versions", plan.max_mixed_days, 1, 365)):
        if not least <= value <= most:
            raise Refused(f"{what}: {value} is not between {least} and {most}")


@dataclasses.dataclass
class Part:
    """A group of hawkBit: canaries of a group of the operator, or as many of its appliances as an hour allows."""
    name: str
    group: str
    appliances: int


def parts_of_group(plan: Plan, group: str, appliances: int) -> list[Part]:
    most = appliances
    if plan.hour_bytes and plan.server_bytes:
        most = plan.hour_bytes // plan.server_bytes
        if most == 0:
            raise Refused(f"one appliance fetches {mebibytes(plan.server_bytes)}, more than the "
                          f"{mebibytes(plan.hour_bytes)} of an hour",
                          "raise --hour-limit")
    canaries = min(plan.canaries, most) if appliances > plan.canaries else 0
    parts = [Part(f"{group}.canary", group, canaries)] if canaries else []
    rest = appliances - canaries
    count = -(-rest // most)
    for number in range(count):
        size = rest * (number + 1) // count - rest * number // count
        parts.append(Part(group if count == 1 else f"{group}.{number + 1}", group, size))
    return parts


def parts_of(plan: Plan, appliances: dict[str, int]) -> list[Part]:
    """The parts in their order, for the appliances that each group has."""
    empty = [group for group in plan.groups if not appliances[group]]
    if empty:
        raise Refused(f"no appliance is in group {', '.join(empty)}",
                      "set 'group' of the targets in hawkBit, or leave the group out")
    parts = [part for group in plan.groups for part in parts_of_group(plan, group, appliances[group])]
    if len(parts) > MAX_PARTS:
        raise Refused(f"at this limit of traffic the rollout takes {len(parts)} parts of an hour each",
                      f"raise --hour-limit, or divide the fleet: at most {MAX_PARTS} parts are allowed")
    return parts


def to_text(plan: Plan) -> str:
    """The plan as hawkBit keeps it. What only was announced is forgotten first when the place is used up."""
    kept = dataclasses.replace(plan, paused=plan.paused[:MAX_REASON], told=list(plan.told))
    while True:
        defaults = Plan([], "")
        members = {WORDS[name]: value for name, value in dataclasses.asdict(kept).items()
                   if value != getattr(defaults, name)}
        text = json.dumps({MARK: 1, **members}, separators=(",", ":"), ensure_ascii=True)
        if len(text) <= MAX_DESCRIPTION:
            return text
        if not kept.told:
            raise Refused(f"the plan takes {len(text)} characters, more than the {MAX_DESCRIPTION} that hawkBit keeps",
                          "use fewer groups or shorter names")
        kept.told.pop(0)


def from_text(text: str | None) -> Plan | None:
    """The plan of a rollout; None if it is not one of update-rollout."""
    try:
        document = json.loads(text or "")
    except ValueError:
        return None
    if not isinstance(document, dict) or document.get(MARK) is None:
        return None
    if document[MARK] != 1:
        raise Failure(f"this rollout was made by a newer update-rollout (format {document[MARK]})", "use that one")
    members = {name: document[word] for name, word in WORDS.items() if word in document}
    try:
        plan = Plan(**members)
        check(plan)
    except (Refused, TypeError) as error:
        raise Failure(f"the plan in the rollout's description can't be read: {error}",
                      "someone changed the description in hawkBit: put it back, or make another rollout") from None
    return plan
