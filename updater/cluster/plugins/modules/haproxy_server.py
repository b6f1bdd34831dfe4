#!/usr/bin/python3
"""Module: takes a server of HAProxy out of the load and puts it back, through the admin socket. Runs where that socket is.

    updatecontrol.appliance.haproxy_server:
      socket: /run/haproxy/admin.sock     # or HOST:PORT
      server: mail/node1                  # BACKEND/SERVER
      state: out                          # in, out, or nothing: only look
      seconds: 60                         # how long open sessions may last (out), or the server's checks (in)
      others: 1                           # out only if so many other servers of the backend are up
      may_be_out: []                      # and no other one is out by order, except these

`out` marks the server first and looks at the others then: so of two runs that take different servers out at once, at least
one sees the other's mark, takes its own back and fails. `out` is drain, until no session is open, then maint. `in` is ready, until the server is up. Returns status, sessions."""
import csv
import io
import os
import socket as sockets
import time

from ansible.module_utils.basic import AnsibleModule

MAX_ANSWER_BYTES = 4 * 1024 * 1024
SOCKET_SECONDS = 10
SERVES = ("UP", "no check")


def playbook() -> list:
    """The processes from this one up to ansible-playbook; another list once that was killed. Empty on another machine, where
    nothing is known of it."""
    found, process, inside = [], os.getpid(), 0
    while process > 1:
        try:
            with open(f"/proc/{process}/stat") as stat:
                name, _, fields = stat.read().partition("(")[2].rpartition(")")
        except OSError:
            break
        found.append(process)
        if name.startswith("ansible-playboo"):
            inside = len(found)
        elif inside:
            break
        process = int(fields.split()[1])
    return found[:inside]


class Orphaned(Exception):
    """ansible-playbook was killed."""


class Balancer:
    def __init__(self, place: str, server: str):
        self._place, self._server, self._playbook = place, server, playbook()
        self._backend, self._name = server.split("/", 1)
        self.marked = False  # by this call

    def _say(self, command: str) -> str:
        host, colon, port = self._place.rpartition(":")
        family = sockets.AF_INET if colon else sockets.AF_UNIX
        with sockets.socket(family, sockets.SOCK_STREAM) as connection:
            connection.settimeout(SOCKET_SECONDS)
            connection.connect((host, int(port)) if colon else self._place)
            connection.sendall(command.encode() + b"\n")
            answer = b""
            while part := connection.recv(65536):
                answer += part
                if len(answer) > MAX_ANSWER_BYTES:
                    raise ValueError(f"HAProxy's answer to {command!r} is too long")
        return answer.decode(errors="replace")

    def _rows(self) -> list:
        """Of all servers of the backend."""
        rows = csv.DictReader(io.StringIO(self._say("show stat").lstrip("# ")))
        return [row for row in rows if row.get("pxname") == self._backend and row.get("svname") not in ("FRONTEND", "BACKEND")]

    def others_up(self) -> int:
        return sum(row["svname"] != self._name and row["status"].startswith(SERVES) for row in self._rows())

    def others_out(self, may_be: list) -> dict:
        """The status of each that is out by order, as somebody who works on it leaves it."""
        return {row["svname"]: row["status"] for row in self._rows()
                if row["svname"] not in (self._name, *may_be) and row["status"].startswith(("DRAIN", "MAINT"))}

    def how_to_say(self, command: str) -> str:
        """For people: a line for a shell."""
        address = f"TCP:{self._place}" if ":" in self._place else self._place
        return f'echo "{command}" | socat - {address}'

    def how_to_put_back(self, names) -> str:
        return "; ".join(self.how_to_say(f"set server {self._backend}/{name} state ready") for name in names)

    def look(self) -> tuple:
        """Status and number of open sessions."""
        for row in self._rows():
            if row["svname"] == self._name:
                return row["status"], int(row["scur"] or 0)
        raise ValueError(f"HAProxy has no server {self._server}. Its servers: {self.how_to_say('show stat')}")

    def set(self, state: str) -> None:
        answer = self._say(f"set server {self._server} state {state}").strip()
        if answer:
            raise ValueError(f"HAProxy does not set {self._server} to {state}: {answer}. Its socket needs: level admin")

    def wait(self, seconds: float, reached) -> bool:
        end = time.monotonic() + seconds
        while not reached(*self.look()):
            self.must_have_its_playbook()
            if time.monotonic() > end:
                return False
            time.sleep(0.2)
        return True

    def must_have_its_playbook(self) -> None:
        if playbook() != self._playbook:
            raise Orphaned("ansible-playbook was killed, and another run may be at work")


