"""Each run has its own network, mount and process namespaces.

No cleanup is needed: when the first process of the process namespace ends, the kernel kills all others in it and removes
the tap with its addresses. Two runs cannot interfere with each other."""
import os
import signal
import sys

_INSIDE = "UPDATE_CONTROL_E2E_ISOLATED"


def inside() -> bool:
    return os.environ.get(_INSIDE) == "yes"


def isolated_command(argv: list[str]) -> list[str]:
    """The command that runs argv in new namespaces; killing it kills everything in them."""
    return ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc",
            "env", f"{_INSIDE}=yes"] + argv


def enter() -> None:
    """Call this first in a program: re-executes it in new namespaces, unless it runs in its own already."""
    if not inside():
        os.execvp("unshare", isolated_command([sys.executable] + sys.argv))
    # The first process of a process namespace receives only signals that it has a handler for.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGINT, signal.default_int_handler)
