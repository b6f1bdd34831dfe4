"""A stand-in for an appliance: an agent that keeps its state in a folder and carries out jobs, an SMTP server that follows
mail's state, and a real sshd. A restart ends sshd with all connections, and everything refuses for some seconds.

Usage: machine.py FOLDER MAIL-PORT"""
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from machine_mail import Mail
from processes import descendants, kill_tree

FOLDER, MAIL_PORT = Path(sys.argv[1]), int(sys.argv[2])
PHASES = ("download the update", "install the new OS", "shut down services", "prepare the message store migration",
          "back up the configuration", "restart the appliance", "migrate the message store",
          "install the new configuration", "clean up", "restart all services")
PHASE_SECONDS = 0.05


def read(name: str):
    return json.loads((FOLDER / name).read_text())


def write(name: str, content) -> None:
    part = FOLDER / f"{name}.machine"
    part.write_text(json.dumps(content))
    part.replace(FOLDER / name)


def _unknown_conflict(words: list, path: str | None) -> str:
    """What ends the job, if the new version finds a conflict at `path`."""
    known = [words[number + 1] for number, word in enumerate(words) if word == "--known-conflict"]
    return f"1 change of this appliance in conflict: {path}" if path and "--stop-on-conflict" in words and path not in known else ""


def now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())


