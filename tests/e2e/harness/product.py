"""The reference product as the tests see it: its policies and its administrator's changes. Changes nothing.

The formats of policies: image/product/policy-format.md."""
import base64
import re
import xml.etree.ElementTree as xml
from pathlib import Path

from virtual_lab import places
from virtual_lab.secure_shell import SecureShell

from . import facts

MAIL_UNITS = ("postfix.service", "mailsec-filter.service", "mailsec-store.service")
ADMINISTRATOR = places.CHECKOUT / "image" / "product" / "administrator"
_POLICIES = "mailsec/policies"
_KINDS = {"words": "body-words", "senders": "sender-address", "notice": "always"}


def inspect_store(shell: SecureShell) -> bool:
    """Whether the product itself can read its store."""
    return re.fullmatch(r"records \d+\n", shell.must("/usr/lib/mailsec/inspect-store")) is not None


def policy_meaning(text: str) -> dict:
    """The meaning of a policy, the same in either format; the text of its list is decoded, macros are not resolved."""
    policy = xml.fromstring(text)
    if policy.get("format") == "1":
        kind, value = _KINDS[policy.find("list").get("type")], policy.findtext("list")
        active, action = policy.get("enabled", "yes") == "yes", policy.findtext("action").strip()
    else:
        kind, value = policy.find("match").get("kind"), policy.findtext(".//value")
        active, action = policy.get("state") == "active", policy.find("action").get("kind")
    return {"name": policy.get("name"), "active": active, "kind": kind, "action": action,
            "description": policy.findtext("description"), "text": base64.b64decode(value).decode()}


def policy_files(shell: SecureShell) -> dict[str, str]:
    names = shell.must(f"cd /etc/{_POLICIES} && ls *.xml").split()
    return {name: shell.must(f"cat /etc/{_POLICIES}/{name}") for name in names}


def policy_meanings(shell: SecureShell) -> dict[str, dict]:
    return {name: policy_meaning(text) for name, text in policy_files(shell).items()}


def macro_files(policies: dict[str, dict]) -> list[str]:
    """All files that policies read through macros."""
    return sorted({path for policy in policies.values() for path in re.findall(r"\$\(FILE:([^)]*)\)", policy["text"])})


def administrator_files() -> dict[str, bytes]:
    """The administrator's files in /etc, except policies (converted) and main.cf (merged)."""
    files = [path for path in sorted(ADMINISTRATOR.rglob("*")) if path.is_file() and not path.is_symlink()]
    named = {str(path.relative_to(ADMINISTRATOR)): path.read_bytes() for path in files}
    return {name: content for name, content in named.items()
            if not name.startswith(_POLICIES) and name != "postfix/main.cf"}


def administrator_removed() -> list[str]:
    """The files that the administrator has removed from /etc."""
    lines = Path(f"{ADMINISTRATOR}-removed").read_text().splitlines()
    return [line.strip().removeprefix("/etc/") for line in lines if line.strip() and not line.startswith("#")]


def postfix_setting(shell: SecureShell, name: str) -> str:
    return shell.must(f"postconf -h {name}").strip()


def unit_states(shell: SecureShell) -> dict[str, str]:
    """The states of the units that the administrator has disabled or masked."""
    return {unit: facts.unit_file_state(shell, unit) for unit in ("mailsec-extra.service", "mailsec-statistics.service")}
