"""What a site may set, and what it is told about a setting that can't be meant."""
from lab.stage import require, require_ended


def a_task_file_of_the_site_needs_its_whole_path(make) -> None:
    """Another one would be looked for inside the installed collection."""
    cluster = make(["n1"])
    cluster.settings["update_control_balancer_tasks"] = "balancer.yml"
    _refused(cluster, "cluster", "update_control_balancer_tasks: balancer.yml would be looked for inside the installed collection")
    fleet = make({"berlin": ["a1"]})
    fleet.settings.update(fleet_groups=["berlin"], fleet_announce_tasks="tasks/announce.yml")
    _refused(fleet, "fleet", "fleet_announce_tasks: tasks/announce.yml would be looked for inside the installed collection")


def _refused(stage, playbook: str, why: str) -> None:
    run = stage.play(playbook)
    require_ended(run, False)
    require(why in " ".join(run.log.split()), f"not said: {why}\n{run.log[-3000:]}")
    require(not any(node.commands() for node in stage.nodes.values()), "a node was asked")


def servers_that_may_be_out_may_be_given_as_text(make) -> None:
    stage = make(["n1", "n2", "n3", "n4"])
    for name in ("n3", "n4"):
        stage.balancer.say(f"set server mail/{name} state maint")
        stage.nodes[name].stop()
    require_ended(stage.play("cluster", "--limit", "n1", "-e", "update_control_others_out=n3,n4"), True)
    require(stage.versions() == ["2.8.1.0", "2.8.0.0", "down", "down"], f"versions: {stage.versions()}")


SCENARIOS = [a_task_file_of_the_site_needs_its_whole_path, servers_that_may_be_out_may_be_given_as_text]
