"""The commands `start` and `run`, and the request of a job, as Pitwall stored or sends it."""

import json
import os
import sys
import time

from host_agent.job_folder import fail, write_whole
from host_agent.supervisor import Supervisor

HELD_SILENT_SECONDS = 120


def start(folder):
    """Starts the agent in the background; it survives the end of this connection."""
    job = read_job(folder)
    if os.fork() > 0:
        wait_for_state(folder)
        return
    os.setsid()
    if os.fork() > 0:
        os._exit(0)
    null = os.open(os.devnull, os.O_RDWR)
    log = os.open(os.path.join(folder, "agent.log"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(null, 0)
    os.dup2(null, 1)
    os.dup2(log, 2)
    os.chdir("/")
    Supervisor(folder, job).run()
    os._exit(0)


def run(folder):
    """Runs the agent in the foreground."""
    Supervisor(folder, read_job(folder)).run()


def wait_for_state(folder):
    deadline = time.monotonic() + 20
    while not os.path.exists(os.path.join(folder, "agent.json")):
        if time.monotonic() > deadline:
            fail("agent-silent", "the agent did not start within 20 s")
        time.sleep(0.005)
    print(json.dumps({"kind": "started"}), flush=True)


def read_job(folder):
    os.makedirs(folder, mode=0o700, exist_ok=True)
    path = os.path.join(folder, "job.json")
    text = sys.stdin.read() if not os.path.exists(path) else open(path).read()
    job = json.loads(text)
    if not os.path.exists(path):
        write_whole(path, text)
    if job.get("isHeld"):
        job = when_released(folder, job)
    if not os.path.isdir(job["cwd"]):
        fail("cwd-missing", "no folder %s on this host" % job["cwd"])
    return job


def when_released(folder, job):
    """Waits until Pitwall has put code and data on this node. It says where the code is, and which variables to add."""
    path = os.path.join(folder, "release.json")
    seen, seen_at = None, time.monotonic()
    while not os.path.exists(path):
        touched = modified(os.path.join(folder, "held"))
        if touched != seen:
            seen, seen_at = touched, time.monotonic()
        is_silent = time.monotonic() - seen_at > HELD_SILENT_SECONDS
        if is_silent or os.path.exists(os.path.join(folder, "abandoned")):
            fail("not-prepared", "Pitwall ended before it had prepared this node")
        time.sleep(0.02)
    with open(path) as file:
        released = json.load(file)
    return dict(job, cwd=released.get("cwd", job["cwd"]), env=dict(job["env"], **released["env"]))


def modified(path):
    try:
        return os.stat(path).st_mtime
    except OSError:
        return None
