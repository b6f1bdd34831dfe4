"""Which servers of a fleet are upgraded now. Keeps nothing: what was done when is read from the servers' own histories."""
from datetime import datetime, timedelta, timezone

from ansible.utils.unsafe_proxy import wrap_var
from ansible_collections.updatecontrol.appliance.plugins.plugin_utils.appliance import BUSY
from ansible_collections.updatecontrol.appliance.plugins.plugin_utils.fleet_server import server_of, time_of
from ansible_collections.updatecontrol.appliance.plugins.plugin_utils.settings import listed

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
BYTES_PER_MIB = 1024 * 1024
MAX_NAMED = 10  # servers that wait
DEFAULTS = {"version": "", "groups": [], "days": list(WEEKDAYS), "start_hour": 0, "window_hours": 24, "wait_hours": 12,
            "one_group_a_day": True, "canaries": 1, "success_percent": 100, "halt_on_error": True, "paused": False,
            "retry": [], "at_a_time": 5, "mib_per_server": 50, "mib_per_hour": 0, "max_mixed_days": 14, "ignore_window": False}


class Plan:
    """Decides for one moment. `hosts` are to be upgraded now; `to_prove`: first a test message must pass through these;
    `why` is for people; `halted`: nothing more without them."""

    def __init__(self, servers: list, settings: dict, now: datetime):
        self._of = settings
        self._now, self._servers = now, servers
        self.hosts, self.to_prove = [], []
        self.halted = self.finished = self.mixed_too_long = False
        self.why = self._decide()

    def _decide(self) -> str:
        before = []
        for name in self._of["groups"]:
            members = [server for server in self._servers if server.group == name]
            failed = [server for server in members if server.failed]
            if failed and self._of["halt_on_error"]:
                self.halted = True
                return _halted(failed)
            done = sum(server.done for server in members)
            if done * 100 < len(members) * self._of["success_percent"] or any(server.installing for server in members):
                return self._upgrade(name, members, done, before)
            before = members or before
        self.finished = True
        left = [server.name for server in self._servers if not server.done]
        return f"finished{': but not ' + ', '.join(left) if left else ''}"

    def _upgrade(self, name: str, members: list, done: int, before: list) -> str:
        """What is being installed goes on at any time, and is not more than watched; the others begin when they may."""
        installing = [server for server in members if server.installing]
        fresh = [server for server in members if server.answers and not (server.at_version or server.failed or server.installing)]
        waits = self._closed(members, before)
        if waits and not installing:
            return f"group {name} waits: {waits}"
        ready = [] if waits else [server for server in fresh if not server.does_other]
        if not installing and not ready:
            return self._nothing_to_begin(name, members, fresh)
        canaries = self._of["canaries"] - done
        at_once = min(self._of["at_a_time"], canaries) if canaries > 0 else self._of["at_a_time"]
        allowed = self._within_traffic((installing + ready)[:at_once])
        if not allowed:
            return f"group {name} waits: {self._of['mib_per_hour']} MiB were fetched within the last hour"
        self.hosts = [server.name for server in allowed]
        if not all(server.installing for server in allowed):
            # Nothing more is begun beside servers of which nobody knows whether they work.
            proving = members if any(server.at_version for server in members) else before
            self.to_prove = [server.name for server in proving if server.done and not server.is_proved]
        later = [server for server in fresh if server not in allowed]
        return (f"group {name}: {', '.join(self.hosts)}{' (canary)' if canaries > 0 else ''}"
                + (f"; for a later run: {_names(later)}{f' ({waits})' if waits else ''}" if later else "")
                + (f"; no answer: {silent}" if (silent := _names(server for server in members if not server.answers)) else ""))

    def _nothing_to_begin(self, name: str, members: list, fresh: list) -> str:
        if fresh:
            busy = [f"{server.name} is busy ({server.does_other})" for server in fresh[:MAX_NAMED]]
            return f"group {name} waits: {', '.join(busy)}"
        self.halted = True
        return (f"group {name} is stuck: not enough of it succeeded ({self._of['success_percent']} % are wanted), and "
                f"nothing is left to upgrade; failed: {[server.name for server in members if server.failed]}, "
                f"no answer: {[server.name for server in members if not server.answers]}")

    def _closed(self, members: list, before) -> str:
        """Why the group may not be worked on now."""
        if self._of["paused"]:
            return "fleet_paused is set"
        if not self._of["ignore_window"] and not self._in_window():
            return (f"the window is {','.join(self._of['days'])} from {self._of['start_hour']}:00 "
                    f"for {self._of['window_hours']} hours")
        if not before or any(server.at_version for server in members):
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
        """As many as may fetch within this hour, each counted with the most that it is allowed; those that install, anyway."""
        if not self._of["mib_per_hour"]:
            return chosen
        hour_ago = self._now - timedelta(hours=1)
        fetched = sum(bytes_ for server in self._servers for when, bytes_ in server.fetched if when and when > hour_ago)
        left = self._of["mib_per_hour"] - fetched / BYTES_PER_MIB
        installing = sum(server.installing for server in chosen)
        return chosen[:max(installing, int(left / self._of["mib_per_server"]))] if self._of["mib_per_server"] else chosen

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


