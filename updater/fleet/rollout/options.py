"""The command line and the settings file of update-rollout. The password is only ever read from a file."""
import argparse
import configparser
import os
import stat

from .failure import Failure, Refused

SETTINGS = "/etc/update-control/rollout.conf"
MAX_PASSWORD_BYTES = 1024
UNITS = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


def amount(text: str) -> int:
    """48M as bytes."""
    number, unit = (text[:-1], text[-1].upper()) if text and text[-1].upper() in UNITS else (text, "")
    if not number.isdigit():
        raise argparse.ArgumentTypeError(f"'{text}' is not an amount: write it as 48M")
    return int(number) * UNITS.get(unit, 1)


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="update-rollout", allow_abbrev=False, description="Leads a rollout of hawkBit from "
                                  "group to group: one a day, each after the one before it succeeded.")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--json", action="store_true", help="print one JSON document")
    common.add_argument("--settings", default=SETTINGS, metavar="FILE", help=f"default: {SETTINGS}")
    for name, what in (("server", "https://HOST[:PORT] of hawkBit's management interface"), ("user", "name of its user"),
                       ("password-file", "file with the password; nobody else may read it"),
                       ("ca-file", "certificates to trust instead of the system's"),
                       ("announce", "program that gets a subject as argument and a text on standard input")):
        common.add_argument(f"--{name}", help=what + "; default: from the settings")
    verbs = top.add_subparsers(dest="command", required=True, metavar="VERB")

    def verb(name: str, what: str, name_optional: bool = False, named: bool = True) -> argparse.ArgumentParser:
        made = verbs.add_parser(name, help=what, description=what, parents=[common], allow_abbrev=False)
        if named:
            made.add_argument("name", nargs="?" if name_optional else None, help="name of the rollout")
        return made

    create = verb("create", "make a rollout; nothing is installed before it is started")
    create.add_argument("--version", required=True, help="the version to install")
    create.add_argument("--product", default="firmware", help="name of the software module (default: firmware)")
    create.add_argument("--groups", required=True, metavar="A,B,C", help="groups of targets, in their order")
    create.add_argument("--server-traffic", required=True, type=amount, metavar="BYTES",
                        help="what one appliance fetches at most")
    create.add_argument("--server-limit", type=amount, default=50 << 20, metavar="BYTES",
                        help="refuse if it is more (default: 50M)")
    create.add_argument("--hour-limit", type=amount, default=0, metavar="BYTES",
                        help="divide groups so that an hour takes no more")
    create.add_argument("--success", type=int, default=95, metavar="PERCENT",
                        help="of a group that must succeed (default: 95)")
    create.add_argument("--canary", type=int, default=1, metavar="N",
                        help="appliances of each group that go first (default: 1)")
    create.add_argument("--window", default="00:00-24:00", metavar="HH:MM-HH:MM", help="when groups begin, local time")
    create.add_argument("--days", default="mon-sun", metavar="DAYS", help="days on which groups begin (default: mon-sun)")
    create.add_argument("--wait-hours", type=float, default=20, metavar="HOURS", help="between two groups (default: 20)")
    create.add_argument("--max-mixed-days", type=int, default=14, metavar="DAYS",
                        help="announce when mixed versions last longer (default: 14)")
    create.add_argument("--confirm", action="store_true", help="each appliance's administrator has to confirm")
    create.add_argument("--dry-run", action="store_true", help="only show the parts")
    verb("start", "release a rollout: its groups begin when they are due")
    verb("next", "begin the next group if it is due; for a timer", name_optional=True)
    verb("status", "show groups, traffic, mixed versions", name_optional=True)
    verb("pause", "begin no more groups").add_argument("--reason", default="by order", help="for those who ask later")
    verb("resume", "begin groups again").add_argument("--despite-failures", action="store_true",
                                                      help="accept the failures so far")
    verb("stop", "end a rollout: what was not installed yet is called back")
    verb("versions", "show which versions the fleet runs", named=False).add_argument(
        "--version-attribute", default="version", metavar="NAME", help="the appliances' word for it (default: version)")
    return top


def parse(words: list[str]) -> argparse.Namespace:
    """What was asked, with the settings where the command line says nothing."""
    options = parser().parse_args(words)
    settings = configparser.ConfigParser(interpolation=None)
    try:
        with open(options.settings, encoding="utf-8") as file:
            settings.read_string(file.read(1 << 16), options.settings)
    except FileNotFoundError:
        if options.settings != SETTINGS:
            raise Failure(f"there is no {options.settings}") from None
    except (OSError, configparser.Error, UnicodeDecodeError) as error:
        raise Failure(f"the settings can't be read: {error}") from None
    for name in ("server", "user", "password-file", "ca-file", "announce"):
        member = name.replace("-", "_")
        if getattr(options, member) is None:
            setattr(options, member, settings.get("hawkbit", name, fallback=None))
    for name in ("server", "user", "password_file"):
        if not getattr(options, name):
            word = name.replace("_", "-")
            raise Failure(f"no {word} is known", f"--{word} …, or '{word} = …' below [hawkbit] in {options.settings}")
    return options


def password(path: str) -> str:
    """From a file that only its owner may read."""
    try:
        with open(path, "rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            if mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise Refused(f"others may read the password in {path}", f"chmod 600 {path}")
            found = file.read(MAX_PASSWORD_BYTES + 1)
    except OSError as error:
        raise Failure(f"the password can't be read: {error}") from None
    text = found.decode(errors="replace").rstrip("\r\n")
    if not text or len(found) > MAX_PASSWORD_BYTES or "\n" in text:
        raise Refused(f"{path} is not one line with a password of at most {MAX_PASSWORD_BYTES} bytes")
    return text
