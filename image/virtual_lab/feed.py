"""The feed, the vendor's signed list of firmware: a folder that update-feed writes to. Knows no appliance."""
import re
from dataclasses import dataclass
from pathlib import Path

from . import children, firmware, places
from .signer import Signer

PRODUCT = "mailsec-appliance"
PUBLISH_SECONDS = 600
_TOOL = places.IMAGE_BUILD / "vendor/usr/bin/update-feed"


def new_key(folder: Path, name: str) -> Signer:
    """A new signing key, made with the vendor's tool."""
    children.run([places.IMAGE_BUILD / "vendor/usr/bin/update-firmware", "keys", "--out", folder, "--name", name])
    return Signer(folder / f"{name}.pem", folder / f"{name}.key")


@dataclass(frozen=True)
class Document:
    """A feed as the server has it, with its signature."""
    text: bytes
    signature: bytes

    @property
    def serial(self) -> int:
        found = re.search(rb'<feed\b[^>]*\bserial="(\d+)"', self.text)
        if not found:
            raise RuntimeError("this feed has no serial number")
        return int(found[1])


class Feed:
    """The folder that the server publishes as https://updates.lan.test/list/."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)

    def publish(self, signer: Signer | None = None, *options: str) -> Document:
        """Lists all firmware in the folder under the next serial number, signed with the vendor's first key by default."""
        self._tool("publish", signer or firmware.signer(), *options)
        return self.current()

    def rotate(self, signer: Signer, *followers: Signer) -> None:
        """Publishes a key list: from then on only the followers' keys are trusted."""
        self._tool("rotate", signer, *[part for one in followers for part in ("--new-certificate", one.certificate)])

    def files(self) -> tuple[Path, Path]:
        """The feed and its signature."""
        return self.folder / "feed.xml", self.folder / "feed.xml.sig"

    def current(self) -> Document:
        return Document(*(file.read_bytes() for file in self.files()))

    def _tool(self, command: str, signer: Signer, *options) -> None:
        children.run([_TOOL, command, "--folder", self.folder, "--product", PRODUCT, "--key", signer.key,
                      "--certificate", signer.certificate, *options], timeout=PUBLISH_SECONDS)
