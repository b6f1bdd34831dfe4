"""The verbs of update-rollout. Each asks hawkBit first what is so, and does at most one thing there; a call that was
cut short can be repeated."""
import argparse
import dataclasses
import time
from datetime import datetime

from . import report
from .announcements import Announcements
from .failure import Failure, Refused
from .fleet import FINISHED, Fleet, Rollout
from .plan import Plan, check, checked_name, mebibytes, with_accepted
from .verdict import Group, Verdict, of_group, of_rollout

HALTED, MIXED_TOO_LONG = 3, 4


class Commands:
    """`now` is the clock: local time without a zone."""

    def __init__(self, fleet: Fleet, announcements: Announcements, options: argparse.Namespace, now=datetime.now):
        self._fleet, self._announcements, self._options, self._now = fleet, announcements, options, now

    def run(self) -> tuple[int, dict, str]:
        """The exit code, what to print as JSON, what to print as text."""
        return getattr(self, f"_{self._options.command}")()

    def _create(self) -> tuple[int, dict, str]:
        asked = self._options
        plan = Plan(groups=asked.groups.split(","), version=checked_name("a version", asked.version),
                    success_percent=asked.success, canaries=asked.canary, window=asked.window, days=asked.days,
                    wait_hours=asked.wait_hours, server_bytes=asked.server_traffic, hour_bytes=asked.hour_limit,
                    max_mixed_days=asked.max_mixed_days)
        check(plan)
        if plan.server_bytes > asked.server_limit:
            raise Refused(f"each appliance fetches {mebibytes(plan.server_bytes)}, more than the allowed "
                          f"{mebibytes(asked.server_limit)}",
                          "make patches for the versions in the field, which are fetched instead of the image, "
                          "or raise --server-limit")
        name = checked_name("a rollout", asked.name)
        parts = self._fleet.planned(plan)
        document = {"rollout": name, "version": plan.version, "made": not asked.dry_run,
                    "parts": [{**dataclasses.asdict(part), "bytes": part.appliances * plan.server_bytes} for part in parts]}
        if not asked.dry_run:
            self._fleet.create(name, checked_name("a product", asked.product), plan, parts, asked.confirm)
        lines = [f"{name}: version {plan.version} in {len(parts)} parts" + (", not made (dry run)" if asked.dry_run else "")]
        lines += [f"  {part['name']:<16}{part['appliances']:>6} appliances, {mebibytes(part['bytes'])}"
                  for part in document["parts"]]
        return 0, document, "\n".join(lines + ([] if asked.dry_run else [f"to begin: update-rollout start {name}"]))

    def _start(self) -> tuple[int, dict, str]:
        rollout = self._fleet.rollout(self._options.name)
        if not rollout.plan.released_at:
            rollout.remember(dataclasses.replace(rollout.plan, released_at=int(time.time())))
        return self._answer([self._advance(rollout)])

    def _next(self) -> tuple[int, dict, str]:
        if self._options.name:
            return self._answer([self._advance(self._fleet.rollout(self._options.name))])
        return self._answer([self._advance(rollout) for rollout in self._fleet.rollouts()])

    def _status(self) -> tuple[int, dict, str]:
        named = self._options.name
        rollouts = [self._fleet.rollout(named)] if named else self._fleet.rollouts()
        return self._answer([self._report(rollout, *self._judged(rollout)) for rollout in rollouts])

    def _versions(self) -> tuple[int, dict, str]:
        versions = self._fleet.versions(self._options.version_attribute)
        return 0, {"versions": versions}, report.text_of_versions(versions)

    def _pause(self) -> tuple[int, dict, str]:
        rollout = self._fleet.rollout(self._options.name)
        rollout.remember(dataclasses.replace(rollout.plan, paused=self._options.reason))
        return self._answer([self._report(rollout, *self._judged(rollout))])

    def _resume(self) -> tuple[int, dict, str]:
        rollout = self._fleet.rollout(self._options.name)
        groups, verdict = self._judged(rollout)
        accepted = rollout.plan.accepted
        if verdict.state == "halted":
            if not self._options.despite_failures:
                raise Refused(f"rollout {rollout.name} is halted: {verdict.reason}",
                              f"find out why; then update-rollout resume {rollout.name} --despite-failures")
            accepted = with_accepted(rollout.plan, {group.name: group.lost for group in groups
                                                    if group.begun and self._halts(rollout, group)})
        told = [what for what in rollout.plan.told if not what.startswith("halted")]
        rollout.remember(dataclasses.replace(rollout.plan, paused="", accepted=accepted, told=told))
        return self._answer([self._report(rollout, *self._judged(rollout))])

    def _stop(self) -> tuple[int, dict, str]:
        rollout = self._fleet.rollout(self._options.name)
        if rollout.status in ("ready", "waiting_for_approval", "approval_denied"):
            rollout.delete()
            return 0, {"rollout": rollout.name, "deleted": True}, f"{rollout.name} had not begun: deleted"
        if rollout.status not in ("stopping", "stopped", "finished"):
            rollout.order("stop")
            rollout.wait_for(("stopped",), "stopped")
        return self._answer([self._report(rollout, *self._judged(rollout))])

    @staticmethod
    def _halts(rollout: Rollout, group: Group) -> bool:
        objection = of_group(rollout.plan, group)
        return objection is not None and objection.state == "halted"

    def _judged(self, rollout: Rollout) -> tuple[list[Group], Verdict]:
        groups = rollout.groups()
        return groups, of_rollout(rollout.plan, rollout.status, groups, self._now())

    def _advance(self, rollout: Rollout) -> dict:
        """Begins the next group if it is due, and tells what is to be told."""
        groups, verdict = self._judged(rollout)
        if verdict.state == "due":
            groups, verdict = self._begin(rollout, verdict.group)
        text = self._report(rollout, groups, verdict)
        if verdict.state in ("halted", "finished"):
            what = FINISHED if verdict.state == "finished" else f"halted:{verdict.group.name}"
            self._announcements.once(rollout, what, f"rollout {rollout.name} {verdict.state}", report.text_of_rollout(text))
        if text["versions"]["too_long"]:
            self._announcements.once(rollout, "mixed", f"rollout {rollout.name}: mixed versions for too long",
                                     report.text_of_rollout(text))
        return text

    def _begin(self, rollout: Rollout, due: Group) -> tuple[list[Group], Verdict]:
        """One order to hawkBit; then looks that exactly this group began."""
        if rollout.status == "running":
            rollout.wait_for(("paused",), "paused the rollout")            # just begun: it pauses by itself
        before = [group.name for group in rollout.groups() if group.begun]
        if due.name in before:
            return self._judged(rollout)
        rollout.order("start" if rollout.status == "ready" else "resume")
        rollout.wait_for(("paused", "running", "finished"), f"begun group {due.name}")
        groups = self._wait_for_group(rollout, due)
        begun = [group.name for group in groups if group.begun]
        if begun != before + [due.name]:
            raise Failure(f"hawkBit began {begun[len(before):]} where only {due.name} was due",
                          f"did somebody resume it in hawkBit? update-rollout stop {rollout.name}")
        self._announcements.now(f"rollout {rollout.name}: group {due.name} begins",
                                f"{due.appliances} appliances get version {rollout.plan.version}")
        return groups, of_rollout(rollout.plan, rollout.status, groups, self._now())

    def _wait_for_group(self, rollout: Rollout, due: Group) -> list[Group]:
        """Until the group has begun and hawkBit has paused the rollout, which it does not after the last one."""
        while True:
            groups = rollout.groups()
            if any(group.begun and group.name == due.name for group in groups):
                if any(not group.begun for group in groups):
                    rollout.wait_for(("paused",), "paused the rollout")
                    groups = rollout.groups()
                return groups
            rollout.wait_for(("paused", "running", "finished"), f"begun group {due.name}")
            time.sleep(0.2)

    def _report(self, rollout: Rollout, groups: list[Group], verdict: Verdict) -> dict:
        failures = [found for group in groups if group.failed for found in rollout.failures(group)][:10]
        return report.of_rollout(rollout, groups, verdict, failures, self._now())

    @staticmethod
    def _answer(reports: list[dict]) -> tuple[int, dict, str]:
        code = 0
        if any(found["versions"]["too_long"] for found in reports):
            code = MIXED_TOO_LONG
        if any(found["state"] == "halted" for found in reports):
            code = HALTED
        return code, {"rollouts": reports}, "\n".join(map(report.text_of_rollout, reports)) or "no rollout is under way"
