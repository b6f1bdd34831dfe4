"""update-rollout as a program: the password's file, servers that answer badly, two calls at once."""
import fcntl
import json
import os
import subprocess
import tempfile
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PROGRAM = Path(__file__).resolve().parents[2] / "updater" / "fleet" / "update-rollout"


class Answers(BaseHTTPRequestHandler):
    """Answers everything the same way."""
    status, body, headers_to_send = 200, b"{}", ()
    asked: list[str] = []

    def do_GET(self) -> None:  # pylint: disable=invalid-name
        self.asked.append(self.path)
        self.send_response(self.status)
        for name, value in self.headers_to_send:
            self.send_header(name, value)
        self.end_headers()
        try:
            self.wfile.write(self.body)
        except OSError:
            pass                                           # the other side has read enough

    def log_message(self, *_) -> None:
        """Says nothing."""


@contextmanager
def answering(status: int = 200, body: bytes = b"{}", headers: tuple = ()):
    handler = type("Handler", (Answers,), {"status": status, "body": body, "headers_to_send": headers, "asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", handler
    finally:
        server.shutdown()
        server.server_close()


def call(server: str, *words: str, mode: int = 0o600, password: bytes = b"secret\n", environment: dict | None = None):
    """The program's exit code and what it says. Its password must not be in it."""
    with tempfile.TemporaryDirectory(prefix="fleet-test-") as folder:
        file = Path(folder) / "password"
        file.write_bytes(password)
        file.chmod(mode)
        result = subprocess.run([PROGRAM, *(words or ("status",)), "--server", server, "--user", "operator", "--password-file", file],
                                capture_output=True, text=True, timeout=60,
                                env={**os.environ, "XDG_RUNTIME_DIR": folder, **(environment or {})})
    assert "secret" not in result.stdout + result.stderr
    assert "Traceback" not in result.stderr, result.stderr
    return result


def expect(result, code: int, *said: str) -> None:
    assert result.returncode == code and all(text in result.stderr for text in said), (result.returncode, result.stderr)


def a_password_that_others_may_read_is_not_used() -> None:
    with answering() as (url, handler):
        for mode in (0o640, 0o604, 0o666):
            expect(call(url, mode=mode), 1, "others may read", "chmod 600")
        for password in (b"", b"\n", b"a\nb\n", b"x" * 2000):
            expect(call(url, password=password), 1, "is not one line")
        assert not handler.asked


def a_password_never_crosses_the_network_in_plain_text() -> None:
    expect(call("http://hawkbit.example"), 1, "plain text", "https://hawkbit.example")
    for address in ("ftp://hawkbit.example", "hawkbit.example", "https://user:secret@hawkbit.example"):
        result = subprocess.run([PROGRAM, "status", "--server", address, "--user", "x", "--password-file", "/dev/null"],
                                capture_output=True, text=True)
        assert result.returncode == 1, result


def a_server_that_refuses_or_answers_badly_is_named_with_the_reason() -> None:
    cases = ((401, b"", (), "does not let this user"), (403, b"{}", (), "does not let this user"),
             (200, b"<html>", (), "other than JSON"),
             (500, json.dumps({"message": "out of order"}).encode(), (), "out of order"), (200, b"x" * (9 << 20), (), "8 MiB"),
             (302, b"", (("Location", "http://127.0.0.1:1/elsewhere"),), "302"))
    for status, body, headers, said in cases:
        with answering(status, body, headers) as (url, handler):
            expect(call(url), 1, said)
            assert len(handler.asked) == 1, handler.asked


def no_control_character_reaches_the_terminal() -> None:
    message = {"message": "\x1b[2J\x9b1mall is well\u202e\r\ud800"}
    with answering(500, json.dumps(message).encode()) as (url, _):
        result = call(url)
        expect(result, 1, "all is well")
        assert result.stderr.replace("\n", "").isprintable(), result.stderr


def a_server_that_is_down_changes_nothing_and_is_asked_again_later() -> None:
    with answering() as (url, _):
        pass
    expect(call(url, "next"), 1, "does not answer", "run the same command again")


def an_answer_without_what_is_needed_is_an_error_and_not_a_fault() -> None:
    for body in (b"{}", b"[]", b"null", b'{"content":[{}],"total":1}', b'{"content":[{"id":"x"}],"total":1}',
                 b'{"content":5,"total":"many"}'):
        with answering(body=body) as (url, _):
            expect(call(url), 1, "expected")


def two_calls_at_once_don_t_both_decide() -> None:
    with tempfile.TemporaryDirectory(prefix="fleet-test-") as folder, answering() as (url, handler):
        with open(Path(folder) / "update-rollout.lock", "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            expect(call(url, "next", environment={"XDG_RUNTIME_DIR": folder}), 1, "another update-rollout")
        assert not handler.asked


def wrong_words_are_refused_by_name() -> None:
    for words in (("begin",), ("create", "x"), ("resume",),
                  ("create", "x", "--groups", "A", "--version", "1", "--server-traffic", "many")):
        expect(call("https://hawkbit.example", *words), 2, "usage")
    expect(call("https://hawkbit.example", "create", "a b", "--groups", "A", "--version", "1", "--server-traffic", "1M"), 1, "'a b'")
