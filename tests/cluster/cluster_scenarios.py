"""What holds of a cluster. A scenario gets a function that makes its stage: the nodes' names in the inventory's order, and
what the nodes are like."""
import threading

from lab.processes import wait_for
from lab.stage import require, require_ended

THREE = ["n1", "n2", "n3"]
NEW = ["2.8.1.0"] * 3
OLD = ["2.8.0.0"] * 3
INSTALL = "Install and wait for the version"


def the_central_node_can_be_first(make) -> None:
    """Then its role stays where it is."""
    first = make(THREE, role={"n1": "primary", "n2": "secondary", "n3": "secondary"})
    first.settings["update_control_role_home"] = "n1"
    run = first.play()
    require_ended(run, True)
    require(run.order_of(INSTALL) == THREE, f"the order was {run.order_of(INSTALL)}")
    require(first.versions() == NEW, f"versions: {first.versions()}")
    require(not [c for node in first.nodes.values() for c in node.commands() if "--role" in c], "the role was moved")
    first.require_mail_never_stopped()


def the_control_role_moves_and_returns(make) -> None:
    stage = make(["n2", "n3", "n1"], role={"n1": "primary", "n2": "secondary", "n3": "secondary"})
    stage.settings["update_control_role_home"] = "n1"
    run = stage.play()
    require_ended(run, True)
    require(run.order_of(INSTALL) == ["n2", "n3", "n1"], f"the order was {run.order_of(INSTALL)}")
    roles = {name: [c for c in node.commands() if c.startswith("--role")] for name, node in stage.nodes.items()}
    require(roles == {"n1": ["--role give --json", "--role take --json"], "n2": ["--role take --json", "--role give --json"],
                      "n3": []}, f"roles: {roles}")
    require(stage.nodes["n1"].state()["role"] == "primary", "the role is not at home")
    stage.require_mail_never_stopped()


def a_second_node_that_rolls_back_stops_the_play(make) -> None:
    stage = make(THREE)
    stage.nodes["n2"].order(outcome="rolled-back")
    run = stage.play()
    require_ended(run, False)
    require(stage.versions() == ["2.8.1.0", "2.8.0.0", "2.8.0.0"], f"versions: {stage.versions()}")
    require(not [c for c in stage.nodes["n3"].commands() if c.startswith(("-i", "--drain"))], "n3 was touched")
    require("rolled-back: the health gate: mailfilter.service failed" in " ".join(run.log.split()), f"no reason:\n{run.log[-3000:]}")
    require(set(stage.balancer.statuses().values()) == {"UP"}, f"not all serve: {stage.balancer.statuses()}")
    stage.nodes["n2"].order(outcome="succeeded")
    require_ended(stage.play(), True)
    require(stage.versions() == NEW, f"versions: {stage.versions()}")
    require(len([c for c in stage.nodes["n1"].commands() if c.startswith("-i")]) == 1, "n1 was installed twice")
    stage.require_mail_never_stopped()


STEPS = ("Ask the node what it runs and does", "Take the node out of the balancer", "Drain the node until its queue is empty",
         "The queue is empty", INSTALL, "Ask for the version", "Accept mail again", "Send a test message through the node",
         "Put the node back into the balancer", "Ask all nodes for the role", "Give the role", "Take the role",
         "Return the control role", "Ask all nodes for their versions")


def a_run_that_is_killed_at_any_step_continues(make) -> None:
    """Killed before each step; each run continues what the one before left."""
    stage = make(["n1", "n2"], role={"n1": "secondary", "n2": "primary"})
    stage.settings["update_control_role_home"] = "n2"
    for step in STEPS:
        run = stage.play(kill_at=step)
        require(run.rc == -9, f"a run that was to be killed at {step!r} ended with {run.rc}:\n{run.log[-6000:]}")
    require_ended(stage.play(), True)
    require(stage.versions() == NEW[:2], f"versions: {stage.versions()}")
    installs = [[c for c in node.commands() if c.startswith("-i")] for node in stage.nodes.values()]
    require([len(each) for each in installs] == [1, 1], f"installed more than once: {installs}")
    require([node.state()["role"] for node in stage.nodes.values()] == ["secondary", "primary"], "the role is not at home")
    require(set(stage.balancer.statuses().values()) == {"UP"}, f"not all serve: {stage.balancer.statuses()}")
    stage.require_mail_never_stopped()


