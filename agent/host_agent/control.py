"""The commands `stop`, `status`, `enter` and `remove`."""

import json
import os
import shutil
import signal
import sys
import time

from host_agent.frames import has_ended
from host_agent.job_folder import is_alive, state_of, stored_job, tell_agent
from host_agent.network import choose_interface
from host_agent.processes import marked, prctl, send

NO_JOB_CODE = 93


def stop(folder, grace_ms):
    """Ends a job, also one whose agent has died. Prints how many of its processes were found."""
    name = os.path.basename(os.path.normpath(folder))
    found = marked(name)
    if not tell_agent(folder, {"kind": "stop", "graceMs": grace_ms}):
        send(found, signal.SIGTERM)
    deadline = time.monotonic() + grace_ms / 1000
    while marked(name) and time.monotonic() < deadline:
        time.sleep(0.05)
    deadline = time.monotonic() + 5
    while marked(name) and time.monotonic() < deadline:
        send(marked(name), signal.SIGKILL)
        time.sleep(0.05)
    print(json.dumps({"endedCount": len(found), "leftCount": len(marked(name))}), flush=True)


def status(folder):
    """What is known of a job here, for Pitwall to attach to it or to end it."""
    frames = os.path.join(folder, "frames")
    size, tail = 0, b""
    try:
        with open(frames, "rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - 8192))
            tail = file.read()
    except OSError:
        pass
    job = stored_job(folder)
    starters = job["starters"] if job else []
    print(json.dumps({
        "isKnown": job is not None and os.path.exists(frames),
        "isAlive": state_of(folder) is not None and is_alive(folder),
        "hasEnded": has_ended(tail),
        "frameBytes": size,
        "processCount": len(marked(os.path.basename(os.path.normpath(folder)))),
        "ranks": [each for starter in starters for each in starter["ranks"]],
    }))


def enter(folder, rank_text, command):
    """Replaces this process by a command that sees what a rank of the job sees; it ends with the connection."""
    job = stored_job(folder)
    if job is None:
        print("pitwall: no job in %s on this host" % folder, file=sys.stderr)
        return NO_JOB_CODE
    ranks = [each for starter in job["starters"] for each in starter["ranks"]]
    number_ = ranks[0] if rank_text == "-" else int(rank_text)
    starter = next(each for each in job["starters"] if number_ in each["ranks"])
    local = str(ranks.index(number_))
    env = dict(os.environ, **job["env"])
    env.update(RANK=str(number_), LOCAL_RANK=local, PITWALL_RANK=str(number_), PITWALL_LOCAL_RANK=local)
    env.update(starter["env"])
    choose_interface(env)
    os.chdir(job["cwd"])
    if not command:
        command = [os.environ.get("SHELL", "/bin/sh"), "-i"]
    else:
        prctl(1, signal.SIGTERM)
    try:
        os.execvpe(command[0], command, env)
    except OSError as error:
        print("pitwall: cannot start `%s`: %s" % (command[0], error.strerror), file=sys.stderr)
        return 127


def remove(folder):
    """Deletes the folder of a job that has ended."""
    shutil.rmtree(folder, ignore_errors=True)
