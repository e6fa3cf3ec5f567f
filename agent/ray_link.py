"""Follows a node of a Ray job like `pitwall_agent.py follow`, through the log of the job. Python's standard library alone. Commands:

  follow TARGET OFFSET     print the frames of a node from a byte offset on; reads `ping <text>`, `stop <ms>` and `done` lines
  status TARGET            print the state of the node's part of the job, as JSON
  on SPEC [--terminal] -- WORDS...
                           run a command on a node, with these standard streams; SPEC is JSON in base64: the address of the cluster, the package of
                           the agent's files, the id of the node, and the entry point without its arguments
  rsh SPEC HOST WORDS...   the same as rsync calls a remote shell
  pack FILE ROOT OWN       write a zip file of the files below ROOT that standard input names, separated by zero bytes, and of the
                           folder `.pitwall` in OWN

TARGET is ADDRESS#JOB#HOST. RAY_AUTH_TOKEN is the token of the cluster, if it has one.
"""

import base64
import http.client
import json
import os
import queue
import select
import signal
import ssl
import sys
import termios
import threading
import time
import tty
import urllib.parse
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from host_agent import frames  # noqa: E402

ANSWER_SECONDS = 30
STREAM_SECONDS = 0.1
STREAM_TRIES = 5
LOOK_SECONDS = 2
SILENT_SECONDS = 15
CLOCK_SECONDS = 5
DONE_SECONDS = 600
ENDED = ("SUCCEEDED", "FAILED", "STOPPED")


