"""The version that runs on the appliance and the content of its message store, read over SSH. Changes nothing.

The schemas of the store are in image/product/rootfs-VERSION."""
from .secure_shell import SecureShell

# The messages in the store of a new appliance: the archive in schema.sql of format 1.
ARCHIVED_MESSAGES = 3000


def running_version(shell: SecureShell) -> str:
    """Read from the image itself, not from the agent."""
    text = shell.must("grep -m1 '<appliance ' /usr/share/update-control/appliance.xml")
    return text.split('version="')[1].split('"')[0]


def stored_message_ids(shell: SecureShell) -> list[str]:
    """Of every row of the store, without the health test's messages."""
    return shell.must("psql --no-psqlrc -qtA --host=/run/mailsec-store --username=postgres --dbname=mailsec --command="
                      "'SELECT message_id FROM messages EXCEPT ALL SELECT message_id FROM health_messages'",
                      timeout=600).split()


def archive_problems(stored: list[str]) -> list[str]:
    """Messages of the archive that are not in the store exactly once."""
    found = sorted(one for one in stored if one.endswith("@archive.example>"))
    expected = [f"<seed-{number:06d}@archive.example>" for number in range(1, ARCHIVED_MESSAGES + 1)]
    return [] if found == expected else [f"{len(found)} of {len(expected)} archived messages found"]
