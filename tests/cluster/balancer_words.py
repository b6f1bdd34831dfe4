"""What is said about HAProxy's servers: the module alone, with a balancer that only answers."""
from lab.stage import require

COLUMNS = "# pxname,svname,status,scur\n"


def balancer(place: str, **statuses: str):
    from ansible_collections.updatecontrol.appliance.plugins.modules.haproxy_server import Balancer

    class Answering(Balancer):
        def _say(self, command: str) -> str:
            rows = "".join(f"mail,{name},{status},0\n" for name, status in statuses.items())
            return COLUMNS + rows if command == "show stat" else ""

    return Answering(place, "mail/n1")


def refusal(of, what) -> str:
    try:
        what(of)
    except ValueError as reason:
        return str(reason)
    raise AssertionError("it was not refused")


def a_server_that_is_out_is_told_with_the_command_that_puts_it_back(make) -> None:
    from ansible_collections.updatecontrol.appliance.plugins.modules.haproxy_server import taken_out
    for place, address in (("/run/haproxy/admin.sock", "/run/haproxy/admin.sock"), ("192.0.2.1:9999", "TCP:192.0.2.1:9999")):
        commands = [f'echo "set server mail/{name} state ready" | socat - {address}' for name in ("n2", "n3")]
        out = balancer(place, n1="UP", n2="MAINT", n3="DRAIN", n4="UP")
        found = refusal(out, lambda it: taken_out(it, 1, 1, []))
        require("n2 is MAINT, n3 is DRAIN" in found and f"({'; '.join(commands)})" in found, found)
        found = refusal(out, lambda it: taken_out(it, 1, 1, ["n3"]))
        require(commands[0] in found and commands[1] not in found, found)
        found = refusal(out, lambda it: taken_out(it, 1, 2, ["n2", "n3"]))
        require("only 1 other servers are up" in found and "; ".join(commands) in found, found)
        show = f'echo "show stat" | socat - {address}'
        require(show in refusal(balancer(place, n1="UP", n2="DOWN"), lambda it: taken_out(it, 1, 1, [])), "nothing is out by order")
        require(show in refusal(balancer(place, n2="UP"), lambda it: it.look()), "no such server")


SCENARIOS = [a_server_that_is_out_is_told_with_the_command_that_puts_it_back]
