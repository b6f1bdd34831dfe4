"""An appliance that somebody else holds answers without end: that costs the task, and not the machine."""
import json
import subprocess
import sys

from lab.stage import require

# In a process of its own, as Ansible starts one for each task on each host: the limit holds for it.
_TASK = """
import json, resource, sys
sys.path[:0] = json.loads(sys.argv[1])
from ansible_collections.updatecontrol.appliance.plugins.plugin_utils import appliance
GIB = 1 << 30

class Connection:
    transport = "local"

class Action:
    _connection = Connection()

    def __init__(self, answer):
        self._answer = answer

    def _low_level_execute_command(self, command, **options):
        return {"rc": 0, "stdout": self._answer(), "stderr": ""}

def without_end():
    read = []
    while len(read) < 64:
        read.append(bytes(GIB // 8))  # nobody writes to it, so that it takes none of the machine's
    raise SystemExit("8 GiB were read")

def said(answer):
    try:
        return appliance.Appliance(Action(answer), 60).ask("-s --json").document
    except appliance.NoWay as reason:
        return str(reason)

before = json.loads(sys.argv[2])
if before:
    resource.setrlimit(resource.RLIMIT_AS, (before, resource.RLIM_INFINITY))
answers = {"without end": without_end, "long": lambda: "x" * (appliance.MAX_ANSWER_BYTES + 1),
           "longest": lambda: '{"a": 1}\\n' + "x" * (appliance.MAX_ANSWER_BYTES - 9)}
found = {name: said(answer) for name, answer in answers.items()}
print(json.dumps({**found, "limits": resource.getrlimit(resource.RLIMIT_AS)}))
"""
_GIB = 1 << 30


def _task(soft_limit: int | None) -> dict:
    done = subprocess.run([sys.executable, "-c", _TASK, json.dumps(sys.path), json.dumps(soft_limit)], capture_output=True, text=True,
                          timeout=300)
    require(done.returncode == 0, f"status {done.returncode}: {done.stdout}{done.stderr}")
    return json.loads(done.stdout)


def an_answer_without_end_is_not_read_to_its_end(make) -> None:
    found = _task(None)
    require("update-control -s --json is too long for the memory" in found["without end"], f"{found}")
    require("is too long (4194305 bytes)" in found["long"], f"{found}")
    require(found["longest"] == {"a": 1}, f"{found}")
    require(found["limits"][0] == 2 * _GIB, f"{found}")


def a_lower_limit_of_memory_stays(make) -> None:
    found = _task(_GIB)
    require(found["limits"][0] == _GIB and "too long for the memory" in found["without end"], f"{found}")


SCENARIOS = [an_answer_without_end_is_not_read_to_its_end, a_lower_limit_of_memory_stays]
