"""What holds when two administrators start a run at the same time: two real processes of ansible-playbook, from one machine or
from two. Never are two nodes in work at once, and in the end a run finishes."""
import contextlib
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from lab.playbook import RUN_SECONDS
from lab.processes import wait_for
from lab.stage import Stage, require, require_ended

THREE = ["n1", "n2", "n3"]
NEW = ["2.8.1.0"] * 3
OLD = ["2.8.0.0"] * 3


class Watch:
    """Looks at the nodes all the time."""

    def __init__(self, stage: Stage, counts):
        self._stage, self._counts, self._over = stage, counts, threading.Event()
        self.highest_at_once, self._thread = 0, threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.is_set():
            states = [node.state() for node in self._stage.nodes.values()]
            self.highest_at_once = max(self.highest_at_once, sum(map(self._counts, states)))
            time.sleep(0.02)


def in_work(state: dict) -> bool:
    return not state or bool(state["drained"]) or state["state"] != "idle"


def in_a_job(state: dict) -> bool:
    return not state or state["state"] != "idle"


def together(stage: Stage, step: str, *arguments: list[str]) -> list:
    """Runs with these arguments, as from several machines; all begin this step at the same moment."""
    stage.write_inventory()
    go = stage.folder / "go"
    places = [stage.playbooks.elsewhere(f"machine-{number}") for number in range(len(arguments))]
    with ThreadPoolExecutor(len(arguments)) as pool:
        runs = [pool.submit(place.run, "cluster", *words, "-e", f"update_control_lock_folder={place.folder}", wait_at=step, until=go,
                            seconds=2 * RUN_SECONDS)
                for place, words in zip(places, arguments)]
        try:
            wait_for("all runs are there", lambda: all(place.waits() or run.done() for place, run in zip(places, runs)),
                     RUN_SECONDS)
        finally:
            go.touch()
        return [run.result() for run in runs]


def two_from_one_machine_exclude_each_other(make) -> None:
    stage = make(THREE)
    stage.write_inventory()
    second = stage.playbooks.elsewhere("second")
    go = stage.folder / "go"
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(stage.playbooks.run, "cluster", wait_at="Ask all nodes for their states", until=go,
                            seconds=2 * RUN_SECONDS)
        wait_for("the first run is under way", stage.playbooks.waits, RUN_SECONDS)
        asked = stage.nodes["n3"].commands()
        run = second.run("cluster", "--limit", "n3")
        asked_since = stage.nodes["n3"].commands()[len(asked):]
        go.touch()
        require_ended(run, False)
        said = " ".join(run.log.split())
        require("another run works on these nodes: ansible-playbook, process " in said, f"not said:\n{run.log[-3000:]}")
        require(not asked_since, f"n3 was asked: {asked_since}")
        require_ended(first.result(), True)
    require(stage.versions() == NEW, f"versions: {stage.versions()}")
    stage.require_mail_never_stopped()


def two_that_take_different_nodes_out_at_once_never_have_both(make) -> None:
    """The balancer has their marks."""
    stage = make(THREE)
    step = "Take the node out of the balancer"
    with Watch(stage, in_work) as watch:
        runs = together(stage, step, ["--limit", "n1"], ["--limit", "n3"])
    require(watch.highest_at_once <= 1, f"{watch.highest_at_once} nodes were in work at once")
    stopped = [run for run in runs if run.rc != 0]
    for run in stopped:
        require("another run works on another node, or has left it" in " ".join(run.log.split()), run.log[-3000:])
        require("it serves again" in " ".join(run.log.split()), run.log[-3000:])
    require(set(stage.balancer.statuses().values()) == {"UP"}, f"not all serve: {stage.balancer.statuses()}")
    require_ended(stage.play(), True)
    require(stage.versions() == NEW, f"versions: {stage.versions()}")
    stage.require_mail_never_stopped()


def two_without_our_balancer_never_have_two_in_a_job(make) -> None:
    """The nodes have their marks."""
    stage = make(THREE)
    stage.settings["update_control_balancer_tasks"] = ""
    with Watch(stage, in_a_job) as watch:
        runs = together(stage, "Drain the node until its queue is empty", ["--limit", "n1"], ["--limit", "n3"])
    require(watch.highest_at_once <= 1, f"{watch.highest_at_once} nodes were in a job at once")
    for run in [run for run in runs if run.rc != 0]:
        require("another run works on the cluster, or has left a node" in " ".join(run.log.split()), run.log[-3000:])
    require(not any(node.state()["drained"] for node in stage.nodes.values()), "a node is still drained")
    require_ended(stage.play(), True)
    require(stage.versions() == NEW, f"versions: {stage.versions()}")


