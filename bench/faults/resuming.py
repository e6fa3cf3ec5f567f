"""A training that stores its step and continues from it, for `bench/recovery-times.js`: `resuming.py FAULT RANK STEP`.

Rank 0 collects a number from the others in each step, so that all wait for a rank that hangs. The file FAULT_FILE says when the fault happened, and a
line when each attempt completed its first step, in milliseconds since the epoch.
"""

import os
import signal
import socket
import sys
import time

kind, culprit, at = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
rank, world = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
attempt = int(os.environ.get("PITWALL_ATTEMPT") or 1 + int(os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")))
folder = os.environ.get("PITWALL_RUN_DIR") or os.environ["STORED_IN"]
stored = os.path.join(folder, "stored-%d" % rank)
address = (os.environ["MASTER_ADDR"], int(os.environ["MASTER_PORT"]) + 7 + attempt)


def say(text):
    print(text, flush=True)


def connect():
    if rank == 0:
        server = socket.create_server(("", address[1]), backlog=world)
        server.settimeout(60)
        return [server.accept()[0] for _ in range(world - 1)]
    until = time.monotonic() + 60
    while True:
        try:
            return [socket.create_connection(address, timeout=5)]
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def exchange(links):
    if rank != 0:
        links[0].sendall(b"1")
        if not links[0].recv(1):
            raise ConnectionError("Connection closed by peer")
        return
    for link in links:
        if not link.recv(1):
            raise ConnectionError("Connection closed by peer")
    for link in links:
        link.sendall(b"1")


def fail():
    # Not printed: a line that was never printed before would change when the silence after it is unusual.
    with open(os.environ["FAULT_FILE"], "w") as file:
        file.write(str(time.time() * 1000))
    if kind == "crash":
        {"image": 1}["labels"]
    if kind == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if kind == "hang":
        time.sleep(3600)


links = connect()
for link in links:
    link.settimeout(None)
step = int(open(stored).read()) if os.path.exists(stored) else 0
first = True
while step < 60:
    time.sleep(0.15)
    if attempt == 1 and rank == culprit and step == at:
        fail()
    exchange(links)
    step += 1
    with open(stored, "w") as file:
        file.write(str(step))
    if rank == 0:
        if first:
            say("attempt %d trains %d" % (attempt, time.time() * 1000))
        say("step %d val_acc=%.3f samples=%d" % (step, step / 60, step * world))
    first = False
