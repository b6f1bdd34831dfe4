"""Filters that read the appliance's documents: what is wrong with a node, what conflicts, who has the control role."""
import re

from ansible.errors import AnsibleFilterError
from ansible_collections.updatecontrol.appliance.plugins.plugin_utils import appliance
from ansible_collections.updatecontrol.appliance.plugins.plugin_utils.appliance import NoWay, numbers_of

MAX_SHOWN = 10  # messages of a queue


def health_problems(state: dict, minimum: str) -> list:
    """Why a node counts as not healthy; a state document. A node that this collection has drained, or whose installation
    runs, is healthy: its upgrade continues."""
    if not state.get("running_version"):
        return ["it does not answer"]
    problems = []
    if numbers_of(state["running_version"]) < numbers_of(minimum):
        problems.append(f"it runs {state['running_version']}, the minimum is {minimum}: install that first")
    if state.get("state") != "idle" and state.get("operation") not in (None, "install"):
        problems.append(f"a {state['operation']} runs; wait for its end: update-control -f")
    problems += appliance.faults_of(state)
    return problems


def at_work(answers: list, order: list = (), version: str = "") -> list:
    """Which nodes somebody works on, and what is seen of it; `answers` of a loop over their names. `order`: the nodes of this
    run; the first of them that isn't ready is left out, because this run goes on there."""
    states = {answer["item"]: answer.get("document") or {} for answer in answers}
    works = {name: _work(state) for name, state in states.items()}
    here = next((name for name in order if name in states and
                 (works[name] or numbers_of(states[name].get("running_version")) < numbers_of(version))), None)
    return [f"{name} {work}" for name, work in works.items() if work and name != here]


def _work(state: dict) -> str:
    if state.get("state", "idle") != "idle":
        return f"is in phase {state.get('phase')} of a job ({state.get('operation')})"
    drained = state.get("drained")
    return f"is drained since {drained.get('since')} by {drained.get('by')}" if isinstance(drained, dict) else ""


def queue_text(queue: dict) -> str:
    """What waits in the mail queue, of the document that a drain ends with; empty if it doesn't say."""
    messages = queue.get("messages") or []
    shown = [f"{message.get('id')} (for {message.get('age_seconds')} s, {message.get('recipients')} recipients: "
             f"{message.get('reason') or 'not tried yet'})" for message in messages[:MAX_SHOWN]]
    if not queue.get("queue_length") and not queue.get("connections"):
        return str(queue.get("problem") or "")
    return (f"{queue.get('queue_length')} messages in the queue, {queue.get('connections') or 0} open connections"
            + (f"; {', '.join(shown)}" if shown else ""))


def refusals(checks: dict) -> list:
    """What the checks refuse, with what to do."""
    return [f"{result.get('check')}: {result.get('text')}" + (f" ({result['advice']})" if result.get("advice") else "")
            for result in checks.get("results") or [] if result.get("verdict") not in ("pass", "skip", "notice", "warn")]


def words_about_conflicts(known, stop: bool) -> str:
    """For an installation: that conflicts of paths that are not known end it."""
    try:
        return appliance.words_about_conflicts(stop, known)
    except NoWay as reason:
        raise AnsibleFilterError(str(reason)) from reason


def unknown_conflicts(checks: dict, pattern: str, known) -> list:
    """The warnings about conflicts that nobody has named as known."""
    try:
        words = appliance.known_conflicts(known)
    except NoWay as reason:
        raise AnsibleFilterError(str(reason)) from reason
    found = []
    for result in checks.get("results") or []:
        text = f"{result.get('check')}: {result.get('text')}"
        if result.get("verdict") in ("pass", "skip", "notice") or not re.search(pattern, str(result.get("check"))):
            continue
        if not any(appliance.is_known(text, word) for word in words):
            found.append(text)
    return found


def role_move(answers: list, version: str, home: str, wanted: str, word: str, if_home_waits: bool) -> dict:
    """Who gives the role and who takes it; `answers` of all nodes, of a loop over their names. `word`: what the product
    calls the control role; `role` is null where it knows none."""
    states = {answer["item"]: answer.get("document") or {} for answer in answers}
    upgraded = [name for name, state in states.items() if numbers_of(state.get("running_version")) >= numbers_of(version)]
    holders = [name for name, state in states.items() if state.get("role") == word]
    stay = {"give": [], "take": []}
    if wanted not in states or home not in states or all(state.get("role") is None for state in states.values()):
        return stay
    if if_home_waits and (home in upgraded or any(holder in upgraded for holder in holders)):
        return stay
    if not if_home_waits and home not in upgraded:
        return stay
    return {"give": [name for name in holders if name != wanted], "take": [] if wanted in holders else [wanted]}


def versions_report(answers: list, version: str) -> list:
    """One line for people about each node, and one about all."""
    states = {answer["item"]: answer.get("document") or {} for answer in answers}
    waiting = [name for name, state in states.items() if numbers_of(state.get("running_version")) < numbers_of(version)]
    lines = [f"{name}: {state.get('running_version', 'unknown')}, mail {state.get('mail', 'unknown')}"
             + (f", {state['role']}" if state.get("role") else "") for name, state in states.items()]
    return lines + [f"all nodes run {version}" if not waiting else f"still to be upgraded to {version}: {', '.join(waiting)}"]


class FilterModule:
    def filters(self):
        return {"health_problems": health_problems, "at_work": at_work, "queue_text": queue_text, "refusals": refusals,
                "unknown_conflicts": unknown_conflicts, "words_about_conflicts": words_about_conflicts,
                "role_move": role_move, "versions_report": versions_report}