def two_that_mean_the_same_node_do_it_once(make) -> None:
    """As a run that goes on where another one was killed: nobody can tell them apart."""
    stage = make(THREE)
    with Watch(stage, in_work) as watch:
        runs = together(stage, "Take the node out of the balancer", [], [])
    require(watch.highest_at_once <= 1, f"{watch.highest_at_once} nodes were in work at once")
    require(any(run.rc == 0 for run in runs) or stage.play().rc == 0, f"no run finished:\n{runs[0].log[-3000:]}")
    require(stage.versions() == NEW, f"versions: {stage.versions()}")
    for node in stage.nodes.values():
        jobs = node.state()["last"]["job"]
        require(jobs == "job-1", f"{node.name} was installed more than once: {jobs}")
    require(set(stage.balancer.statuses().values()) == {"UP"}, f"not all serve: {stage.balancer.statuses()}")
    stage.require_mail_never_stopped()


def a_node_in_other_hands_stops_a_run_before_anything_is_touched(make) -> None:
    stage = make(THREE)
    stage.nodes["n3"].tell(drained={"since": "2026-12-01T09:00:00+00:00", "by": "root", "keep_over_restart": False})
    for words in ([], ["--limit", "n1"]):
        run = stage.play("cluster", *words)
        require_ended(run, False)
        require("n3 is drained since 2026-12-01T09:00:00+00:00 by root" in " ".join(run.log.split()), f"not said:\n{run.log[-3000:]}")
    touched = [c for node in stage.nodes.values() for c in node.commands() if c.split()[0] not in ("-s", "--check", "-n")]
    require(not touched, f"touched: {touched}")
    # The run that had drained it goes on.
    require_ended(stage.play("cluster", "--limit", "n3"), True)
    stage.balancer.say("set server mail/n2 state maint")
    run = stage.play("cluster", "--limit", "n1")
    require_ended(run, False)
    require("n2 is MAINT" in " ".join(run.log.split()), f"not said:\n{run.log[-3000:]}")
    require(stage.balancer.statuses() == {"n1": "UP", "n2": "MAINT", "n3": "UP"}, f"{stage.balancer.statuses()}")
    stage.settings["update_control_others_out"] = ["n2"]
    require_ended(stage.play("cluster", "--limit", "n1"), True)
    require(stage.versions() == ["2.8.1.0", "2.8.0.0", "2.8.1.0"], f"versions: {stage.versions()}")
    stage.require_mail_never_stopped()


def a_run_whose_main_process_alone_is_killed_ends(make) -> None:
    """Its workers live on, without the lock: while one of them waits for an open session to end, another run goes on."""
    stage = make(THREE)
    stage.settings["update_control_session_seconds"] = 60
    with contextlib.ExitStack() as sessions:
        for _ in range(2 * len(THREE)):  # so that each node has one
            session = sessions.enter_context(socket.create_connection(("127.0.0.1", stage.balancer.port)))
            require(session.recv(4).startswith(b"220"), "no session")
        run = stage.play("cluster", "--limit", "n1", kill_when=lambda: stage.balancer.statuses()["n1"] == "DRAIN", kill_all=False)
        require(run.rc == -9, f"ended with {run.rc}")
        time.sleep(3)
    time.sleep(3)
    require(stage.balancer.statuses()["n1"] == "DRAIN", f"it went on: {stage.balancer.statuses()}")
    require_ended(stage.play(), True)
    require(stage.versions() == NEW, f"versions: {stage.versions()}")
    require(set(stage.balancer.statuses().values()) == {"UP"}, f"not all serve: {stage.balancer.statuses()}")


def one_that_fails_leaves_the_marks_of_another(make) -> None:
    """Made since it began with the node; and one whose own mark is gone stops before the installation."""
    stage = make(["n1", "n2"])
    node, drained = stage.nodes["n1"], {"since": "2026-12-01T09:00:00+00:00", "by": "root", "keep_over_restart": False}
    stage.settings["update_control_drain_seconds"] = 1
    for step, order, mark, said in (
            ("Ask whether another run has drained the node meanwhile", {"queue": 2}, drained, "Now: another run has drained it, and has it"),
            ("Nobody else works on another node", {"queue": 0}, None, "another run, or somebody, has put it back")):
        stage.write_inventory()
        place = stage.playbooks.elsewhere(step.split()[0])
        go = place.folder / "go"
        node.order(queue=0)
        node.tell(drained=None)
        with ThreadPoolExecutor(1) as pool:
            run = pool.submit(place.run, "cluster", "--limit", "n1", wait_at=step, until=go, seconds=2 * RUN_SECONDS)
            try:
                wait_for("it is there", lambda: place.waits() or run.done(), RUN_SECONDS)
                node.order(**order)
                node.tell(drained=mark)
            finally:
                go.touch()
            require_ended(run.result(), False)
        require(said in " ".join(run.result().log.split()), f"not said: {said}\n{run.result().log[-3000:]}")
        require(bool(node.state()["drained"]) == bool(mark), f"{node.state()['drained']}")
        require(not [c for c in node.commands() if c.startswith("-i")], "it was installed")


SCENARIOS = [two_from_one_machine_exclude_each_other, two_that_take_different_nodes_out_at_once_never_have_both,
             two_without_our_balancer_never_have_two_in_a_job, two_that_mean_the_same_node_do_it_once,
             a_node_in_other_hands_stops_a_run_before_anything_is_touched, a_run_whose_main_process_alone_is_killed_ends,
             one_that_fails_leaves_the_marks_of_another]
