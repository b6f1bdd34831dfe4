"""The vendor's signed list of firmware: a folder that update-feed writes to, and lists that a vendor would never make.
Knows no appliance."""
import datetime
import re
from dataclasses import dataclass
from pathlib import Path

from . import children, firmware, places
from .signer import Signer

PRODUCT = "mailsec-appliance"
PUBLISH_SECONDS = 600
_TOOL = places.IMAGE_BUILD / "vendor/usr/bin/update-feed"


def new_key(folder: Path, name: str) -> Signer:
    """As a vendor makes it who replaces a key."""
    children.run([places.IMAGE_BUILD / "vendor/usr/bin/update-firmware", "keys", "--out", folder, "--name", name])
    return Signer(folder / f"{name}.pem", folder / f"{name}.key")


@dataclass(frozen=True)
class Document:
    """A list as it stands on the server, with its signature."""
    text: bytes
    signature: bytes

    @property
    def serial(self) -> int:
        found = re.search(rb'<feed\b[^>]*\bserial="(\d+)"', self.text)
        if not found:
            raise RuntimeError("this list of firmware has no serial number")
        return int(found[1])


class FirmwareList:
    """The folder that the server shows as https://updates.lan.test/list/."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)

    def publish(self, signer: Signer | None = None, *options: str) -> Document:
        """All firmware in the folder, with the next serial number; by the vendor's first key if nobody is named."""
        self._tool("publish", signer or firmware.signer(), *options)
        return self.current()

    def rotate(self, signer: Signer, *followers: Signer) -> None:
        """From then on the followers' keys count, and no others."""
        self._tool("rotate", signer, *[part for one in followers for part in ("--new-certificate", one.certificate)])

    def current(self) -> Document:
        return Document(*(file.read_bytes() for file in self._files()))

    def show(self, document: Document) -> None:
        """Puts this one on the server, whatever it says."""
        for file, content in zip(self._files(), (document.text, document.signature)):
            file.write_bytes(content)

    def next_one(self, signer: Signer, issued_days_ago: float = 0, good_for_days: float = 30) -> Document:
        """What the list says now, as a newer one with these dates and this signature. Not shown yet."""
        issued = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=issued_days_ago)
        text = self.current().text.decode()
        for name, value in (("serial", str(self.current().serial + 1)), ("issued", _utc(issued)),
                            ("expires", _utc(issued + datetime.timedelta(days=good_for_days)))):
            text, count = re.subn(rf'(<feed\b[^>]*\b{name}=")[^"]*"', rf'\g<1>{value}"', text)
            if count != 1:
                raise RuntimeError(f"{self.folder}/feed.xml does not say {name} once")
        return Document(text.encode(), signer.sign(text.encode(), self.folder.parent))

    def _files(self) -> tuple[Path, Path]:
        return self.folder / "feed.xml", self.folder / "feed.xml.sig"

    def _tool(self, command: str, signer: Signer, *options) -> None:
        children.run([_TOOL, command, "--folder", self.folder, "--product", PRODUCT, "--key", signer.key,
                      "--certificate", signer.certificate, *options], timeout=PUBLISH_SECONDS)


def _utc(time: datetime.datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")
