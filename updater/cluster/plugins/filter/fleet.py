"""Which servers of a fleet are upgraded now. Keeps nothing: what was done when is read from the servers' own histories."""
from datetime import MAXYEAR, MINYEAR, datetime, timedelta, timezone

from ansible.utils.unsafe_proxy import wrap_var
from ansible_collections.updatecontrol.appliance.plugins.plugin_utils.appliance import numbers_of

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
BYTES_PER_MIB = 1024 * 1024
MAX_FETCH_BYTES = 1024 * BYTES_PER_MIB  # that one job is believed to have fetched
MAX_VERSION_LENGTH, MAX_REASON_LENGTH = 64, 500
DEFAULTS = {"version": "", "groups": [], "days": list(WEEKDAYS), "start_hour": 0, "window_hours": 24, "wait_hours": 12,
            "one_group_a_day": True, "canaries": 1, "success_percent": 100, "halt_on_error": True, "paused": False,
            "retry": [], "at_a_time": 5, "mib_per_server": 50, "mib_per_hour": 0, "max_mixed_days": 14, "ignore_window": False}


class Server:
    """What one has told. Whoever holds it can let it tell anything: throws what UNREADABLE names."""

    UNREADABLE = (AttributeError, TypeError, ValueError, OverflowError)

    def __init__(self, told: dict, version: str):
        state, jobs = told.get("state") or {}, told.get("jobs") or []
        self.name, self.group, self.running = told["name"], told["group"], state.get("running_version")
        if not isinstance(self.running, str | None) or len(self.running or "") > MAX_VERSION_LENGTH:
            raise ValueError("no version")
        self.answers = self.running is not None
        self.busy = state.get("state", "idle") != "idle"
        self.at_version = numbers_of(self.running) >= numbers_of(version)
        to_version = [job for job in jobs if job.get("to") == version and job.get("operation", "install") == "install"]
        last = to_version[-1] if to_version else {}
        self.failed = not self.at_version and last.get("result") in ("failed", "rolled-back")
        self.reason = str(last.get("reason") or "")[:MAX_REASON_LENGTH]
        self.upgraded = _time(last.get("ended")) if self.at_version and last.get("result") == "succeeded" else None
        self.tried = _time(last.get("started"))
        self.fetched = [(_time(job.get("started")), min(max(int(job.get("fetch_bytes") or 0), 0), MAX_FETCH_BYTES)) for job in jobs]


def _server(told: dict, version: str) -> Server:
    """One whose documents can't be read counts as one that doesn't answer, so that it stops no other."""
    try:
        return Server(told, version)
    except Server.UNREADABLE:
        return Server({"name": told["name"], "group": told["group"]}, version)


def _time(text):
    """None where it is no time with an offset, or one that can't be counted with in every time zone."""
    try:
        time = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return time if time.tzinfo and MINYEAR < time.year < MAXYEAR else None


