"""Runs one command on one node of a Ray cluster: the entry point of a Ray job that `ray_link.py on` submits. Arguments: the name of the job,
the id of the node, and the name of the request, which is JSON: `words`, and `terminal` with `rows`, `columns` and `type` for one.

`{agent}` and `{agentPython}` in the words are the agent's file on the node, and Python there. The log of the job has these lines:

  :::PITWALL-OUT o|e BASE64    bytes of standard output or error
  :::PITWALL-TAKEN COUNT       how many uploads the command has read
  :::PITWALL-EXIT CODE         the last line

Each upload is one letter and content: `d` bytes of standard input, `e` its end, `w` rows and columns, `k` nothing, which says that the
caller is still there, and `s` that the command is to be ended.
"""

import base64
import fcntl
import json
import os
import pty
import queue
import signal
import struct
import subprocess
import sys
import termios
import threading
import time

import ray
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from ray_driver import Mailbox, connect, take_upload

PIECE_BYTES = 12000  # as base64 below 20,000 characters, beyond which Ray cuts lines
QUEUE_LENGTH = 64
WAIT_SECONDS = 0.02
SILENT_SECONDS = 60
START_SECONDS = 120


class Command:
    """The command, on its node."""

    def __init__(self, words, terminal):
        own = os.path.join(os.getcwd(), ".pitwall", "pitwall_agent.py")
        words = [word.replace("{agentPython}", sys.executable).replace("{agent}", own) for word in words]
        env = dict(os.environ)
        for name in ("OMP_NUM_THREADS", "CUDA_VISIBLE_DEVICES"):
            env.pop(name, None)  # Ray sets them to the resources of this actor, which are none
        self.pieces = queue.Queue(QUEUE_LENGTH)
        self.is_over = False
        if terminal:
            self.input, theirs = pty.openpty()
            self.resize(terminal["rows"], terminal["columns"])
            self.process = subprocess.Popen(
                words, stdin=theirs, stdout=theirs, stderr=theirs, env=dict(env, TERM=terminal["type"]),
                preexec_fn=lambda: (os.setsid(), fcntl.ioctl(0, termios.TIOCSCTTY, 0)))
            os.close(theirs)
            sources = [("o", self.input)]
        else:
            self.process = subprocess.Popen(
                words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env, start_new_session=True)
            self.input = self.process.stdin.fileno()
            sources = [("o", self.process.stdout.fileno()), ("e", self.process.stderr.fileno())]
        threads = [threading.Thread(target=self.follow, args=source, daemon=True) for source in sources]
        for thread in threads:
            thread.start()
        threading.Thread(target=self.finish, args=(threads,), daemon=True).start()

    def follow(self, stream, descriptor):
        while True:
            try:
                data = os.read(descriptor, PIECE_BYTES)
            except OSError:
                return  # the terminal has no reader any more
            if not data:
                return
            self.pieces.put((stream, data))

    def finish(self, threads):
        code = self.process.wait()
        for thread in threads:
            thread.join(5)
        self.pieces.put(("x", code if code >= 0 else 128 - code))

    def read(self):
        """What the command has printed since, after a short wait if that is nothing."""
        found = []
        try:
            found.append(self.pieces.get(timeout=0.5))
            while len(found) < QUEUE_LENGTH:
                found.append(self.pieces.get_nowait())
        except queue.Empty:
            pass
        return found

    def write(self, data):
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(self.input, view):]
        except OSError:
            pass  # the command does not read any more

    def end_input(self):
        try:
            self.process.stdin.close()
        except (OSError, AttributeError):
            pass

    def resize(self, rows, columns):
        fcntl.ioctl(self.input, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def stop(self):
        for number, seconds in ((signal.SIGHUP, 0), (signal.SIGTERM, 2), (signal.SIGKILL, 3)):
            try:
                self.process.wait(seconds)
                return
            except subprocess.TimeoutExpired:
                pass
            try:
                os.killpg(self.process.pid, number)
            except OSError:
                return


class Session:
    """Passes uploads to the command in their order, and prints what it prints."""

    def __init__(self, command, mailbox):
        self.command, self.mailbox = command, mailbox
        self.waiting, self.taken, self.writing = [], 0, None
        self.heard = time.monotonic()
        self.is_stopped = False

    def run(self):
        reading = self.command.read.remote()
        while True:
            self.pass_on()
            if not ray.wait([reading], timeout=WAIT_SECONDS)[0]:
                continue
            for kind, content in ray.get(reading):
                if kind == "x":
                    return content
                print(":::PITWALL-OUT %s %s" % (kind, base64.b64encode(content).decode()), flush=True)
            reading = self.command.read.remote()

    def pass_on(self):
        for upload in self.mailbox.take():
            self.heard = time.monotonic()
            self.waiting.append(upload)
        if time.monotonic() - self.heard > SILENT_SECONDS:
            self.stop()
        if self.writing is not None and ray.wait([self.writing], timeout=0)[0]:
            self.writing = None
            self.taken += 1
            print(":::PITWALL-TAKEN %d" % self.taken, flush=True)
        while self.waiting and self.writing is None:
            upload = self.waiting.pop(0)
            kind, content = upload[:1], upload[1:]
            if kind == b"d":
                self.writing = self.command.write.remote(content)
            elif kind == b"e":
                self.command.end_input.remote()
            elif kind == b"w":
                self.command.resize.remote(*map(int, content.split()))
            elif kind == b"s":
                self.stop()

    def stop(self):
        if not self.is_stopped:
            self.is_stopped = True
            self.command.stop.remote()


def main(job, node_id, request_name):
    connect()
    request = json.loads(take_upload("gcs://" + request_name))
    mailbox = Mailbox(job)
    place = NodeAffinitySchedulingStrategy(node_id, soft=False)
    actor = ray.remote(Command).options(num_cpus=0, max_concurrency=4, scheduling_strategy=place)
    command = actor.remote(request["words"], request.get("terminal"))
    try:
        ray.get(command.__ray_ready__.remote(), timeout=START_SECONDS)
        code = Session(command, mailbox).run()
    except Exception as error:
        cause = getattr(error, "cause", None) or error
        text = "pitwall: %s\n" % str(cause).strip().split("\n")[-1]
        print(":::PITWALL-OUT e %s" % base64.b64encode(text.encode()).decode(), flush=True)
        code = 127
    finally:
        mailbox.close()
    print(":::PITWALL-EXIT %d" % code, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
