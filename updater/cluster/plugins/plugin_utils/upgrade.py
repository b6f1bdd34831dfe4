"""Brings one appliance to a version, whatever it is doing when this is called: begins a job, or watches one that runs.
Every decision is made from what the appliance says, so it can be killed at any moment and called again."""
import os
import time

from .appliance import BUSY, NO_AGENT, REFUSED, Appliance, NoWay, Silent, numbers_of, words_about_conflicts

FIRST_STATE_SECONDS = 15  # an agent that has just started may not have read its journal yet
MAX_BEGINNINGS = 3  # of one job, when the connection is cut while it is asked for


class Upgrade:
    def __init__(self, appliance: Appliance, wanted: dict):
        self._appliance, self._wanted = appliance, wanted
        self._end = time.monotonic() + wanted["seconds"]
        self._seen, self._playbook = "nothing", os.getppid()
        self._about_conflicts = words_about_conflicts(wanted["stop_on_conflict"], wanted["known_conflicts"])
        self.jobs: list[str] = []

    def run(self) -> dict:
        """Returns the state in which the wanted version runs. Throws NoWay."""
        try:
            return self._to_version(self._look(self._wanted["answer_seconds"]))
        except Silent as reason:
            raise NoWay(f"the appliance does not answer ({reason}). Last seen: {self._seen}. A job goes on without us: "
                        "look at the appliance, then run the same again.") from reason

    def _to_version(self, state: dict) -> dict:
        version, steps = self._wanted["version"], 0
        while True:
            if state["state"] != "idle":
                state = self._watched(state, state.get("job"), state.get("last"))
            if numbers_of(state["running_version"]) >= numbers_of(version):
                return state
            if steps == self._wanted["max_steps"]:
                raise NoWay(f"after {steps} installations the appliance runs {state['running_version']}, not {version}: "
                            "look at what is on offer: update-control -l")
            state = self._installed(state)
            steps += 1

    def _installed(self, state: dict) -> dict:
        """One step."""
        last = state.get("last")
        for _ in range(MAX_BEGINNINGS):
            job = self._begin(last)
            state = self._look(self._wanted["answer_seconds"])
            if job or state["state"] != "idle" or _job_of(state.get("last")) != _job_of(last):
                return self._watched(state, job or state.get("job"), last)
        raise NoWay(f"no installation begins: the connection was cut {MAX_BEGINNINGS} times. Nothing was changed. "
                    "Next: run the same again.")

    def _begin(self, last_before) -> str | None:
        """The job's id, if the answer arrived. None too if another run's job has begun meanwhile, or is over already."""
        words = "-i fw" + (f" {self._wanted['source']}" if self._wanted["source"] else "")
        words += (" --force" if self._wanted["force"] else "") + self._about_conflicts + " --yes --no-wait --json"
        while True:
            self._seen = "an installation was asked for"
            try:
                answer = self._appliance.ask(words)
            except Silent:
                return None  # it may have begun: the state says so
            if answer.rc == 0:
                return answer.document.get("job")
            if answer.rc == NO_AGENT:
                return None
            if answer.rc == REFUSED and self._is_done():
                return None  # by another run, since this one looked
            if answer.rc != BUSY:
                raise NoWay(answer.describe())
            state = self._look(self._wanted["answer_seconds"])
            if state["state"] != "idle" or _job_of(state.get("last")) != _job_of(last_before):
                return None
            self._sleep("busy with a check or the rescue partition")

    def _is_done(self) -> bool:
        state = self._look(self._wanted["answer_seconds"])
        return state["state"] == "idle" and numbers_of(state["running_version"]) >= numbers_of(self._wanted["version"])

    def _watched(self, state: dict, job: str | None, last_before) -> dict:
        """Waits for the end of a job, over restarts. `job` is null if its id isn't known."""
        idle_until = None
        while True:
            if state["state"] == "idle":
                last = state.get("last")
                ended = _job_of(last) == job if job else _job_of(last) != _job_of(last_before)
                if ended and last:
                    return self._judged(state, last)
                idle_until = idle_until or time.monotonic() + FIRST_STATE_SECONDS
                if time.monotonic() > idle_until:
                    raise NoWay(f"the appliance no longer knows the job {job}. Next, on the appliance: update-control --history")
            else:
                idle_until, job = None, job or state.get("job")
                if state.get("operation") not in (None, "install"):
                    raise NoWay(f"a {state['operation']} runs, no installation (job {state.get('job')}). Next: wait for its end, "
                                "then run the same again.")
                self._seen = f"phase {state.get('phase')} {state.get('phase_name')}, {state.get('percent')} %"
            self._sleep(self._seen)
            try:
                state = self._appliance.state()
            except Silent:
                self._seen = f"{self._seen.removesuffix(', then no answer')}, then no answer"

    def _judged(self, state: dict, last: dict) -> dict:
        self.jobs.append(last["job"])
        if last["result"] == "succeeded":
            return state
        what = "is not finished, the new version stays" if last.get("unfinished") else f"ended: {last['result']}"
        raise NoWay(f"the job {last['job']} ({last.get('from')} to {last.get('to')}) {what}: {last.get('reason') or 'no reason given'}. "
                    f"Running: {state['running_version']}. Log: {last.get('log')}. {last.get('next') or ''}".strip())

    def _look(self, seconds: float) -> dict:
        return self._appliance.state(seconds, self._wanted["poll_seconds"])

    def _sleep(self, doing: str) -> None:
        if os.getppid() != self._playbook:
            raise NoWay("ansible-playbook was killed, and another run may be at work. The job goes on by itself.")
        if time.monotonic() > self._end:
            raise NoWay(f"no end within {self._wanted['seconds']} s; last seen: {doing}. The job goes on by itself. "
                        "Next: run the same again, or look with update-control -f")
        time.sleep(self._wanted["poll_seconds"])


def _job_of(last) -> str | None:
    return last.get("job") if isinstance(last, dict) else None
