"""The commands `follow` and `clock`."""

import json
import os
import select
import shutil
import sys
import time

from host_agent.frames import has_ended, now_ms, WholeFrames, write_loose
from host_agent.job_folder import fail, is_alive, tell_agent, touch


def follow(folder, offset):
    """Prints frames as they are stored. A command of the caller is passed on to the agent."""
    path = os.path.join(folder, "frames")
    deadline = time.monotonic() + 60
    while not os.path.exists(path):
        if time.monotonic() > deadline:
            fail("no-frames", "no job in %s on this host" % folder)
        time.sleep(0.02)
    out = sys.stdout.buffer
    os.set_blocking(0, False)
    file = open(path, "rb")
    file.seek(offset)
    unread, beat, is_open, tail = b"", 0.0, True, b""
    untold, is_done = [], False
    whole = WholeFrames()
    while True:
        # An agent that is still starting cannot be told yet.
        untold = [message for message in untold if not tell_agent(folder, message)]
        data = file.read(1 << 18)
        if data:
            out.write(whole.push(data))
            out.flush()
            tail = (tail + data)[-8192:]
        elif has_ended(tail):
            if is_done:
                shutil.rmtree(folder, ignore_errors=True)
            else:
                remove_when_taken(folder, is_open, out)
            return
        if is_open:
            ready = select.select([0], [], [], 0 if data else 0.02)[0]
            if ready:
                text = os.read(0, 4096)
                is_open = bool(text)
                unread += text
                *lines, unread = unread.split(b"\n")
                # The caller may confirm the last frame before this loop comes to look for it.
                is_done = is_done or b"done" in lines
                for line in lines:
                    untold.extend(messages_of(folder, line.decode(errors="replace"), out))
        elif not data:
            time.sleep(0.02)
        if time.monotonic() - beat > 1 and not data:
            beat = time.monotonic()
            write_loose(out, "h", b"")
            if not is_alive(folder) and os.fstat(file.fileno()).st_size <= file.tell():
                write_loose(out, "f", json.dumps({"reason": "the agent of this host has died"}).encode())
                return


def messages_of(folder, line, out):
    """What the agent has to be told because of a line of the caller; a question about the time is answered here."""
    word, _, rest = line.partition(" ")
    if word == "ping":
        touch(os.path.join(folder, "contact"))
        write_loose(out, "p", rest.encode())
    elif word == "stop":
        return [{"kind": "stop", "graceMs": float(rest)}]
    elif word == "signal":
        return [{"kind": "signal", "name": rest}]
    return []


def remove_when_taken(folder, is_open, out):
    """The job's folder is removed once the caller confirms with a line `done` that its record is closed."""
    unread, deadline = b"", time.monotonic() + 600
    while is_open and time.monotonic() < deadline:
        if not select.select([0], [], [], 0.1)[0]:
            continue
        text = os.read(0, 4096)
        is_open = bool(text)
        *lines, unread = (unread + text).split(b"\n")
        if b"done" in lines:
            shutil.rmtree(folder, ignore_errors=True)
            return
        for line in lines:
            if line.startswith(b"ping "):
                messages_of(folder, line.decode(errors="replace"), out)


def clock():
    """Until standard input ends."""
    for line in sys.stdin:
        word, _, text = line.strip().partition(" ")
        if word == "ping":
            print(text, "%.3f" % now_ms(), flush=True)