def _halted(failed: list) -> str:
    retry = ",".join(server.name for server in failed if server.may_be_forgiven)
    return (f"halted: {', '.join(f'{server.name} ({server.reason})' for server in failed)} failed. Next: see to it, then run again"
            + (f" with -e fleet_retry={retry}" if retry else "") + "; to leave it out: -e fleet_halt_on_error=false")


def _names(servers) -> str:
    names = [server.name for server in servers]
    more = f" and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else ""
    return ", ".join(names[:MAX_NAMED]) + more


def fleet_plan(told: list, settings: dict, now=None) -> dict:
    """`told`: name, group, state (document), jobs (of the history) and test of each server: what is wrong with a test message, or
    nothing; None: not asked. The result has text of the servers
    in it, which must never be taken for a template: Ansible itself marks only what comes from a registered variable."""
    unknown = set(settings) - set(DEFAULTS)
    if unknown:
        raise ValueError(f"no such settings of a fleet: {sorted(unknown)}")
    of = {name: _as(default, settings.get(name, default)) for name, default in DEFAULTS.items()}
    wrong = [day for day in of["days"] if day not in WEEKDAYS]
    if wrong or not of["version"] or not of["groups"]:
        raise ValueError(f"fleet_days has {wrong}, known are {WEEKDAYS}" if wrong else
                         "set update_control_version and fleet_groups")
    if of["at_a_time"] < 1:
        raise ValueError(f"fleet_at_a_time must be at least 1, not {of['at_a_time']}")
    moment = time_of(now) if now else datetime.now(timezone.utc).astimezone()
    if moment is None:
        raise ValueError(f"fleet_now is no time with an offset: {now}")
    plan = Plan([server_of(each, of["version"], each["name"] in of["retry"]) for each in told], of, moment)
    report = plan.report()
    return wrap_var({"hosts": plan.hosts, "to_prove": plan.to_prove, "why": plan.why, "halted": plan.halted,
                     "finished": plan.finished, "report": report, "retry": of["retry"], "mixed_too_long": plan.mixed_too_long})


def _as(default, value):
    if isinstance(default, bool):
        return str(value).lower() in ("true", "yes", "1", "on")
    return listed(value) if isinstance(default, list) else type(default)(value)


def fleet_told(hostvars, groups: dict, names) -> list:
    """What fleet_plan wants, from what the playbook has asked."""
    told = []
    for group in listed(names):
        for name in groups.get(group, []):
            state, history = ((hostvars[name].get(asked) or {}).get("document") or {} for asked in ("fleet_state", "fleet_history"))
            told.append({"name": name, "group": group, "state": state, "jobs": history.get("jobs") or [],
                         "test": _test_of(hostvars[name].get("fleet_test") or {})})
    return told


def _test_of(result: dict):
    """None where it was not asked, and where the server was busy with something else, which proves nothing."""
    if "answered" not in result or result.get("rc") == BUSY:
        return None
    return "" if result.get("rc") == 0 else f"no test message passes through it: {result.get('msg')}"


class FilterModule:
    def filters(self):
        return {"fleet_plan": fleet_plan, "fleet_told": fleet_told}
