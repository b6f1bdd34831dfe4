#!/usr/bin/python3
"""A sending mail server: a queue, several connections that are reused, and retries without end.

Usage: sender.py RECORD RUN-NAME CONNECTIONS. Commands on stdin, one a line:
  send N       N messages at once        rate R    R messages a second from now on (0 stops)
  to A B ...   the receiver's addresses, tried in this order (as a list of MX hosts)
Appends events to RECORD (see mail_record.py). Ends at the end of stdin."""
import collections
import heapq
import json
import re
import smtplib
import socket
import sys
import threading
import time

MESSAGES_A_CONNECTION = 50
RETRY_SECONDS = (1, 2, 3, 5)
CONNECT_SECONDS = 10
ANSWER_SECONDS = 300  # RFC 5321, 4.5.3.2


class Record:
    def __init__(self, path):
        self._file = open(path, "a", buffering=1)
        self._lock = threading.Lock()

    def write(self, event, message_id, text=""):
        with self._lock:
            self._file.write(json.dumps({"time": time.time(), "event": event, "id": message_id, "text": text}) + "\n")


class Queue:
    """Waiting messages; those that were deferred come back after a delay."""

    def __init__(self):
        self._ready, self._later = collections.deque(), []
        self._changed = threading.Condition()

    def put(self, message):
        with self._changed:
            self._ready.append(message)
            self._changed.notify()

    def put_later(self, message, seconds):
        with self._changed:
            heapq.heappush(self._later, (time.monotonic() + seconds, message))

    def get(self, seconds):
        """The next message, or None if none is ready within that time."""
        end = time.monotonic() + seconds
        with self._changed:
            while True:
                now = time.monotonic()
                while self._later and self._later[0][0] <= now:
                    self._ready.append(heapq.heappop(self._later)[1])
                if self._ready:
                    return self._ready.popleft()
                if now >= end:
                    return None
                self._changed.wait(min(0.2, end - now))


class Sender:
    def __init__(self, record, run_name):
        self.record, self.run_name = record, run_name
        self.queue, self.addresses, self.rate = Queue(), [], 0.0
        self._number = 0

    def make(self):
        self._number += 1
        message_id = f"<{self._number:06d}.{self.run_name}@sender.lan.test>"
        self.record.write("queued", message_id)
        self.queue.put((self._number, message_id, 0))

    def body(self, number, message_id):
        return (f"From: <alice@sender.lan.test>\r\nTo: <bob{number % 50}@sink.lan.test>\r\n"
                f"Subject: message {number}\r\nMessage-ID: {message_id}\r\n"
                f"Date: {time.strftime('%a, %d %b %Y %H:%M:%S +0000', time.gmtime())}\r\n\r\n"
                + "A line of an ordinary message.\r\n" * (5 + number % 20)).encode()

    def keep_rate(self):
        owed, last = 0.0, time.monotonic()
        while True:
            time.sleep(0.1)
            now = time.monotonic()
            owed += self.rate * (now - last)
            last = now
            while owed >= 1:
                owed -= 1
                self.make()


def notice_dead_peers(connection):
    """A real mail server has hundreds of connections, so one that hangs does not matter. This one has few: it waits long
    for an answer, but not for a machine that no longer acknowledges."""
    for option, value in ((socket.TCP_KEEPIDLE, 10), (socket.TCP_KEEPINTVL, 5), (socket.TCP_KEEPCNT, 6),
                          (socket.TCP_USER_TIMEOUT, 40_000)):
        connection.setsockopt(socket.IPPROTO_TCP, option, value)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)


class Connection(threading.Thread):
    """One of the parallel connections: stays open while there is mail, and is closed when idle."""

    def __init__(self, sender):
        super().__init__(daemon=True)
        self.sender, self.smtp, self.used = sender, None, 0

    def run(self):
        while True:
            message = self.sender.queue.get(2)
            if message is None:
                self.disconnect()
            else:
                self.deliver(*message)

    def connect(self):
        if self.smtp and self.used < MESSAGES_A_CONNECTION:
            return
        self.disconnect()
        problem = OSError("no address known")
        for address in list(self.sender.addresses):
            try:
                self.smtp = smtplib.SMTP(address, 25, local_hostname="sender.lan.test", timeout=CONNECT_SECONDS)
                notice_dead_peers(self.smtp.sock)
                self.smtp.sock.settimeout(ANSWER_SECONDS)
                self.smtp.ehlo_or_helo_if_needed()
                self.used = 0
                return
            except OSError as error:  # smtplib's errors are OSErrors too
                self.drop()
                problem = error
        raise problem

    def disconnect(self):
        if self.smtp:
            try:
                self.smtp.quit()
            except OSError:
                self.drop()  # it was gone already
        self.smtp = None

    def drop(self):
        if self.smtp:
            self.smtp.close()
        self.smtp = None

    def deliver(self, number, message_id, attempts):
        complete = False
        try:
            self.connect()
            self.command(self.smtp.mail("alice@sender.lan.test"))
            self.command(self.smtp.rcpt(f"bob{number % 50}@sink.lan.test"))
            self.command(self.smtp.docmd("DATA"), 354)
            complete = True  # if the connection breaks from here on, the receiver may have the message
            self.smtp.send(re.sub(rb"(?m)^\.", b"..", self.sender.body(number, message_id)) + b".\r\n")
            answer = self.smtp.getreply()
            complete = False
            self.command(answer)
            self.used += 1
            self.sender.record.write("accepted", message_id, answer[1].decode(errors="replace"))
        except OSError as error:
            if complete:
                self.sender.record.write("uncertain", message_id, str(error))
            self.drop()
            self.sender.record.write("deferred", message_id, str(error))
            delay = RETRY_SECONDS[min(attempts, len(RETRY_SECONDS) - 1)]
            self.sender.queue.put_later((number, message_id, attempts + 1), delay)

    @staticmethod
    def command(answer, expected=250):
        if answer[0] != expected:
            raise smtplib.SMTPResponseException(*answer)


def main():
    record, run_name, connections = sys.argv[1:4]
    sender = Sender(Record(record), run_name)
    threading.Thread(target=sender.keep_rate, daemon=True).start()
    for _ in range(int(connections)):
        Connection(sender).start()
    for line in sys.stdin:
        word, *values = line.split()
        if word == "send":
            for _ in range(int(values[0])):
                sender.make()
        elif word == "rate":
            sender.rate = float(values[0])
        elif word == "to":
            sender.addresses = values
        else:
            sys.exit(f"unknown command: {line}")


if __name__ == "__main__":
    main()