def a_run_that_is_killed_in_a_job_watches_it(make) -> None:
    """In the middle of phase 2, and while the node restarts."""
    stage = make(["n1", "n2"])
    for node, job_is in (("n1", lambda: stage.nodes["n1"].state().get("phase") == 2), ("n2", lambda: not stage.nodes["n2"].state())):
        stage.nodes[node].order(restart_seconds=3)
        require(stage.play(kill_when=job_is).rc == -9, "the run was not killed")
    require_ended(stage.play(), True)
    require(stage.versions() == NEW[:2], f"versions: {stage.versions()}")
    for node in stage.nodes.values():
        require(len([c for c in node.commands() if c.startswith("-i")]) == 1, f"installed twice: {node.commands()}")
    stage.require_mail_never_stopped()


def a_connection_that_is_cut_at_the_installation_is_no_failure(make) -> None:
    stage = make(["n1", "n2"])
    stage.nodes["n1"].order(cut=True, busy_once=True)
    require_ended(stage.play(), True)
    require(stage.versions() == NEW[:2], f"versions: {stage.versions()}")
    require(len([c for c in stage.nodes["n1"].commands() if c.startswith("-i")]) == 1, "installed twice")


def a_queue_that_does_not_empty_stops_the_play(make) -> None:
    stage = make(["n1", "n2"])
    stage.nodes["n1"].order(queue=2)
    stage.settings["update_control_drain_seconds"] = 1
    run = stage.play()
    require_ended(run, False)
    require("Q0" in run.log and "connection refused" in run.log, f"what remains isn't named:\n{run.log[-3000:]}")
    require(stage.versions() == OLD[:2], f"versions: {stage.versions()}")
    require(stage.nodes["n1"].state()["drained"] is None, "the node does not accept mail again")
    require(set(stage.balancer.statuses().values()) == {"UP"}, f"not all serve: {stage.balancer.statuses()}")
    stage.require_mail_never_stopped()


def an_unknown_conflict_stops_before_anything_is_touched(make) -> None:
    stage = make(["n1", "n2"])
    stage.nodes["n2"].order(conflict="/etc/postfix/main.cf was changed")
    run = stage.play()
    require_ended(run, False)
    require("/etc/postfix/main.cf was changed" in run.log, f"the conflict isn't named:\n{run.log[-3000:]}")
    touched = [c for node in stage.nodes.values() for c in node.commands() if c.split()[0] not in ("-s", "--check", "-n")]
    require(not touched, f"touched: {touched}")
    stage.settings["update_control_known_conflicts"] = ["/etc/postfix/main.cf"]
    require_ended(stage.play(), True)
    require(stage.versions() == NEW[:2], f"versions: {stage.versions()}")


def a_conflict_that_the_new_version_finds_stops_the_play(make) -> None:
    """At the end of phase 2 of the first node: nothing has stopped there, and it serves again."""
    stage = make(["n1", "n2"])
    stage.settings["update_control_known_conflicts"] = ["some words", "/etc/issue"]
    for node in stage.nodes.values():
        node.order(found_in_phase_2="/etc/motd")
    run = stage.play()
    require_ended(run, False)
    require("1 change of this appliance in conflict: /etc/motd" in " ".join(run.log.split()), f"not said:\n{run.log[-3000:]}")
    require("it serves again with version 2.8.0.0" in " ".join(run.log.split()), f"not said:\n{run.log[-3000:]}")
    require(stage.versions() == OLD[:2], f"versions: {stage.versions()}")
    require(not [c for c in stage.nodes["n2"].commands() if c.startswith(("-i", "--drain"))], "n2 was touched")
    stage.settings["update_control_known_conflicts"].append("/etc/motd")
    require_ended(stage.play("cluster", "--limit", "n1"), True)
    begun = [c for c in stage.nodes["n1"].commands() if c.startswith("-i")]
    require(begun[-1].endswith(" --stop-on-conflict --known-conflict /etc/issue --known-conflict /etc/motd --yes --no-wait --json"),
            f"begun with: {begun}")
    # As before there was the option.
    stage.settings.update(update_control_known_conflicts=[], update_control_stop_on_conflict=False)
    require_ended(stage.play(), True)
    require(stage.versions() == NEW[:2], f"versions: {stage.versions()}")
    stage.require_mail_never_stopped()


