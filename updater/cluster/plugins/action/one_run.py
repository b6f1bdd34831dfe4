"""Action: two runs at once from this machine on the same nodes: the second one fails. Holds a lock until ansible-playbook
ends, however it ends. Runs from other machines are seen at the balancer and at the nodes.

    updatecontrol.appliance.one_run:
      nodes: [node1, node2]     # names in the inventory
      folder: /run/lock         # of the lock's file
      seconds: 5                # how long to wait for the end of a run that was just killed"""
import errno
import fcntl
import getpass
import hashlib
import os
import subprocess
import sys
import tempfile
import time

from ansible.plugins.action import ActionBase

# Ends with the process that it is told; the lock that it has inherited ends with it.
WAIT_FOR_END = """
import os, select, sys, time
process = int(sys.argv[1])
try:
    if hasattr(os, "pidfd_open"):
        end = select.poll()
        end.register(os.pidfd_open(process), select.POLLIN)
        end.poll()
    while True:
        os.kill(process, 0)
        time.sleep(1)
except OSError:
    pass
"""


class ActionModule(ActionBase):
    TRANSFERS_FILES = False
    _VALID_ARGS = frozenset(("nodes", "folder", "seconds"))

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        if self._play_context.check_mode:
            result.update(skipped=True, msg="not done in check mode")
            return result
        arguments = self._task.args
        folder = arguments.get("folder") or ""
        name = _name_for(arguments["nodes"], task_vars["hostvars"])
        try:
            lock = _open(os.path.join(folder if os.path.isdir(folder) else tempfile.gettempdir(), name))
            if not _locked(lock, float(arguments.get("seconds", 5))):
                result.update(failed=True, msg=f"another run works on these nodes: {_holder(lock)}. Nothing was touched. Next: "
                              "wait for its end, or end it; then run the same again.")
                return result
            _hold_until_end_of(os.getppid(), lock)
        except OSError as reason:
            result.update(failed=True, msg=f"the lock of this run cannot be taken: {reason}. Nothing was touched. "
                          "Next: name a folder for it in update_control_lock_folder.")
        return result


def _name_for(nodes: list, hostvars) -> str:
    """The same for everybody who means these nodes, whatever the inventory calls them."""
    places = sorted(f"{hostvars[node].get('ansible_host', node)}:{hostvars[node].get('ansible_port', 22)}" for node in nodes)
    return f"update-control-{hashlib.sha256(' '.join(places).encode()).hexdigest()[:16]}.lock"


def _open(file: str) -> int:
    """Another user may have made it: then it must not be opened as one that is to be created."""
    while True:
        try:
            return os.open(file, os.O_RDWR | os.O_NOFOLLOW)
        except FileNotFoundError:
            pass
        try:
            made = os.open(file, os.O_RDWR | os.O_NOFOLLOW | os.O_CREAT | os.O_EXCL, 0o666)
            os.fchmod(made, 0o666)
            return made
        except FileExistsError:
            pass


def _locked(lock: int, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except OSError as reason:
            if reason.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                raise
        if time.monotonic() > end:
            return False
        time.sleep(0.1)


def _holder(lock: int) -> str:
    said = os.pread(lock, 200, 0).decode(errors="replace")
    return "".join(each for each in said if each.isprintable()) or "it does not say who it is"


def _hold_until_end_of(process: int, lock: int) -> None:
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"ansible-playbook, process {process} of {_user()}, since {time.strftime('%Y-%m-%d %H:%M:%S')}".encode(), 0)
    subprocess.Popen([sys.executable, "-c", WAIT_FOR_END, str(process)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                     stderr=subprocess.DEVNULL, pass_fds=[lock], start_new_session=True, cwd="/")


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user without a name
        return str(os.getuid())