class Machine:
    def __init__(self):
        self._mail, self._sshd, self._agent, self._job = Mail(MAIL_PORT, FOLDER / "stored"), None, None, None
        self._lock = threading.RLock()

    def run(self) -> None:
        self._up()
        threading.Event().wait()

    def _up(self) -> None:
        self._sshd = subprocess.Popen(["/usr/sbin/sshd", "-D", "-e", "-f", FOLDER / "sshd_config"], start_new_session=True)
        (FOLDER / "agent").unlink(missing_ok=True)
        self._agent = socket.socket(socket.AF_UNIX)
        self._agent.bind(str(FOLDER / "agent"))
        self._agent.listen(16)
        threading.Thread(target=self._answer_all, args=[self._agent], daemon=True).start()
        self._adjust_mail()

    def _down(self) -> None:
        self._agent.shutdown(socket.SHUT_RDWR)
        self._agent.close()
        self._mail.serve(False, cut=True)
        kill_tree(self._sshd.pid)
        self._sshd.wait()

    def _in_work(self) -> bool:
        """Whether a job keeps mail back."""
        return bool(self._job and 3 <= self._job["phase"] < 10)

    def _adjust_mail(self) -> None:
        stopped = self._in_work()
        self._mail.serve(not stopped and not read("state")["drained"], cut=stopped)

    def _answer_all(self, agent) -> None:
        while True:
            try:
                connection, _ = agent.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=[connection], daemon=True).start()

    def _answer(self, connection) -> None:
        with connection, connection.makefile("rw") as lines:
            request = json.loads(lines.readline())
            if request["ssh"]:
                with open(FOLDER / "commands", "a") as commands:
                    commands.write(" ".join(request["words"]) + "\n")
                if read("orders").get("hang"):
                    time.sleep(30)
            rc, document, errors = self._carry_out(request["words"], request)
            out = json.dumps(document) + "\n" if document is not None else ""
            try:
                lines.write(json.dumps({"rc": rc, "out": out, "errors": errors}) + "\n")
                lines.flush()
            except OSError:
                pass

    def _carry_out(self, words: list, request: dict) -> tuple:
        verbs = {"-s": self._status, "--history": self._history, "--check": self._check, "-n": self._check,
                 "-i": self._install, "--drain": self._drain, "--resume": self._resume, "--role": self._role,
                 "--test-message": self._test_message, "--install-rate": self._rate}
        try:
            return verbs[words[0]](words, request)
        except KeyError:
            return 2, None, f"update-control: no such option {words[:1]}\n"

    def _state(self) -> dict:
        with self._lock:
            state, job = read("state"), self._job
            last = state["history"][-1] if state["history"] else None
            stopped = bool(state["drained"]) or self._in_work() or bool(read("orders").get("mail_stopped"))
            return {"format": 1, "running_version": state["version"], "slot": "a", "state": job["state"] if job else "idle",
                    "mail": "stopped" if stopped else "flows", "operation": job and job["operation"], "job": job and job["id"],
                    "mail_problem": {"text": "postfix.service failed", "advice": "systemctl status postfix"}
                    if read("orders").get("mail_stopped") else None,
                    "phase": job and job["phase"], "phase_name": job and PHASES[job["phase"] - 1], "percent": 50,
                    "last": last, "problem": None, "drained": state["drained"], "role": state["role"]}

    def _status(self, words, request) -> tuple:
        state = self._state()
        return (11 if state["mail"] == "stopped" and state["state"] == "idle" else 0), state, ""

    def _history(self, words, request) -> tuple:
        return 0, {"format": 1, "jobs": read("state")["history"]}, ""

    def _check(self, words, request) -> tuple:
        orders = read("orders")
        if orders.get("old") and "--stop-on-conflict" in words:
            return 2, None, "update-control: unrecognized option '--stop-on-conflict'\n"
        results = [{"check": "version", "verdict": "pass", "text": "2.8.1.0", "advice": ""}]
        if orders.get("conflict"):
            results.append({"check": "conflicts in /etc", "verdict": "warn", "text": orders["conflict"], "advice": "undo it"})
        if orders.get("refused"):
            results.append({"check": "space /data", "verdict": "fail", "text": orders["refused"], "advice": "free some"})
        document = {"format": 1, "checking": False, "results": results, "forecast": None}
        if words[0] == "-n":
            document["forecast"] = {"fetch_bytes": orders.get("fetch_bytes", 1 << 20)}
        return (3 if orders.get("refused") else 9 if orders.get("conflict") else 0), document, ""

    def _drain(self, words, request) -> tuple:
        with self._lock:
            state = read("state")
            if self._job or self._busy_once():
                return 4, None, "update-control: a job runs\n"
            if not state["drained"]:
                write("state", {**state, "drained": {"since": now(), "by": "root",
                                                     "keep_over_restart": "--keep-over-restart" in words,
                                                     "queue_length": read("orders").get("queue", 0)}})
            self._adjust_mail()
        end = time.monotonic() + float(words[words.index("--wait") + 1])
        while read("orders").get("queue", 0) or not self._mail.idle():
            if time.monotonic() > end:
                return 12, self._queue(), "update-control: the queue is not empty\n"
            time.sleep(0.05)
        return 0, self._queue(), ""

    @staticmethod
    def _busy_once() -> bool:
        orders = read("orders")
        write("orders", {**orders, "busy_once": False})
        return orders.get("busy_once", False)

    @staticmethod
    def _queue() -> dict:
        messages = [{"id": f"Q{number}", "age_seconds": 60, "recipients": 1, "reason": "connection refused"}
                    for number in range(read("orders").get("queue", 0))]
        return {"format": 1, "drained": read("state")["drained"], "queue_length": len(messages), "messages": messages}

    def _resume(self, words, request) -> tuple:
        with self._lock:
            write("state", {**read("state"), "drained": None})
            self._adjust_mail()
        return 0, self._state(), ""

    def _role(self, words, request) -> tuple:
        with self._lock:
            state = read("state")
            if state["role"] is None:
                return 1, None, "update-control: this product has no roles\n"
            if words[1] in read("orders").get("role_fails", []):
                return 1, self._work(f"role {words[1]}", "failed", read("orders").get("reason", "the database does not follow")), ""
            if words[1] != "show":
                write("state", {**state, "role": "primary" if words[1] == "take" else "secondary"})
        return 0, self._work(f"role {words[1]}", "done", f"The role of this node is {read('state')['role']}."), ""

    def _test_message(self, words, request) -> tuple:
        # It is handed in on the node itself: a drain doesn't stop it.
        if self._in_work() or read("orders").get("mail_stopped") or read("orders").get("test_message_lost"):
            return 1, self._work("test-message", "failed", "the test message was not stored within 60 s"), ""
        return 0, self._work("test-message", "done", "A test message passed through the node."), ""

    @staticmethod
    def _work(action: str, result: str, text: str) -> dict:
        return {"format": 1, "role": read("state")["role"], "working": None,
                "last": {"number": 1, "action": action, "result": result, "text": text, "seconds": 0.1}}

    def _rate(self, words, request) -> tuple:
        return 0, self._state(), ""

    def _install(self, words, request) -> tuple:
        with self._lock:
            state, orders = read("state"), read("orders")
            if self._job:
                return 4, None, "update-control: another job runs\n"
            if orders.get("refused"):
                return 3, None, f"update-control: {orders['refused']}\n"
            named = re.search(r"(\d+(?:\.\d+){3})", " ".join(words))
            target = named[1] if named else orders.get("steps", {}).get(state["version"], "2.8.1.0")
            if target == state["version"] and "--force" not in words:
                return 3, None, f"update-control: version {target} runs already\n"
            identity = f"job-{len(state['history']) + 1}"
            self._job = {"id": identity, "phase": 1, "state": "running", "operation": "install", "to": target,
                         "stops_at": _unknown_conflict(words, orders.get("found_in_phase_2"))}
            threading.Thread(target=self._run_job, args=[state["version"], target], daemon=True).start()
            if orders.get("cut"):
                # The connection ends before the answer.
                write("orders", {**orders, "cut": False})
                for process in descendants(self._sshd.pid):
                    os.kill(process, signal.SIGKILL)
            return 0, self._state(), ""

    def _run_job(self, before: str, target: str) -> None:
        began, outcome = now(), read("orders").get("outcome", "succeeded")
        for phase in range(1, 7):
            self._set(phase)
            time.sleep(PHASE_SECONDS * (4 if phase == 2 else 1))
            if phase == 2 and (outcome == "failed" or self._job["stops_at"]):
                return self._end(before, target, began, "failed")
        for system in (target, before) if outcome == "rolled-back" else (target,):
            self._set(6, "restarting" if system == target else "rolling-back")
            time.sleep(PHASE_SECONDS)
            self._down()
            time.sleep(read("orders").get("restart_seconds", 0.7))
            with self._lock:
                # A drain that wasn't ordered to survive ends with the restart.
                state = read("state")
                kept = state["drained"] if (state["drained"] or {}).get("keep_over_restart") else None
                write("state", {**state, "version": system, "drained": kept})
                self._job["state"] = "running" if system == target else "rolling-back"
            self._up()
            for phase in range(7, 10) if system == target else ():
                self._set(phase)
                time.sleep(PHASE_SECONDS)
        self._end(before, target, began, outcome)

    def _set(self, phase: int, state: str = "running") -> None:
        with self._lock:
            self._job.update(phase=phase, state=state)
            self._adjust_mail()

    def _end(self, before: str, target: str, began: str, outcome: str) -> None:
        with self._lock:
            state = read("state")
            last = {"job": self._job["id"], "operation": "install", "from": before, "to": target, "result": outcome,
                    "started": began, "ended": now(), "log": f"/var/spool/updates/XPU/{self._job['id']}.log",
                    "fetch_bytes": read("orders").get("fetch_bytes", 1 << 20),
                    "reason": "" if outcome == "succeeded" else self._job["stops_at"] or
                    read("orders").get("reason", "the health gate: mailfilter.service failed"), "next": ""}
            write("state", {**state, "history": [*state["history"], last]})
            self._job = None
            self._adjust_mail()


Machine().run()
