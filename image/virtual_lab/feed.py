"""The vendor's signed list of firmware: a folder that update-feed writes to. Knows no appliance."""
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


class Feed:
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

    def files(self) -> tuple[Path, Path]:
        """The list and its signature."""
        return self.folder / "feed.xml", self.folder / "feed.xml.sig"

    def current(self) -> Document:
        return Document(*(file.read_bytes() for file in self.files()))

    def _tool(self, command: str, signer: Signer, *options) -> None:
        children.run([_TOOL, command, "--folder", self.folder, "--product", PRODUCT, "--key", signer.key,
                      "--certificate", signer.certificate, *options], timeout=PUBLISH_SECONDS)
