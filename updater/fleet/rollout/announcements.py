"""Tells people, through a program of the site, what they should know without asking. Each thing once: what was told
stays in the plan, and so in hawkBit."""
import subprocess
import sys

from .fleet import Rollout
from .plain import plain

TIMEOUT_SECONDS = 60


class Announcements:
    """`program` gets the subject as its argument and the text on its standard input; None tells nobody."""

    def __init__(self, program: str | None):
        self._program = program

    def once(self, rollout: Rollout, what: str, subject: str, text: str) -> None:
        if what in rollout.plan.told or not self._told(subject, text):
            return
        rollout.plan.told.append(what)
        rollout.remember(rollout.plan)

    def now(self, subject: str, text: str) -> None:
        self._told(subject, text)

    def _told(self, subject: str, text: str) -> bool:
        if not self._program:
            return True
        try:
            subprocess.run([self._program, subject], input=text + "\n", text=True, timeout=TIMEOUT_SECONDS, check=True)
        except (OSError, subprocess.SubprocessError) as error:
            print(plain(f"update-rollout: could not announce '{subject}': {error}; the next call tries again"), file=sys.stderr)
            return False
        return True