class Job:
    """A job of a cluster, by its REST interface."""

    def __init__(self, address, name):
        self.address, self.id = address, name
        self.url = urllib.parse.urlsplit(self.address)
        token = os.environ.get("RAY_AUTH_TOKEN")
        self.headers = {"Authorization": "Bearer " + token} if token else {}
        self.uploads, self.sender = 0, os.urandom(4).hex()

    def connect(self):
        if self.url.scheme == "https":
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(self.url.netloc, timeout=ANSWER_SECONDS, context=context)
        return http.client.HTTPConnection(self.url.netloc, timeout=ANSWER_SECONDS)

    def path(self, more=""):
        return self.below("/api/jobs/%s%s" % (urllib.parse.quote(self.id), more))

    def below(self, path):
        return self.url.path.rstrip("/") + path

    def ask(self, method="GET", more=""):
        status, text = self.send(method, self.path(more))
        return json.loads(text) if status == 200 else None

    def send(self, method, path, body=None):
        connection = self.connect()
        try:
            connection.request(method, path, body=body, headers=self.headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def upload(self, name, content):
        status, text = self.send("PUT", self.below("/api/packages/gcs/" + name), content)
        if status != 200:
            raise OSError("Ray refused an upload: %s" % text.decode(errors="replace").strip().split("\n")[-1])

    def tell(self, content):
        """Sends something to the running job, which takes it after what was sent before."""
        self.uploads += 1
        self.upload("pitwall-to-%s-%s-%012d" % (self.id, self.sender, self.uploads), content)

    def log(self):
        """Lines of the log as it is now; that of a job that has ended is complete."""
        status, text = self.send("GET", self.path("/logs"))
        if status != 200:
            raise OSError("Ray does not show the log: HTTP status %d" % status)
        return json.loads(text)["logs"].encode().split(b"\n")

    def lines(self):
        """Lines of the log, each once, until the job has ended. A broken connection is opened again."""
        seen, rest, failures = 0, b"", 0
        while True:
            at = 0
            try:
                for piece in self.pieces():
                    new = piece[max(0, seen - at):]
                    at += len(piece)
                    seen = max(seen, at)
                    *lines, rest = (rest + new).split(b"\n")
                    yield from lines
                if (self.ask() or {}).get("status") in ENDED:
                    return
            except (OSError, http.client.HTTPException):
                failures += 1
                if failures > STREAM_TRIES:
                    raise
            time.sleep(STREAM_SECONDS)

    def pieces(self):
        """Pieces of the log, from its start on. Ray's stream of log files is asked ten times a second; that of jobs, once."""
        connection = self.connect()
        try:
            answer = self.open_stream(connection)
            if answer is None:
                yield from self.tail()
                return
            while True:
                piece = answer.read1(1 << 16)
                if not piece:
                    return
                yield piece
        finally:
            connection.close()

    def open_stream(self, connection):
        """The file of the log, which is created a moment after the job has started; None if Ray does not show it."""
        node_id = (self.ask() or {}).get("driver_node_id")
        if node_id is None:
            return None
        query = {"node_id": node_id, "filename": "job-driver-%s.log" % self.id, "lines": -1, "interval": STREAM_SECONDS}
        for _ in range(STREAM_TRIES):
            connection.request("GET", self.below("/api/v0/logs/stream?" + urllib.parse.urlencode(query)), headers=self.headers)
            connection.sock.settimeout(None)
            answer = connection.getresponse()
            if answer.status == 200:
                return answer
            answer.read()
            time.sleep(STREAM_SECONDS)
        return None

    def tail(self):
        """Pieces of the log, from its start on; ends with the job or the connection."""
        connection = self.connect()
        connection.connect()
        connection.sock.settimeout(None)
        key = base64.b64encode(os.urandom(16)).decode()
        upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Key": key, "Sec-WebSocket-Version": "13"}
        lines = ["GET %s HTTP/1.1" % self.path("/logs/tail"), "Host: " + self.url.netloc]
        lines += ["%s: %s" % each for each in dict(upgrade, **self.headers).items()]
        connection.sock.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        stream = connection.sock.makefile("rb")
        if b" 101 " not in stream.readline():
            raise OSError("Ray refused to show the log")
        while stream.readline().strip():
            pass
        yield from websocket_messages(stream)


def websocket_messages(stream):
    """Data frames of RFC 6455, section 5.2; those of a server are not masked."""
    while True:
        head = stream.read(2)
        if len(head) < 2 or head[0] & 15 == 8:
            return
        length = head[1] & 127
        if length >= 126:
            length = int.from_bytes(stream.read(2 if length == 126 else 8), "big")
        data = stream.read(length)
        if head[0] & 15 in (0, 1, 2):
            yield data


class Follower:
    def __init__(self, job, host, offset):
        self.job, self.host, self.offset = job, host, offset
        self.out = sys.stdout.buffer
        self.lock = threading.Lock()
        # Of the log: one thread follows it, another one reads it once more after the end of the job.
        self.reading = threading.RLock()
        self.messages = queue.SimpleQueue()
        self.tail = b""
        self.whole = frames.WholeFrames()
        self.has_ended = self.has_failed = False
        # A heartbeat says that everything has arrived that was there before.
        self.is_caught_up = False
        self.asked, self.asked_since, self.is_clock_known = set(), None, False
        self.heard = None
        self.over = threading.Event()

    def run(self):
        threading.Thread(target=self.read_log, daemon=True).start()
        threading.Thread(target=self.watch_job, daemon=True).start()
        threading.Thread(target=self.send_messages, daemon=True).start()
        unread, is_open, beat = b"", True, 0.0
        deadline = None
        while deadline is None or time.monotonic() < deadline:
            if self.over.is_set() and deadline is None:
                # The caller confirms with `done` that its record is closed.
                deadline = time.monotonic() + (DONE_SECONDS if self.has_ended and is_open else 0)
            if is_open and select.select([0], [], [], 0.2)[0]:
                text = os.read(0, 4096)
                is_open = bool(text)
                unread += text
                *lines, unread = unread.split(b"\n")
                if any(line == b"done" for line in lines):
                    return
                for line in lines:
                    self.obey(line.decode(errors="replace"))
            elif not is_open:
                return
            if self.asked_since is not None and time.monotonic() - self.asked_since > CLOCK_SECONDS:
                self.give_up_clock()
            if time.monotonic() - beat > 1 and not self.over.is_set() and self.is_caught_up:
                beat = time.monotonic()
                self.loose("h", b"")

    def obey(self, line):
        word, _, rest = line.partition(" ")
        if word == "ping":
            if self.asked_since is None:
                self.asked_since = time.monotonic()
            self.asked.add(rest)
            self.messages.put({"kind": "ping", "host": self.host, "text": rest})
        elif word == "stop":
            self.messages.put({"kind": "stop", "graceMs": float(rest)})

    def send_messages(self):
        """Apart from the heartbeat: a busy cluster takes seconds to accept one."""
        while True:
            message = self.messages.get()
            try:
                self.job.tell(json.dumps(message).encode())
            except (OSError, http.client.HTTPException):
                # Questions are repeated by the caller.
                if message["kind"] == "stop" and not self.over.wait(STREAM_SECONDS):
                    self.messages.put(message)

    def give_up_clock(self):
        """The job has ended, or does not answer: its node's time will not be known better."""
        if not self.is_clock_known or self.asked:
            self.is_clock_known = True
            self.asked.clear()
            self.loose("p", b"unknown")
        self.asked_since = None
        self.is_caught_up = True

    def loose(self, kind, payload, time_ms=None):
        with self.lock:
            frames.write_loose(self.out, kind, payload, time_ms)

    def read_log(self):
        try:
            for line in self.job.lines():
                self.heard = time.monotonic()
                self.take(line)
                if self.has_ended:
                    break
            if not self.has_ended:
                self.explain()
        except (OSError, http.client.HTTPException) as error:
            print("cannot follow the log of the Ray job: %s" % error, file=sys.stderr)
        self.over.set()

    def watch_job(self):
        """The stream of a log goes on after the end of its job."""
        ended_since = None
        while not self.over.wait(LOOK_SECONDS):
            try:
                has_ended = (self.job.ask() or {}).get("status") in ENDED
            except (OSError, http.client.HTTPException):
                continue
            if not has_ended:
                continue
            self.give_up_clock()
            ended_since = ended_since or time.monotonic()
            # The log may be long, and the connection to it slow.
            silent = time.monotonic() - max(self.heard or 0, ended_since)
            if silent > (SILENT_SECONDS if self.heard is None else LOOK_SECONDS) and not self.has_ended:
                try:
                    self.explain()
                except (OSError, http.client.HTTPException):
                    continue
                self.over.set()

    def take(self, line):
        """A line of the log; one that was taken before changes nothing."""
        with self.reading:
            if not self.has_ended and not self.has_failed:
                self.take_new(line)

    def take_new(self, line):
        words = line.split(b" ", 3)
        if words[0] == b":::PITWALL-FRAMES" and len(words) == 4 and words[1].decode() == self.host:
            skipped = self.offset - int(words[2])
            data = base64.b64decode(words[3])[max(0, skipped):]
            # Behind a line that the stream has left out: it is read again after the end of the job.
            if skipped < 0 or not data:
                return
            self.offset += len(data)
            self.tail = (self.tail + data)[-8192:]
            with self.lock:
                self.out.write(self.whole.push(data))
                self.out.flush()
            self.has_ended = frames.has_ended(self.tail)
            if self.has_ended:
                self.give_up_clock()
        elif words[0] == b":::PITWALL-PONG" and len(words) == 4 and words[1].decode() == self.host:
            text = words[3].decode()
            if text in self.asked:
                self.asked.discard(text)
                self.asked_since, self.is_clock_known, self.is_caught_up = None, True, True
                self.loose("p", text.encode(), float(words[2]))
        elif words[0] == b":::PITWALL-RAY":
            event = json.loads(line.split(b" ", 1)[1])
            if event["kind"] == "lost" and event["host"] == self.host:
                self.fail(event["reason"])

    def explain(self):
        """The stream ended before the frames did: it may be late, or the job was killed."""
        info = self.job.ask() or {}
        if info.get("status") not in ENDED:
            return
        for line in self.job.log():
            self.take(line)
        if not self.has_ended and not self.has_failed:
            said = (info.get("message") or "").strip().split("\n")[-1]
            self.fail("the Ray job has ended: %s, %s" % (info["status"], said))

    def fail(self, reason):
        self.has_failed = True
        self.loose("f", json.dumps({"reason": reason}).encode())


def status(job):
    info = job.ask()
    has_ended = info is not None and info["status"] in ENDED
    print(json.dumps({
        "isKnown": info is not None, "isAlive": not has_ended, "hasEnded": has_ended, "frameBytes": 0, "processCount": 0, "ranks": [],
    }))


class Remote:
    """A command on a node: a Ray job of its own, whose log is its output. See ray_shell.py."""

    CHUNK_BYTES = 1 << 20
    MOST_UNTAKEN = 4
    KEEP_SECONDS = 15
    START_SECONDS = 120

    def __init__(self, spec, words, has_terminal):
        self.spec, self.words = json.loads(base64.b64decode(spec)), words
        self.has_terminal = has_terminal
        self.job = Job(self.spec["address"], "pitwall-on-" + os.urandom(8).hex())
        self.taken, self.sent = 0, 0
        self.lock, self.changed = threading.Lock(), threading.Condition()
        self.code = None

    def run(self):
        for number in (signal.SIGTERM, signal.SIGHUP) + (() if self.has_terminal else (signal.SIGINT,)):
            signal.signal(number, lambda *_: self.interrupt())
        request = {"words": self.words}
        if self.has_terminal:
            columns, rows = os.get_terminal_size(0)
            request["terminal"] = {"rows": rows, "columns": columns, "type": os.environ.get("TERM", "xterm")}
        self.submit(request)
        restore = self.make_raw() if self.has_terminal else None
        try:
            for target in (self.send_input, self.keep, self.watch, self.sweep):
                threading.Thread(target=target, daemon=True).start()
            self.read_log()
        finally:
            if restore is not None:
                restore()
        return self.code

    def submit(self, request):
        name = "pitwall-request-" + self.job.id
        self.job.upload(name, json.dumps(request).encode())
        arguments = " ".join((self.job.id, self.spec["nodeId"], name))
        body = {
            "entrypoint": self.spec["entrypoint"].replace("{arguments}", arguments), "submission_id": self.job.id,
            "runtime_env": {"working_dir": self.spec["package"]},
        }
        status, text = self.job.send("POST", self.job.below("/api/jobs/"), json.dumps(body))
        if status != 200:
            raise OSError("Ray refused the command: %s" % text.decode(errors="replace").strip().split("\n")[-1])
        deadline = time.monotonic() + self.START_SECONDS
        while (self.job.ask() or {}).get("status") == "PENDING":
            if time.monotonic() > deadline:
                raise OSError("Ray did not start the command within %d s" % self.START_SECONDS)
            time.sleep(0.1)

    def read_log(self):
        for line in self.job.lines():
            self.take(line.split(b" ", 2))
            if self.code is not None:
                return
        self.explain()

    def take(self, words):
        if words[0] == b":::PITWALL-OUT":
            write_all(1 if words[1] == b"o" else 2, base64.b64decode(words[2]))
        elif words[0] == b":::PITWALL-TAKEN":
            with self.changed:
                self.taken = int(words[1])
                self.changed.notify_all()
        elif words[0] == b":::PITWALL-EXIT":
            self.code = int(words[1])

    def watch(self):
        """The stream of a log goes on after the end of its job."""
        while self.code is None:
            time.sleep(LOOK_SECONDS)
            try:
                info = self.job.ask() or {}
            except (OSError, http.client.HTTPException):
                continue
            if info.get("status") in ENDED:
                time.sleep(LOOK_SECONDS)
                if self.code is None:
                    self.explain()
                    sys.stdout.flush()
                    os._exit(self.code)

    def explain(self):
        said = ((self.job.ask() or {}).get("message") or "its log ended").strip().split("\n")[-1]
        print("pitwall: the command has ended in Ray: %s" % said, file=sys.stderr)
        self.code = 127

    def tell(self, content):
        with self.lock:
            try:
                self.job.tell(content)
            except (OSError, http.client.HTTPException) as error:
                print("pitwall: %s" % error, file=sys.stderr)
                os._exit(127)

    def send_input(self):
        while True:
            select.select([0], [], [])
            data = os.read(0, self.CHUNK_BYTES)
            if not data:
                self.tell(b"e")
                return
            with self.changed:
                while self.sent - self.taken >= self.MOST_UNTAKEN:
                    self.changed.wait()
            self.sent += 1
            self.tell(b"d" + data)

    def keep(self):
        while True:
            time.sleep(self.KEEP_SECONDS)
            self.tell(b"k")

    def interrupt(self):
        threading.Thread(target=self.tell, args=(b"s",), daemon=True).start()

    def make_raw(self):
        """Keys reach the command unchanged, Ctrl-C too."""
        before = termios.tcgetattr(0)
        tty.setraw(0)
        signal.signal(signal.SIGWINCH, lambda *_: self.resize())
        return lambda: termios.tcsetattr(0, termios.TCSADRAIN, before)

    def resize(self):
        columns, rows = os.get_terminal_size(0)
        threading.Thread(target=self.tell, args=(b"w%d %d" % (rows, columns),), daemon=True).start()

    def sweep(self):
        """The cluster's list of jobs does not keep every command."""
        try:
            for info in json.loads(self.job.send("GET", self.job.below("/api/jobs/"))[1]):
                name = info.get("submission_id") or ""
                if name.startswith("pitwall-on-") and info["status"] in ENDED:
                    Job(self.job.address, name).ask("DELETE")
        except (OSError, ValueError, http.client.HTTPException):
            pass


def write_all(descriptor, data):
    """Standard streams that a caller such as rsync has opened may not block, and then take only a part."""
    view = memoryview(data)
    while view:
        select.select([], [descriptor], [])
        try:
            view = view[os.write(descriptor, view):]
        except BlockingIOError:
            pass


def run_on_node(spec, words, has_terminal=False):
    try:
        return Remote(spec, words, has_terminal).run()
    except (OSError, http.client.HTTPException) as error:
        print("pitwall: cannot run the command on the node: %s" % error, file=sys.stderr)
        return 255


def pack(path, root, own):
    names = [name for name in sys.stdin.read().split("\0") if name]
    parts = [(root, name) for name in names if name.split("/")[0] != ".pitwall"]
    for folder, _, files in sorted(os.walk(os.path.join(own, ".pitwall"))):
        parts += [(own, os.path.relpath(os.path.join(folder, name), own)) for name in sorted(files)]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6, strict_timestamps=False) as archive:
        for folder, name in parts:
            if os.path.isfile(os.path.join(folder, name)):
                archive.write(os.path.join(folder, name), name)


def main(words):
    command, rest = words[0], words[1:]
    if command == "follow":
        address, name, host = rest[0].rsplit("#", 2)
        Follower(Job(address, name), host, int(rest[1])).run()
    elif command == "status":
        status(Job(*rest[0].rsplit("#", 2)[:2]))
    elif command == "on":
        has_terminal = rest[1] == "--terminal"
        return run_on_node(rest[0], rest[rest.index("--") + 1:], has_terminal)
    elif command == "rsh":
        return run_on_node(rest[0], ["sh", "-c", " ".join(rest[2:])])
    elif command == "pack":
        pack(rest[0], rest[1], rest[2])


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code or 0)
