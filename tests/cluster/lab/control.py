"""A stand-in for update-control: asks the machine behind it, prints the answer, exits with its code. With --forced it reads
what is wanted as the real one does, from SSH_ORIGINAL_COMMAND, and refuses what the key may not.

Usage: control.py SOCKET (--forced WORDS | ARGUMENT...)"""
import json
import os
import re
import socket
import sys

NEEDED = {"-s": "status", "--history": "status", "--check": "check", "-n": "check", "-i": "install", "-f": "follow",
          "--drain": "drain", "--resume": "resume", "--role": "role", "--test-message": "test-message",
          "--install-rate": "install-rate"}


def leave(code: int, message: str) -> None:
    print(f"update-control: {message}", file=sys.stderr)
    sys.exit(code)


def wanted_words(arguments: list) -> list:
    if arguments[:1] != ["--forced"]:
        return arguments
    may = arguments[1].split(",")
    original = os.environ.get("SSH_ORIGINAL_COMMAND")
    if original is None:
        leave(1, "there is no login with this key")
    if re.search(r"""["'`\\$;|&<>(){}*?!#]""", original):
        leave(2, "a command over this key has words and blanks only, no quotes and no shell characters")
    words = original.split()
    words = words[1:] if words[:1] == ["update-control"] else words
    needed = NEEDED.get(words[0] if words else "", "nothing")
    if needed not in may and not (needed == "install" and "install-any" in may):
        leave(3, f"not allowed: {needed}; this key may only be used for: {arguments[1]}")
    return words


def main() -> None:
    words = wanted_words(sys.argv[2:])
    try:
        with socket.socket(socket.AF_UNIX) as agent:
            agent.connect(sys.argv[1])
            agent.sendall(json.dumps({"words": words, "ssh": "--forced" in sys.argv, "process": os.getpid()}).encode() + b"\n")
            answer = json.loads(agent.makefile().readline())
    except (OSError, ValueError):
        leave(7, "the agent cannot be reached\nIs the agent running? systemctl status update-agent")
    sys.stdout.write(answer["out"])
    sys.stderr.write(answer["errors"])
    sys.exit(answer["rc"])


main()
