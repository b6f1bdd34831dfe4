"""How hawkBit 1.0.4 leads a rollout: a pass every moment over those that are running. Its trap included: when no
group runs any more, the next one begins, however the one before ended."""
from .tables import Tables, now_ms

ENDED = ("finished", "error", "canceled")
WORDS = {"finished": "finished", "error": "error", "canceled": "cancelled", "scheduled": "scheduled"}


class Illegal(Exception):
    """An order that the state of the rollout doesn't allow (400)."""


class Rollouts:
    """Calls hold the lock of the tables."""

    def __init__(self, tables: Tables):
        self._tables = tables

    def groups_of(self, rollout: dict) -> list[dict]:
        return [group for group in self._tables.rows("groups") if group["rollout"] == rollout["id"]]

    def actions_of(self, group: dict) -> list[dict]:
        return [action for action in self._tables.rows("actions") if action["group"] == group["id"]]

    def counts(self, group: dict) -> dict[str, int]:
        counted = dict.fromkeys(("scheduled", "running", "error", "finished", "cancelled", "notstarted"), 0)
        actions = self.actions_of(group)
        for action in actions:
            counted[WORDS.get(action["status"], "running")] += 1
        counted["notstarted"] = group["totalTargets"] - len(actions)
        return counted

    def verb(self, rollout: dict, verb: str) -> None:
        allowed = {"start": ("ready",), "pause": ("running",), "resume": ("paused",), "stop": ("running", "paused"),
                   "triggerNextGroup": ("running",)}
        if rollout["status"] not in allowed[verb]:
            raise Illegal(f"Rollout can't {verb} in state {rollout['status']}")
        getattr(self, "_" + verb)(rollout)

    def step(self) -> None:
        """One pass of the scheduler."""
        for rollout in self._tables.rows("rollouts"):
            {"creating": self._create, "starting": self._begin, "running": self._run,
             "stopping": self._end}.get(rollout["status"], lambda _: None)(rollout)

    def _set(self, table: str, row: dict, status: str) -> None:
        row["status"], row["lastModifiedAt"] = status, now_ms()
        self._tables.put(table, row)

    def _create(self, rollout: dict) -> None:
        taken: set[str] = set()
        groups = self.groups_of(rollout)
        for group in groups:
            found = [name for name in rollout["matching"][str(group["id"])] if name not in taken]
            before = sum(other["targetPercentage"] for other in groups if other["id"] < group["id"]
                         and other["targetFilterQuery"] == group["targetFilterQuery"])
            share = 100 if 100 - before <= 1 else min(100, group["targetPercentage"] * 100 / (100 - before))
            group["members"] = found[:int(share * len(found) / 100 + 0.5)]
            group["totalTargets"] = len(group["members"])
            taken.update(group["members"])
            self._set("groups", group, "ready")
        self._set("rollouts", rollout, "ready")

    def _start(self, rollout: dict) -> None:
        self._set("rollouts", rollout, "starting")

    def _begin(self, rollout: dict) -> None:
        groups = self.groups_of(rollout)
        for group in groups:
            for name in group["members"]:
                action = {"id": self._tables.next_id("actions"), "target": name, "rollout": rollout["id"], "group": group["id"],
                          "set": rollout["distributionSetId"], "status": "scheduled", "createdAt": now_ms(),
                          "confirm": group["confirmationRequired"], "entries": []}
                self._tables.put("actions", action)
            self._set("groups", group, "scheduled")
        self._begin_group(groups[0])
        self._set("rollouts", rollout, "running")

    def _begin_group(self, group: dict) -> None:
        for action in self.actions_of(group):
            action["status"] = "wait_for_confirmation" if action["confirm"] else "running"
            self._tables.put("actions", action)
        self._set("groups", group, "running")

    def _next(self, rollout: dict) -> bool:
        waiting = [group for group in self.groups_of(rollout) if group["status"] == "scheduled"]
        if waiting:
            self._begin_group(waiting[0])
        return bool(waiting)

    def _run(self, rollout: dict) -> None:
        running = [group for group in self.groups_of(rollout) if group["status"] == "running"]
        if not running:
            self._next(rollout)
        for group in running:
            self._evaluate(rollout, group)
        if not [group for group in self.groups_of(rollout) if group["status"] in ("running", "scheduled")]:
            self._set("rollouts", rollout, "finished")

    def _evaluate(self, rollout: dict, group: dict) -> None:
        counted, total = self.counts(group), group["totalTargets"]
        if total and counted["error"] / total > int(group["errorCondition"]["expression"]) / 100:
            self._set("groups", group, "error")
            self._set("rollouts", rollout, "paused")
            return
        if not total or counted["finished"] / total >= int(group["successCondition"]["expression"]) / 100:
            self._succeeded(rollout, group)
        if all(action["status"] in ENDED for action in self.actions_of(group)):
            self._set("groups", group, "finished")

    def _succeeded(self, rollout: dict, group: dict) -> None:
        child = next((other for other in self.groups_of(rollout) if other["id"] > group["id"]), None)
        if not child or child["status"] != "scheduled":
            return
        if group["successAction"]["action"] == "PAUSE":
            self._set("rollouts", rollout, "paused")
        else:
            self._begin_group(child)

    def _pause(self, rollout: dict) -> None:
        self._set("rollouts", rollout, "paused")

    def _resume(self, rollout: dict) -> None:
        begun = [group for group in self.groups_of(rollout) if group["status"] != "scheduled"]
        last = begun[-1]
        counted, total = self.counts(last), last["totalTargets"]
        enough = not total or counted["finished"] / total >= int(last["successCondition"]["expression"]) / 100
        if last["status"] == "error" or (last["successAction"]["action"] == "PAUSE" and enough):
            self._next(rollout)
        self._set("rollouts", rollout, "running")

    def _triggerNextGroup(self, rollout: dict) -> None:     # hawkBit's word for it  # pylint: disable=invalid-name
        if not self._next(rollout):
            raise Illegal("Rollout does not have any groups left to be triggered")

    def _stop(self, rollout: dict) -> None:
        self._set("rollouts", rollout, "stopping")

    def _end(self, rollout: dict) -> None:
        for group in self.groups_of(rollout):
            for action in self.actions_of(group):
                if action["status"] == "scheduled":
                    self._tables.remove("actions", action["id"])
                elif action["status"] not in ENDED:
                    action["status"] = "canceling"
                    self._tables.put("actions", action)
            if group["status"] not in ("finished", "error"):
                self._set("groups", group, "finished")
        self._set("rollouts", rollout, "stopped")