def a_node_older_than_the_option_about_conflicts_is_not_touched(make) -> None:
    stage = make(["n1", "n2"])
    stage.nodes["n2"].order(old=True)
    for known, why in (([], "n2 does not take this: update-control: unrecognized option '--stop-on-conflict'"),
                       (["/etc/a b"], "a restricted key carries no path with blanks")):
        stage.settings["update_control_known_conflicts"] = known
        run = stage.play()
        require_ended(run, False)
        require(why in " ".join(run.log.split()), f"not said: {why}\n{run.log[-3000:]}")
    touched = [c for node in stage.nodes.values() for c in node.commands() if c.split()[0] not in ("-s", "--check", "-n")]
    require(not touched, f"touched: {touched}")
    stage.settings.update(update_control_known_conflicts=[], update_control_stop_on_conflict=False)
    require_ended(stage.play(), True)
    require(stage.versions() == NEW[:2], f"versions: {stage.versions()}")


def runs_that_would_not_see_each_other_are_refused(make) -> None:
    stage = make(["n1", "n2"])
    stage.settings.update(update_control_drain=False, update_control_balancer_tasks="")
    run = stage.play()
    require_ended(run, False)
    require("would not see each other" in " ".join(run.log.split()), f"not said:\n{run.log[-3000:]}")
    require(not any(node.commands() for node in stage.nodes.values()), "a node was asked")


def nothing_is_touched_unless_all_are_well(make) -> None:
    """A node that is down, one below the minimum version, one without mail, and a balancer that doesn't answer."""
    stage = make(["n1", "n2"], version={"n1": "2.8.0.0", "n2": "2.7.9.0"})
    stage.settings.update(update_control_answer_seconds=1, update_control_minimum_version="2.8.0.0")

    def refuses(why: str) -> None:
        run = stage.play()
        require_ended(run, False)
        require(why in " ".join(run.log.split()), f"not said: {why}\n{run.log[-3000:]}")

    refuses("it runs 2.7.9.0, the minimum is 2.8.0.0")
    stage.settings["update_control_minimum_version"] = "2.7.0.0"
    stage.nodes["n2"].order(mail_stopped=True)
    refuses("mail is stopped: postfix.service failed")
    stage.nodes["n2"].order(mail_stopped=False, refused="12 MiB are missing")
    refuses("n2 refuses the installation: space /data: 12 MiB are missing (free some)")
    stage.nodes["n2"].order(mail_stopped=True, refused="")
    # Also when the node is left for later.
    run = stage.play("cluster", "--limit", "n1")
    require(run.rc != 0 and "n2: mail is stopped" in " ".join(run.log.split()), f"n2 was not looked at:\n{run.log[-3000:]}")
    stage.nodes["n2"].order(mail_stopped=False, hang=True)
    stage.settings["update_control_command_seconds"] = 2
    refuses("did not end within 2 s")
    stage.nodes["n2"].order(hang=False)
    stage.nodes["n2"].stop()
    refuses("does not answer")
    stage.nodes["n2"].start()
    stage.sender.stop()
    stage.balancer.stop()
    refuses("the balancer at")
    touched = [c for node in stage.nodes.values() for c in node.commands() if c.split()[0] not in ("-s", "--check", "-n")]
    require(not touched, f"touched: {touched}")


def a_balancer_that_vanishes_leaves_the_node_out(make) -> None:
    """Its socket goes while a node is upgraded; a later run puts the node back."""
    stage = make(["n1", "n2"])
    moved = stage.balancer.socket.with_suffix(".moved")
    stage.nodes["n1"].order(restart_seconds=2)
    stage.settings["update_control_poll_seconds"] = 1

    def hide() -> bool:
        if stage.nodes["n1"].state().get("phase") == 2:
            stage.balancer.socket.rename(moved)
            return True
        return False

    hider = threading.Thread(target=wait_for, args=["phase 2", hide])
    hider.start()
    run = stage.play()
    hider.join()
    require_ended(run, False)
    require(stage.versions() == ["2.8.1.0", "2.8.0.0"], f"versions: {stage.versions()}")
    moved.rename(stage.balancer.socket)
    require(stage.balancer.statuses()["n1"] == "MAINT", f"{stage.balancer.statuses()}")
    require_ended(stage.play(), True)
    require(stage.versions() == NEW[:2], f"versions: {stage.versions()}")
    require(set(stage.balancer.statuses().values()) == {"UP"}, f"not all serve: {stage.balancer.statuses()}")
    stage.require_mail_never_stopped()


