"""Filters about a move of the control role that has failed in the middle: where the role is now, and what to do."""
from ansible.utils.unsafe_proxy import wrap_var


def failure_text(result: dict) -> str:
    """Why a task failed, perhaps in a loop. Nodes have told it, so it is never a template."""
    each = [item for item in result.get("results") or [] if item.get("failed")] or [result]
    return wrap_var(" ".join(str(item.get("msg") or "see above") for item in each))


def nobody_took_role(takers: list, word: str) -> bool:
    """Whether that is certain; `takers`: the answers of those who were to take it. While one is silent it may have the role, and
    two would be worse than none."""
    states = [answer.get("document") or {} for answer in takers]
    return bool(states) and all(state.get("running_version") and state.get("role") != word for state in states)


def where_role_is(takers: list, returned: list, word: str) -> str:
    """`returned`: the answers of those who had it, to whom it was to go back."""
    holders = [answer["item"] for answer in takers if (answer.get("document") or {}).get("role") == word]
    back = [answer["item"] for answer in returned if answer.get("rc") == 0]
    if holders:
        return f"the role is at {', '.join(holders)} all the same"
    if not takers:
        return "two nodes may have the role. Next, on each: update-control -s"
    if back:
        return f"the role is back at {', '.join(back)}"
    silent = [answer["item"] for answer in takers if not (answer.get("document") or {}).get("running_version")]
    silent += [answer["item"] for answer in returned if answer.get("answered") is False]
    if silent:
        return (f"whether {', '.join(silent)} has the role is not known, and no other node has it. Next, as soon as it answers: "
                "update-control -s; if it does not have it, on it: update-control --role take")
    owner = next((answer["item"] for answer in returned), takers[0]["item"])
    return f"nobody has the role now; give it with: update-control --role take, on {owner}"


class FilterModule:
    def filters(self):
        return {"failure_text": failure_text, "nobody_took_role": nobody_took_role, "where_role_is": where_role_is}
