"""What holds when a move of the control role fails in the middle: it goes back, or the message says how to give it."""
from lab.stage import require, require_ended

ROLES = {"n1": "secondary", "n2": "primary"}


def answer(name: str, role: str | None = None, **more) -> dict:
    return {"item": name, "document": {"running_version": "2.8.1.0", "role": role} if role else {}, **more}


def each_case_says_where_the_role_is(make) -> None:
    from ansible_collections.updatecontrol.appliance.plugins.filter.role import nobody_took_role, where_role_is
    back, refused, silent = answer("n2", rc=0), answer("n2", rc=1, answered=True), answer("n2", answered=False)
    cases = [
        ("it went back", [answer("n1", "secondary")], [back], True, "the role is back at n2"),
        ("it does not go back", [answer("n1", "secondary")], [refused], True,
         "nobody has the role now; give it with: update-control --role take, on n2"),
        ("nobody had it", [answer("n1", "secondary")], [], True, "nobody has the role now; give it with: update-control --role take, on n1"),
        ("it was taken all the same", [answer("n1", "primary")], [answer("n2", skipped=True)], False, "the role is at n1 all the same"),
        # Two nodes with the role would be worse than none.
        ("the other one is silent", [answer("n1")], [answer("n2", skipped=True)], False, "whether n1 has the role is not known"),
        ("the giver is silent", [answer("n1", "secondary")], [silent], True, "whether n2 has the role is not known"),
        ("the other one had it before", [], [answer("n2", skipped=True)], False, "two nodes may have the role"),
    ]
    for what, takers, returned, nobody, said in cases:
        require(nobody_took_role(takers, "primary") == nobody, f"{what}: nobody_took_role")
        found = where_role_is(takers, returned, "primary")
        require(found.startswith(said), f"{what}: {found}")


def a_role_that_is_not_taken_goes_back(make) -> None:
    """On its way to the first node that was upgraded, and on its way home at the end."""
    stage = make(["n1", "n2"], role=ROLES)
    stage.settings["update_control_role_home"] = "n2"
    for taker, giver in (("n1", "n2"), ("n2", "n1")):
        stage.nodes[taker].order(role_fails=["take"])
        log = " ".join(_failed(stage).split())
        require("the database does not follow" in log and f"the role is back at {giver}" in log, f"not said:\n{log[-3000:]}")
        roles = {name: node.state()["role"] for name, node in stage.nodes.items()}
        require(roles == {giver: "primary", taker: "secondary"}, f"{roles}")
        stage.nodes[taker].order(role_fails=[])
    require_ended(stage.play(), True)
    require([node.state()["role"] for node in stage.nodes.values()] == ["secondary", "primary"], "the role is not at home")


def a_role_that_nobody_has_is_told(make) -> None:
    stage = make(["n1", "n2"], role=ROLES)
    stage.settings["update_control_role_home"] = "n2"
    for node in stage.nodes.values():
        node.order(role_fails=["take"], reason="{{ 7777*7777 }} is why")
    log = " ".join(_failed(stage).split())
    require("nobody has the role now; give it with: update-control --role take, on n2" in log, f"not said:\n{log[-3000:]}")
    require("{{ 7777*7777 }} is why" in log and "60481729" not in log, f"what a node told was carried out:\n{log[-3000:]}")
    for node in stage.nodes.values():
        node.order(role_fails=[])
    require_ended(stage.play(), True)
    require([node.state()["role"] for node in stage.nodes.values()] == ["secondary", "primary"], "the role is not at home")


def _failed(stage) -> str:
    run = stage.play()
    require_ended(run, False)
    return run.log


SCENARIOS = [each_case_says_where_the_role_is, a_role_that_is_not_taken_goes_back, a_role_that_nobody_has_is_told]
