"""One appliance, asked with update-control over a restricted SSH key. No shell and no Python is needed there: a command
has words and blanks only. Every command is short, so a restart or a cut connection costs one question, never a job."""
import contextlib
import json
import re
import resource
import signal
import time

from ansible.errors import AnsibleConnectionFailure, AnsibleError

MAX_ANSWER_BYTES = 4 * 1024 * 1024
# Ansible reads an answer to its end before anybody can see how long it is.
MAX_MEMORY_BYTES = 2 * 1024 * 1024 * 1024
WORDS = re.compile(r"[A-Za-z0-9 %+,./:=@_~-]+")
# A path in a command: there are no quotes.
PATH = re.compile(r"/[A-Za-z0-9%+,./:=@_~-]*")
# A connection that is silent for 15 seconds is given up: also a shared one, over the restart of the appliance.
SSH_OPTIONS = "-o ServerAliveInterval=5 -o ServerAliveCountMax=3"
NO_AGENT, BUSY, RESTARTING, REFUSED = 7, 4, 6, 3

# Exit codes of update-control(8): what each means, and what to do next.
MEANINGS = {
    0: ("done", ""),
    1: ("failed, or not possible in the present state", "update-control -s"),
    2: ("the appliance does not know this command; is its update-control too old?", "update-control --help"),
    3: ("refused, nothing was changed", "update-control --check fw"),
    4: ("another job runs", "update-control -f"),
    5: ("cancelled", "update-control -s"),
    6: ("the appliance restarts, the job goes on by itself", "update-control -f"),
    7: ("the agent cannot be reached", "systemctl status update-agent"),
    8: ("rolled back: the appliance runs the previous version", "update-control --history"),
    9: ("the checks warn", "update-control --check fw"),
    10: ("the new version runs and stays, but not all that follows the commit is done", "update-control -s"),
    11: ("done, but mail is stopped", "update-control -s"),
    12: ("--drain: the queue is not empty; --verify: a partition is not what was signed", "update-control -s"),
}


class Silent(Exception):
    """No answer: the appliance is away, or the connection was cut. What became of the command is not known."""


class NoWay(Exception):
    """It cannot go on; the message says why and what to do next."""


class Answer:
    """What one command has answered."""

    def __init__(self, words: str, rc: int, stdout: str, stderr: str):
        if len(stdout) > MAX_ANSWER_BYTES:
            raise NoWay(f"the answer to update-control {words} is too long ({len(stdout)} bytes)")
        self.words, self.rc, self.errors = words, rc, stderr.strip()
        self.documents = [document for line in stdout.splitlines() if (document := _document_of(line)) is not None]

    @property
    def document(self) -> dict:
        """The last one; what was asked for."""
        return self.documents[-1] if self.documents else {}

    def describe(self) -> str:
        meaning, following = MEANINGS.get(self.rc, ("unknown exit code", "update-control -s"))
        if "this key may only be used for" in self.errors:
            following = "add the word to command= of this key in authorized_keys"
        last = self.document.get("last")
        # What takes long on the appliance tells its end in the document.
        reason = self.errors or (str(last.get("text") or "") if isinstance(last, dict) else "")
        said = f": {reason}" if reason else ""
        then = f" Next, on the appliance: {following}" if following else ""
        return f"update-control {self.words}: exit code {self.rc}, {meaning}{said}.{then}"


def _document_of(line: str):
    try:
        document = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def numbers_of(version) -> tuple:
    """To compare versions; nothing is older than everything."""
    return tuple(int(part) for part in re.findall(r"\d+", version or ""))


def faults_of(state: dict) -> list:
    """What is wrong with an appliance, whatever it runs. Mail that a job or a drain keeps back is no fault."""
    faults = [str(state["problem"])] if state.get("problem") else []
    if state.get("mail") == "stopped" and state.get("state") == "idle" and not state.get("drained"):
        problem = state.get("mail_problem") or {}
        faults.append(f"mail is stopped: {problem.get('text', 'no reason given')}. "
                      f"See: {problem.get('advice') or 'update-control -s'}")
    return faults


