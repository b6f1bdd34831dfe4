"""What update-rollout says, as JSON and as text made from the same JSON."""
from datetime import datetime

from .fleet import Rollout
from .plan import mebibytes
from .verdict import Group, Verdict


def time_text(at: datetime | None) -> str | None:
    return at.strftime("%Y-%m-%d %H:%M") if at else None


def of_group(group: Group) -> dict:
    return {"name": group.name, "group": group.group, "begun": time_text(group.begun_at), "appliances": group.appliances,
            "succeeded": group.finished, "failed": group.failed, "cancelled": group.cancelled, "open": group.open}


def of_traffic(rollout: Rollout, groups: list[Group]) -> dict | None:
    """What the download of the firmware costs; null where the plan doesn't know its size."""
    plan = rollout.plan
    if not plan.server_bytes:
        return None
    begun = sum(group.appliances for group in groups if group.begun)
    return {"bytes_per_appliance": plan.server_bytes, "max_bytes_per_hour": plan.hour_bytes or None,
            "max_bytes_per_part": max((group.appliances for group in groups), default=0) * plan.server_bytes,
            "ordered_bytes": begun * plan.server_bytes,
            "remaining_bytes": sum(group.appliances for group in groups if not group.begun) * plan.server_bytes}


def of_mixture(rollout: Rollout, groups: list[Group], now: datetime) -> dict:
    """Since when appliances of this rollout run different versions, and whether that is too long."""
    total, finished = sum(group.appliances for group in groups), sum(group.finished for group in groups)
    begun = [group.begun_at for group in groups if group.begun_at]
    mixed = bool(begun) and 0 < finished < total
    days = (now - min(begun)).total_seconds() / 86400 if mixed else 0
    return {"mixed": mixed, "since": time_text(min(begun)) if mixed else None, "days": round(days, 1),
            "max_days": rollout.plan.max_mixed_days, "too_long": days > rollout.plan.max_mixed_days}


def of_rollout(rollout: Rollout, groups: list[Group], verdict: Verdict, failures: list[dict], now: datetime) -> dict:
    return {"rollout": rollout.name, "version": rollout.plan.version, "hawkbit": rollout.status,
            "state": verdict.state, "reason": verdict.reason,
            "next": verdict.group.name if verdict.group and verdict.state != "halted" else None, "earliest": time_text(verdict.earliest),
            "window": rollout.plan.window, "days": rollout.plan.days, "success_percent": rollout.plan.success_percent,
            "groups": [of_group(group) for group in groups], "failures": failures,
            "traffic": of_traffic(rollout, groups), "versions": of_mixture(rollout, groups, now)}


ADVICE = {"ready": "to begin: update-rollout start {name}",
          "halted": "to go on all the same: update-rollout resume {name} --despite-failures; "
                    "to call back what was not installed yet: update-rollout stop {name}",
          "paused": "to go on: update-rollout resume {name}"}


def text_of_rollout(report: dict) -> str:
    lines = [f"{report['rollout']}: version {report['version']}, {report['state']}: {report['reason']}"]
    if report["earliest"]:
        lines.append(f"  next: group {report['next']}, not before {report['earliest']}")
    if report["state"] in ADVICE:
        lines.append("  " + ADVICE[report["state"]].format(name=report["rollout"]))
    lines.append(f"  {'group':<16}{'appliances':>11}{'succeeded':>11}{'failed':>8}{'cancelled':>11}{'open':>6}  begun")
    for group in report["groups"]:
        lines.append(f"  {group['name']:<16}{group['appliances']:>11}{group['succeeded']:>11}{group['failed']:>8}"
                     f"{group['cancelled']:>11}{group['open']:>6}  {group['begun'] or '-'}")
    for failure in report["failures"]:
        lines.append(f"  {failure['appliance']} failed: {failure['said']}")
    traffic, versions = report["traffic"], report["versions"]
    if traffic:
        hour = f", at most {mebibytes(traffic['max_bytes_per_hour'])} in an hour" if traffic["max_bytes_per_hour"] else ""
        lines.append(f"  traffic: {mebibytes(traffic['bytes_per_appliance'])} for each appliance{hour}; ordered so far "
                     f"{mebibytes(traffic['ordered_bytes'])}, to come {mebibytes(traffic['remaining_bytes'])}")
    if versions["mixed"]:
        lines.append(f"  mixed versions since {versions['since']}, {versions['days']} days of at most {versions['max_days']}"
                     + (": TOO LONG" if versions["too_long"] else ""))
    return "\n".join(lines)


def text_of_versions(versions: dict[str, dict[str, int]]) -> str:
    lines = [f"  {'version':<16}{'appliances say':>16}{'hawkBit believes':>18}"]
    lines += [f"  {version:<16}{found['say']:>16}{found['hawkbit']:>18}" for version, found in versions.items()]
    return "\n".join(lines)
