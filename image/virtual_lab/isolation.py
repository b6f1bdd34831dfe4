"""Each run lives in network, mount and process namespaces of its own.

Nothing has to be cleaned up by name: when the first process of the namespace ends, however it ends, the
kernel ends all others in it and takes the tap and its addresses away. Two runs never meet."""
import os
import signal
import sys

_INSIDE = "UPDATE_CONTROL_E2E_ISOLATED"


def inside() -> bool:
    return os.environ.get(_INSIDE) == "yes"


def isolated_command(argv: list[str]) -> list[str]:
    """The command that runs argv in namespaces of its own; killing it kills everything in them."""
    return ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc",
            "env", f"{_INSIDE}=yes"] + argv


def enter() -> None:
    """Call first in a program: runs it again inside namespaces of its own unless it is there already."""
    if not inside():
        os.execvp("unshare", isolated_command([sys.executable] + sys.argv))
    # The first process of a process namespace gets no signal that it has no handler for.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGINT, signal.default_int_handler)
