"""Runs the real ansible-playbook with the collection, and can kill it at the beginning of any step."""
import os
import subprocess
from pathlib import Path

from .processes import kill_tree, wait_for

HERE = Path(__file__).resolve().parent
COLLECTION = HERE.parents[2] / "updater" / "cluster"
RUN_SECONDS = 300


def install_collection(folder: Path) -> Path:
    """As an administrator does."""
    folder.mkdir(parents=True)
    (folder / "ansible.cfg").touch()
    subprocess.run(["ansible-galaxy", "collection", "install", "--force", "-p", folder, COLLECTION], check=True,
                   stdout=subprocess.DEVNULL, env={**os.environ, "ANSIBLE_CONFIG": str(folder / "ansible.cfg"), "HOME": str(folder)})
    return folder


class Playbooks:
    def __init__(self, folder: Path, collections: Path):
        self.folder, self._collections = folder, collections
        self.inventory = folder / "inventory.yml"
        self._number = 0

    def elsewhere(self, name: str) -> "Playbooks":
        """For another administrator, with the same inventory."""
        (self.folder / name).mkdir()
        other = Playbooks(self.folder / name, self._collections)
        other.inventory = self.inventory
        return other

    def waits(self) -> bool:
        """Whether the last run has come to where it waits."""
        return (self.folder / f"steps-{self._number}").with_suffix(".stopped").exists()

    def run(self, playbook: str, *arguments: str, kill_at: str = "", kill_when=None, wait_at: str = "", until: Path | None = None,
            kill_all: bool = True, seconds: float = RUN_SECONDS) -> "Run":
        """`kill_at`: where the first step of this name begins; `kill_when`: as soon as it holds, without `kill_all` the main
        process alone; `wait_at`: there it waits until the file `until` exists."""
        self._number += 1
        log = self.folder / f"ansible-{self._number}.log"
        steps = self.folder / f"steps-{self._number}"
        environment = {**os.environ, "ANSIBLE_CONFIG": str(self._collections / "ansible.cfg"),
                       "ANSIBLE_COLLECTIONS_PATH": str(self._collections), "ANSIBLE_NOCOLOR": "1", "ANSIBLE_PIPELINING": "1", "ANSIBLE_LOCALHOST_WARNING": "0",
                       "ANSIBLE_LOCAL_TEMP": str(self.folder / "tmp"), "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callback"),
                       "ANSIBLE_CALLBACKS_ENABLED": "stop_at", "HOME": str(self.folder), "LC_ALL": "C.UTF-8",
                       "CLUSTER_LAB_STEPS": str(steps), "CLUSTER_LAB_STOP_AT": kill_at or wait_at,
                       "CLUSTER_LAB_GOES_ON": str(until or self.folder / "never")}
        with open(log, "wb") as out:
            process = subprocess.Popen(["ansible-playbook", "-i", self.inventory, f"updatecontrol.appliance.{playbook}", *arguments],
                                       stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=environment, start_new_session=True)
        try:
            if kill_when:
                wait_for("what the run is killed at", lambda: kill_when() or process.poll() is not None, seconds)
                kill_tree(process.pid) if kill_all else process.kill()
            elif kill_at:
                stopped = steps.with_suffix(".stopped")
                wait_for(f"step {kill_at}", lambda: stopped.exists() or process.poll() is not None, seconds)
                kill_tree(process.pid)
            rc = process.wait(seconds)
        finally:
            if process.poll() is None:
                kill_tree(process.pid)
                process.wait()
        return Run(rc, log.read_text(errors="replace"), steps.read_text().splitlines() if steps.exists() else [])


class Run:
    def __init__(self, rc: int, log: str, steps: list[str]):
        self.rc, self.log, self.steps = rc, log, steps

    def order_of(self, step: str) -> list[str]:
        """The nodes on which a step began, in this order."""
        return [host for _, host, name in (line.split("\t") for line in self.steps) if name == step]
