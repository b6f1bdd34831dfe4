"""The SMTP server of a stand-in for an appliance."""
import socket
import threading
from pathlib import Path


class Mail:
    """Accepts messages while it may: no listener at all otherwise, as behind a packet filter."""

    def __init__(self, port: int, stored: Path):
        self._port, self._stored = port, stored
        self._listener, self._open, self._lock = None, set(), threading.Lock()

    def serve(self, wanted: bool, cut: bool = False) -> None:
        with self._lock:
            if wanted and not self._listener:
                self._listener = socket.create_server(("127.0.0.1", self._port), backlog=64)
                threading.Thread(target=self._accept, args=[self._listener], daemon=True).start()
            if not wanted and self._listener:
                self._listener.shutdown(socket.SHUT_RDWR)
                self._listener.close()
                self._listener = None
            for connection in list(self._open) if cut else []:
                connection.shutdown(socket.SHUT_RDWR)

    def idle(self) -> bool:
        return not self._open

    def _accept(self, listener) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._converse, args=[connection], daemon=True).start()

    def _converse(self, connection) -> None:
        self._open.add(connection)
        try:
            with connection, connection.makefile("rw", newline="\r\n") as lines:
                self._say(lines, "220 node ESMTP")
                self._answer(lines)
        except OSError:
            pass
        finally:
            self._open.discard(connection)

    def _answer(self, lines) -> None:
        name = None
        for line in lines:
            word = line.strip().upper()
            if word.startswith("MAIL FROM:"):
                name = line.strip().split(":", 1)[1].strip("<> ")
            if word == "DATA":
                self._say(lines, "354 go on")
                while (text := lines.readline()) and text.strip() != ".":
                    pass
                if not text:
                    return
                with open(self._stored, "a") as stored:
                    stored.write(f"{name}\n")
            self._say(lines, "221 bye" if word == "QUIT" else "250 done")
            if word == "QUIT":
                return

    @staticmethod
    def _say(lines, text: str) -> None:
        lines.write(f"{text}\r\n")
        lines.flush()
