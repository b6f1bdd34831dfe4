"""Signed feeds that a vendor would never publish, made from one that a vendor has published."""
import datetime
import re

from virtual_lab.feed import Document, Feed
from virtual_lab.signer import Signer


def show(target: Feed, document: Document) -> None:
    """Makes the server publish this document, whatever it contains."""
    for file, content in zip(target.files(), (document.text, document.signature)):
        file.write_bytes(content)


def next_one(published: Feed, signer: Signer, issued_days_ago: float = 0, good_for_days: float = 30) -> Document:
    """A newer feed with the same firmware, these dates and this signature. Does not publish it."""
    issued = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=issued_days_ago)
    current = published.current()
    text = current.text.decode()
    for name, value in (("serial", str(current.serial + 1)), ("issued", _utc(issued)),
                        ("expires", _utc(issued + datetime.timedelta(days=good_for_days)))):
        text, count = re.subn(rf'(<feed\b[^>]*\b{name}=")[^"]*"', rf'\g<1>{value}"', text)
        if count != 1:
            raise RuntimeError(f"{published.folder}/feed.xml does not say {name} once")
    return Document(text.encode(), signer.sign(text.encode(), published.folder.parent))


def _utc(time: datetime.datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")