def taken_out(balancer: Balancer, seconds: float, others: int, may_be_out: list) -> bool:
    """Whether this was a change. If it fails, the server is left as it was found, or, if its sessions can't end, in DRAIN."""
    before, _ = balancer.look()
    is_out = before.startswith("MAINT")
    if not is_out:
        if balancer.others_up() < others:
            how = balancer.how_to_put_back(balancer.others_out([])) or balancer.how_to_say("show stat")
            raise ValueError(f"only {balancer.others_up()} other servers are up, and {others} must be: put them back first: {how}")
        balancer.set("drain")
        balancer.marked = not before.startswith("DRAIN")
    if others_out := balancer.others_out(may_be_out):
        if before.startswith(SERVES):
            balancer.set("ready")
            balancer.marked = False
        found = ", ".join(f"{name} is {status}" for name, status in others_out.items())
        raise ValueError(f"another run works on another node, or has left it: {found}. A node that nobody works on must be put "
                         f"back ({balancer.how_to_put_back(others_out)}), or be named in update_control_others_out")
    if is_out:
        return False
    # A session that is still open is not cut off: maint lets it end, and the appliance finishes it before it drains.
    balancer.wait(seconds, lambda _, sessions: sessions == 0)
    balancer.must_have_its_playbook()
    # Whoever has put it back meanwhile wants it to serve.
    if (status := balancer.look()[0]).startswith(SERVES):
        raise ValueError(f"another run, or somebody, has put the server back: it is {status}")
    balancer.set("maint")
    return balancer.marked


def put_back(balancer: Balancer, seconds: float) -> bool:
    before, _ = balancer.look()
    balancer.set("ready")
    if not balancer.wait(seconds, lambda status, _: status in SERVES):
        status, _ = balancer.look()
        raise ValueError(f"within {seconds} s the server is not up but {status}: look at its checks in HAProxy")
    return not before.startswith(SERVES)


def main() -> None:
    module = AnsibleModule(argument_spec={"socket": {"required": True}, "server": {"required": True},
                                          "state": {"choices": ["in", "out"]}, "seconds": {"type": "float", "default": 60}, "others": {"type": "int", "default": 1},
                                          "may_be_out": {"type": "list", "elements": "str", "default": []}},
                           supports_check_mode=True)
    wanted = module.params
    if "/" not in wanted["server"]:
        module.fail_json(msg=f"server must be BACKEND/SERVER, not {wanted['server']!r}")
    balancer = Balancer(wanted["socket"], wanted["server"])
    try:
        changed = False
        if wanted["state"] and not module.check_mode:
            changed = (put_back(balancer, wanted["seconds"]) if wanted["state"] == "in" else
                       taken_out(balancer, wanted["seconds"], wanted["others"], wanted["may_be_out"]))
        status, sessions = balancer.look()
    except (OSError, ValueError, Orphaned) as reason:
        module.fail_json(changed=balancer.marked, msg=f"the balancer at {wanted['socket']}, server {wanted['server']}: {reason}. "
                         "Next: mend that, then run the same again.")
    module.exit_json(changed=changed, status=status, sessions=sessions)


if __name__ == "__main__":
    main()
