"""The firmware files that image/build and image/build-variant have made. Makes none itself."""
from pathlib import Path

from . import places
from .signer import Signer


def good() -> Path:
    return _existing(places.IMAGE_BUILD / f"firmware-{places.NEW_VERSION}.fw")


def point_release() -> Path:
    return _existing(places.IMAGE_BUILD / f"firmware-{places.POINT_VERSION}.fw")


def variant(name: str) -> Path:
    return _existing(places.IMAGE_BUILD / f"firmware-{places.NEW_VERSION}-{name}.fw")


def signer() -> Signer:
    return Signer(places.KEYS / "firmware-signing.crt", places.KEYS / "firmware-signing.key")


def _existing(path: Path) -> Path:
    if not path.exists():
        raise RuntimeError(f"there is no firmware {path} (image/build and image/build-variant make them)")
    return path