class Plan:
    """Decides for one moment. `hosts` are to be upgraded now; `why` is for people; `halted`: nothing more without them."""

    def __init__(self, servers: list, settings: dict, now: datetime):
        self._of = settings
        self._now, self._servers = now, servers
        self.hosts, self.halted, self.finished, self.mixed_too_long = [], False, False, False
        self.why = self._decide()

    def _decide(self) -> str:
        before = None
        for name in self._of["groups"]:
            members = [server for server in self._servers if server.group == name]
            done = [server for server in members if server.at_version]
            failed = [server for server in members if server.failed and server.name not in self._of["retry"]]
            if failed and self._of["halt_on_error"]:
                self.halted = True
                return (f"halted: {', '.join(f'{server.name} ({server.reason})' for server in failed)} failed. Next: see to it, "
                        "then run again with fleet_retry naming it, or with fleet_halt_on_error: false to leave it out")
            if len(done) * 100 < len(members) * self._of["success_percent"] or any(server.busy for server in members):
                return self._upgrade(name, members, failed, before)
            before = members if members else before
        self.finished = True
        left = [server.name for server in self._servers if not server.at_version]
        return f"finished{': but not ' + ', '.join(left) if left else ''}"

    def _upgrade(self, name: str, members: list, failed: list, before) -> str:
        waits = self._closed(members, before)
        if waits:
            return f"group {name} waits: {waits}"
        todo = [server for server in members
                if server.answers and server not in failed and (server.busy or not server.at_version)]
        silent = [server.name for server in members if not server.answers]
        if not todo:
            self.halted = True
            return (f"group {name} is stuck: not enough of it succeeded ({self._of['success_percent']} % are wanted), and "
                    f"nothing is left to upgrade; failed: {[server.name for server in failed]}, no answer: {silent}")
        canaries = self._of["canaries"] - sum(server.at_version for server in members)
        chosen = todo[:canaries] if canaries > 0 else todo
        allowed = self._within_traffic(chosen)
        if not allowed:
            return f"group {name} waits: {self._of['mib_per_hour']} MiB were fetched within the last hour"
        self.hosts = [server.name for server in allowed]
        return (f"group {name}: {', '.join(self.hosts)}{' (canary)' if canaries > 0 else ''}"
                + (f"; no answer: {', '.join(silent)}" if silent else ""))

    def _closed(self, members: list, before) -> str:
        """Why the group may not be worked on now."""
        if self._of["paused"]:
            return "fleet_paused is set"
        if any(server.busy for server in members):
            return ""  # a job that runs is watched at any time
        if not self._of["ignore_window"] and not self._in_window():
            return (f"the window is {','.join(self._of['days'])} from {self._of['start_hour']}:00 "
                    f"for {self._of['window_hours']} hours")
        if before is None or any(server.at_version for server in members):
            return ""
        ended = max((server.upgraded for server in before if server.upgraded), default=None)
        if ended is None:
            return ""
        if self._now - ended < timedelta(hours=self._of["wait_hours"]):
            return f"the group before it ended at {ended:%F %H:%M}, and {self._of['wait_hours']} hours are waited"
        if self._of["one_group_a_day"] and ended.astimezone(self._now.tzinfo).date() == self._now.date():
            return "one group a day"
        return ""

    def _in_window(self) -> bool:
        """A window that is open over midnight belongs to the day on which it opened."""
        for days_ago in (0, 1):
            day = self._now - timedelta(days=days_ago)
            opens = day.replace(hour=self._of["start_hour"], minute=0, second=0, microsecond=0)
            closes = opens + timedelta(hours=self._of["window_hours"])
            if WEEKDAYS[day.weekday()] in self._of["days"] and opens <= self._now < closes:
                return True
        return False

    def _within_traffic(self, chosen: list) -> list:
        """As many as may fetch within this hour, each counted with the most that it is allowed."""
        if not self._of["mib_per_hour"]:
            return chosen
        hour_ago = self._now - timedelta(hours=1)
        fetched = sum(bytes_ for server in self._servers for when, bytes_ in server.fetched if when and when > hour_ago)
        left = self._of["mib_per_hour"] - fetched / BYTES_PER_MIB
        return chosen[:max(0, int(left / self._of["mib_per_server"]))] if self._of["mib_per_server"] else chosen

    def report(self) -> list:
        """Versions of all groups, and how old the mix is."""
        lines = []
        for name in self._of["groups"]:
            members = [server for server in self._servers if server.group == name]
            versions = sorted(server.running or "no answer" for server in members)
            counts = ", ".join(f"{versions.count(each)} x {each}" for each in dict.fromkeys(versions))
            lines.append(f"group {name}: {counts or 'empty'}")
        since = min((server.upgraded for server in self._servers if server.upgraded), default=None)
        if since and any(not server.at_version for server in self._servers):
            days = (self._now - since).total_seconds() / 86400
            allowed = self._of["max_mixed_days"]
            self.mixed_too_long = days > allowed
            late = f", longer than the {allowed} days that are allowed" if self.mixed_too_long else ""
            lines.append(f"versions are mixed since {since:%F %H:%M}, {days:.1f} days{late}")
        return lines + [self.why]


def fleet_plan(told: list, settings: dict, now=None) -> dict:
    """`told`: name, group, state (document) and jobs (of the history) of each server. The result has text of the servers
    in it, which must never be taken for a template: Ansible itself marks only what comes from a registered variable."""
    unknown = set(settings) - set(DEFAULTS)
    if unknown:
        raise ValueError(f"no such settings of a fleet: {sorted(unknown)}")
    of = {name: _as(default, settings.get(name, default)) for name, default in DEFAULTS.items()}
    wrong = [day for day in of["days"] if day not in WEEKDAYS]
    if wrong or not of["version"] or not of["groups"]:
        raise ValueError(f"fleet_days has {wrong}, known are {WEEKDAYS}" if wrong else
                         "set update_control_version and fleet_groups")
    moment = _time(now) if now else datetime.now(timezone.utc).astimezone()
    if moment is None:
        raise ValueError(f"fleet_now is no time with an offset: {now}")
    plan = Plan([_server(each, of["version"]) for each in told], of, moment)
    report = plan.report()
    return wrap_var({"hosts": plan.hosts, "why": plan.why, "halted": plan.halted, "finished": plan.finished, "report": report,
                     "at_a_time": of["at_a_time"], "mixed_too_long": plan.mixed_too_long})


def _as(default, value):
    if isinstance(default, bool):
        return str(value).lower() in ("true", "yes", "1", "on")
    return list(value) if isinstance(default, list) else type(default)(value)


def fleet_told(hostvars, groups: dict, names: list) -> list:
    """What fleet_plan wants, from what the playbook has asked."""
    told = []
    for group in names:
        for name in groups.get(group, []):
            state, history = ((hostvars[name].get(asked) or {}).get("document") or {} for asked in ("fleet_state", "fleet_history"))
            told.append({"name": name, "group": group, "state": state, "jobs": history.get("jobs") or []})
    return told


class FilterModule:
    def filters(self):
        return {"fleet_plan": fleet_plan, "fleet_told": fleet_told}
