"""Whether the next group may begin now. A pure function of the plan, of what hawkBit counts, and of the time: no
requests, no clock. hawkBit itself must never begin a group: it counts one as done whose appliances all failed."""
import dataclasses
import math
from datetime import datetime, timedelta

from .plan import Plan, accepted_failures, minutes_of_window, numbers_of_days

HOUR = timedelta(hours=1)


@dataclasses.dataclass
class Group:
    """A group of hawkBit as it is: a part of the plan."""
    id: int
    name: str
    group: str                       # of the operator
    begun: bool
    begun_at: datetime | None
    appliances: int
    finished: int
    failed: int
    cancelled: int

    @property
    def open(self) -> int:
        """Appliances that have not ended, however they will."""
        return self.appliances - self.finished - self.lost if self.begun else 0

    @property
    def lost(self) -> int:
        """Appliances that ended without the new version."""
        return self.failed + self.cancelled

    @property
    def is_canary(self) -> bool:
        return self.name == f"{self.group}.canary"


@dataclasses.dataclass
class Verdict:
    """What to do now. `state` is one of the words in updater/fleet/README.md. `group`: the one that is next, or that halts;
    `earliest` is only set for 'waiting'."""
    state: str
    reason: str
    group: Group | None = None
    earliest: datetime | None = None


def needed(plan: Plan, group: Group) -> int:
    """How many appliances of a group must succeed. Canaries all. The operator may have accepted that some don't; the
    others count on."""
    percent = 100 if group.is_canary else plan.success_percent
    least = math.ceil(group.appliances * percent / 100)
    return max(0, min(least, group.appliances - accepted_failures(plan, group.name, group.appliances)))


def opening(plan: Plan, at: datetime) -> datetime:
    """The first moment from `at` on at which a group may begin: on one of the days, in the window."""
    begin, length = minutes_of_window(plan.window)
    days = numbers_of_days(plan.days)
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    for offset in range(-1, 9):                            # a window belongs to the day on which it opens
        day = midnight + timedelta(days=offset)
        opens = day + timedelta(minutes=begin)
        if day.weekday() in days and opens + timedelta(minutes=length) > at:
            return max(at, opens)
    raise AssertionError("a week has none of the days")


def window_day(plan: Plan, at: datetime) -> datetime:
    """The day to which the window belongs that is open at this time."""
    begin, length = minutes_of_window(plan.window)
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    past_midnight = begin + length > 24 * 60 and at < midnight + timedelta(minutes=begin + length - 24 * 60)
    return midnight - timedelta(days=1) if past_midnight else midnight


def earliest(plan: Plan, before: Group, next_group: Group, first_begun: datetime) -> datetime:
    """When the next part may begin at the soonest: another group on another day, another part after an hour."""
    if next_group.group == before.group:
        return opening(plan, before.begun_at + HOUR if plan.hour_bytes else before.begun_at)
    waited = before.begun_at + timedelta(hours=plan.wait_hours)
    begin, _ = minutes_of_window(plan.window)
    next_day = window_day(plan, first_begun) + timedelta(days=1, minutes=begin)
    return opening(plan, max(waited, next_day))


def of_group(plan: Plan, group: Group) -> Verdict | None:
    """What a group that has begun has to say against going on; None if nothing."""
    least = needed(plan, group)
    if group.finished >= least:
        return None
    counted = f"{group.finished} of {group.appliances} succeeded, {group.failed} failed, {group.cancelled} were cancelled"
    if group.appliances - group.lost < least:
        return Verdict("halted", f"group {group.name}: {counted}; {least} must succeed", group)
    return Verdict("waiting", f"group {group.name}: {counted}; {group.open} have not ended, {least} must succeed")


def of_rollout(plan: Plan, status: str, groups: list[Group], now: datetime) -> Verdict:
    """`status` is hawkBit's word for the rollout, `groups` are in their order."""
    if status in ("stopping", "stopped", "deleting", "deleted"):
        return Verdict("stopped", "the rollout was stopped: its groups don't go on")
    if status in ("creating", "starting", "waiting_for_approval", "approval_denied"):
        return Verdict("waiting", f"hawkBit says '{status}'" + ("" if status.endswith("ing") else ": approve it there"))
    begun, rest = [group for group in groups if group.begun], [group for group in groups if not group.begun]
    objections = [found for found in (of_group(plan, group) for group in begun) if found]
    for halted in objections:
        if halted.state == "halted":
            return halted
    if plan.paused:
        return Verdict("paused", f"paused by the operator: {plan.paused}")
    if not plan.released_at:
        return Verdict("ready", "made, but not started")
    if objections:
        return objections[0]
    if not rest:
        still_open = sum(group.open for group in begun)
        return Verdict("finished", f"all groups succeeded; {still_open} appliances have not ended" if still_open
                       else "all groups succeeded")
    when = opening(plan, now)
    if begun:
        before = begun[-1]
        first = next(group for group in begun if group.group == before.group)
        when = max(when, earliest(plan, before, rest[0], first.begun_at))
    if when > now:
        return Verdict("waiting", f"group {rest[0].name} is next", rest[0], when)
    return Verdict("due", f"group {rest[0].name} is due", rest[0])