def known_conflicts(known) -> list:
    """The words of update_control_known_conflicts, of which a person may have given one or none. Throws NoWay."""
    given = [] if known is None else [known] if isinstance(known, str) else known
    if not isinstance(given, (list, tuple)):
        raise NoWay(f"update_control_known_conflicts must be a list of words and paths, not {given!r}")
    words = [str(word).strip() if word is not None else "" for word in given]
    if "" in words:
        raise NoWay("update_control_known_conflicts has an empty word, which every conflict would have. Nothing was touched. "
                    "Next: remove it; none at all: []")
    return words


def is_known(text: str, word: str) -> bool:
    """Whether the text of a conflict has the word, or a path at or below it."""
    if not word.startswith("/"):
        return word in text
    path = re.escape(word.rstrip("/"))
    return re.search(rf"""(?<![^\s,;:('"]){path}(?=/|$|[\s,;:)'"]|\.(?:\s|$))""", text) is not None


def words_about_conflicts(stop: bool, known) -> str:
    """For an installation, or for a look ahead at it. Throws NoWay."""
    paths = [word for word in known_conflicts(known) if word.startswith("/")]
    if not stop:
        return ""
    unfit = [path for path in paths if not PATH.fullmatch(path)]
    if unfit:
        raise NoWay(f"a restricted key carries no path with blanks, quotes or shell characters: {', '.join(unfit)}. "
                    "Next: name the folder that it is in.")
    return " --stop-on-conflict" + "".join(f" --known-conflict {path}" for path in paths)


@contextlib.contextmanager
def _time_limit(seconds: int, words: str):
    """Ends a command that hangs although the connection is alive. Works in the main thread, where actions run."""
    def passed(_number, _frame):
        raise Silent(f"update-control {words} did not end within {seconds} s")

    before = signal.signal(signal.SIGALRM, passed)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _limit_memory() -> None:
    """So that an appliance that never stops to answer costs this task, and not the machine. Holds for the process, which
    Ansible starts for one task on one host, and for its ssh."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    limits = [limit for limit in (soft, hard, MAX_MEMORY_BYTES) if limit != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_AS, (min(limits), hard))


class Appliance:
    """Asks through the connection of an action plugin."""

    def __init__(self, action, command_seconds: int):
        self._action, self._command_seconds = action, command_seconds
        _limit_memory()
        connection = action._connection
        if connection.transport == "ssh":
            arguments = connection.get_option("ssh_args") or ""
            if not arguments.startswith(SSH_OPTIONS):
                connection.set_option("ssh_args", f"{SSH_OPTIONS} {arguments}")
            # Trying again is decided here, because a command that was cut off may have been carried out.
            connection.set_option("reconnection_retries", 0)

    def ask(self, words: str) -> Answer:
        """Carries out one command. Throws Silent."""
        if not WORDS.fullmatch(words):
            raise NoWay(f"a restricted key carries words and blanks only, no quotes and no shell characters: {words!r}")
        try:
            # Neither a terminal, which the key refuses, nor a shell around it.
            with _time_limit(self._command_seconds, words):
                result = self._action._low_level_execute_command(f"update-control {words}", sudoable=False, executable=False)
        except AnsibleConnectionFailure as reason:
            raise Silent(str(reason).strip().splitlines()[-1][-300:]) from reason
        except AnsibleError as reason:
            raise NoWay(str(reason)) from reason
        except MemoryError as reason:
            raise NoWay(f"the answer to update-control {words} is too long for the memory") from reason
        return Answer(words, result["rc"], result["stdout"], result["stderr"])

    def ask_until_answered(self, words: str, seconds: float, pause: float = 3, busy_seconds: float = 0) -> Answer:
        """As long as the appliance or its agent is away, or busy. For commands that may be repeated. Throws Silent."""
        began = time.monotonic()
        while True:
            waited = time.monotonic() - began
            try:
                answer = self.ask(words)
                if waited >= {NO_AGENT: seconds, BUSY: busy_seconds}.get(answer.rc, 0):
                    return answer
            except Silent:
                if waited >= seconds:
                    raise
            time.sleep(pause)

    def state(self, seconds: float = 0, pause: float = 3) -> dict:
        """The state document. Throws Silent."""
        answer = self.ask_until_answered("-s --json", seconds, pause)
        if answer.rc == NO_AGENT:
            raise Silent(answer.describe())
        if "running_version" not in answer.document:
            raise NoWay(answer.describe())
        return answer.document
