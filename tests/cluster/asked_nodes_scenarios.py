"""What holds of a cluster whose balancer asks the nodes (agent-check): a node's drain alone keeps it out of the load."""
from lab.stage import require, require_ended


def cluster(make):
    stage = make(["n1", "n2"])
    stage.settings["update_control_balancer_tasks"] = ""
    return stage


def words_of(node) -> list[str]:
    """Those that have to do with the load."""
    return [words.removesuffix(" --json") for words in node.commands()
            if words.startswith(("--drain", "-i", "--test-message", "--resume"))]


def a_node_gets_load_only_after_it_is_proved(make) -> None:
    stage = cluster(make)
    require_ended(stage.play(), True)
    require(stage.versions() == ["2.8.1.0"] * 2, f"versions: {stage.versions()}")
    for node in stage.nodes.values():
        found = words_of(node)
        require(found[0] == "--drain --keep-over-restart --wait 30" and found[-2:] == ["--test-message", "--resume"], f"{found}")
        require(node.state()["drained"] is None, f"{node.name} is still drained")


def a_node_without_a_test_message_stays_drained(make) -> None:
    """It runs the new version, but no message passes through it."""
    stage = cluster(make)
    stage.nodes["n1"].order(test_message_lost=True)
    run = stage.play()
    require_ended(run, False)
    require("the test message was not stored within 60 s" in run.log, f"the reason is not told:\n{run.log[-3000:]}")
    require(stage.versions() == ["2.8.1.0", "2.8.0.0"], f"versions: {stage.versions()}")
    require(stage.nodes["n1"].state()["drained"], "it gets load")
    require("--resume" not in words_of(stage.nodes["n1"]), f"it got load: {words_of(stage.nodes['n1'])}")
    stage.nodes["n1"].order(test_message_lost=False)
    require_ended(stage.play(), True)
    require(stage.versions() == ["2.8.1.0"] * 2, f"versions: {stage.versions()}")
    require(not any(node.state()["drained"] for node in stage.nodes.values()), "a node is still drained")


def a_node_that_rolls_back_serves_again_after_a_test_message(make) -> None:
    stage = cluster(make)
    stage.nodes["n1"].order(outcome="rolled-back")
    run = stage.play()
    require_ended(run, False)
    require("it serves again with version 2.8.0.0" in " ".join(run.log.split()), f"not said:\n{run.log[-3000:]}")
    found = words_of(stage.nodes["n1"])
    require(found[-2:] == ["--test-message", "--resume"] and stage.nodes["n1"].state()["drained"] is None, f"{found}")


def a_run_that_is_killed_before_the_proof_leaves_the_node_out_and_continues(make) -> None:
    stage = cluster(make)
    for step in ("Install and wait for the version", "Send a test message through the node", "Accept mail again, which tells the balancer"):
        require(stage.play(kill_at=step).rc == -9, f"the run was not killed at {step!r}")
        require(stage.nodes["n1"].state()["drained"], f"it gets load after {step!r}")
    require_ended(stage.play(), True)
    require(stage.versions() == ["2.8.1.0"] * 2, f"versions: {stage.versions()}")
    require(not any(node.state()["drained"] for node in stage.nodes.values()), "a node is still drained")


SCENARIOS = [a_node_gets_load_only_after_it_is_proved, a_node_without_a_test_message_stays_drained,
             a_node_that_rolls_back_serves_again_after_a_test_message,
             a_run_that_is_killed_before_the_proof_leaves_the_node_out_and_continues]