def a_node_without_a_test_message_gets_no_load(make) -> None:
    """It runs the new version, but no message passes through it."""
    stage = make(["n1", "n2"])
    stage.nodes["n1"].order(test_message_lost=True)
    run = stage.play()
    require_ended(run, False)
    require("the test message was not stored within 60 s" in run.log, f"the reason is not told:\n{run.log[-3000:]}")
    require(stage.balancer.statuses() == {"n1": "MAINT", "n2": "UP"}, f"{stage.balancer.statuses()}")
    require(stage.versions() == ["2.8.1.0", "2.8.0.0"], f"versions: {stage.versions()}")
    # Whoever follows can't be taken out either.
    run = stage.play("cluster", "--limit", "n2")
    require(run.rc != 0 and stage.balancer.statuses()["n2"] == "UP", f"n2 was taken out too:\n{run.log[-3000:]}")
    stage.nodes["n1"].order(test_message_lost=False)
    require_ended(stage.play(), True)
    require(stage.versions() == NEW[:2], f"versions: {stage.versions()}")
    stage.require_mail_never_stopped()


def the_last_node_that_serves_stays_in(make) -> None:
    stage = make(["n1", "n2"])
    stage.balancer.say("set server mail/n2 state maint")
    run = stage.play("cluster", "--limit", "n1")
    require_ended(run, False)
    require("only 0 other servers are up" in " ".join(run.log.split()), f"not said:\n{run.log[-3000:]}")
    require(stage.balancer.statuses()["n1"] == "UP" and stage.versions() == OLD[:2], f"{stage.balancer.statuses()} {stage.versions()}")
    stage.require_mail_never_stopped()


def what_nodes_tell_is_never_a_template(make) -> None:
    """In no message: refusals, conflicts, what fails on a node and why, versions."""
    stage = make(["n1", "n2"])
    stage.settings["update_control_answer_seconds"] = 10
    bad = "{{ 7*7 }}"

    def says(well: bool = False) -> None:
        run = stage.play()
        require_ended(run, well)
        require(bad in run.log and "49" not in run.log, f"it was carried out, or isn't shown:\n{run.log[-3000:]}")

    for order in ("refused", "conflict"):
        stage.nodes["n2"].order(**{order: bad})
        says()
        stage.nodes["n2"].order(**{order: ""})
    stage.nodes["n1"].order(outcome="rolled-back", reason=bad)
    says()
    for node in stage.nodes.values():
        node.tell(version=f"2.8.1.0 {bad}")
    says(well=True)


def nodes_may_follow_later(make) -> None:
    """With a balancer of the site's own, too."""
    stage = make(THREE, role={"n1": "primary", "n2": "secondary", "n3": "secondary"})
    tasks, calls = stage.folder / "balancer.yml", stage.folder / "balancer-calls"
    tasks.write_text("- name: The site's balancer\n  ansible.builtin.shell: echo {{ balancer_action }} {{ inventory_hostname }} >>"
                     f"{calls}\n  delegate_to: localhost\n")
    stage.settings.update(update_control_role_home="n1", update_control_balancer_tasks=str(tasks))
    run = stage.play("cluster", "--limit", "n1")
    require_ended(run, True)
    require(stage.versions() == ["2.8.1.0", "2.8.0.0", "2.8.0.0"], f"versions: {stage.versions()}")
    require("still to be upgraded to 2.8.1.0: n2, n3" in run.log, f"not said:\n{run.log[-3000:]}")
    require(calls.read_text().splitlines() == ["look n1", "out n1", "in n1"], calls.read_text())
    require_ended(stage.play("cluster", "--limit", "n3"), True)
    require_ended(stage.play(), True)
    require(stage.versions() == NEW, f"versions: {stage.versions()}")


SCENARIOS = [the_central_node_can_be_first, the_control_role_moves_and_returns, a_second_node_that_rolls_back_stops_the_play,
             a_run_that_is_killed_at_any_step_continues, a_run_that_is_killed_in_a_job_watches_it,
             a_connection_that_is_cut_at_the_installation_is_no_failure, a_queue_that_does_not_empty_stops_the_play,
             an_unknown_conflict_stops_before_anything_is_touched, a_conflict_that_the_new_version_finds_stops_the_play, nothing_is_touched_unless_all_are_well,
             a_node_older_than_the_option_about_conflicts_is_not_touched, runs_that_would_not_see_each_other_are_refused,
             a_balancer_that_vanishes_leaves_the_node_out, a_node_without_a_test_message_gets_no_load,
             the_last_node_that_serves_stays_in, what_nodes_tell_is_never_a_template, nodes_may_follow_later]
