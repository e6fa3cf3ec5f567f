"""The folder of a job on this host, and messages to its agent."""

import json
import os
import socket

from host_agent.processes import IS_LINUX


def write_whole(path, text):
    """Another process sees the old content or the new one."""
    with open(path + ".new", "w") as file:
        file.write(text)
    os.rename(path + ".new", path)


def fail(code, reason):
    print(json.dumps({"kind": "failed", "code": code, "reason": reason}), flush=True)
    os._exit(3)


def touch(path):
    """Renews the lease of the agent."""
    try:
        with open(path, "a"):
            os.utime(path)
    except OSError:
        pass


def stored_job(folder):
    try:
        with open(os.path.join(folder, "job.json")) as file:
            return json.load(file)
    except (OSError, ValueError):
        return None


def state_of(folder):
    try:
        with open(os.path.join(folder, "agent.json")) as file:
            return json.load(file)
    except (OSError, ValueError):
        return None


def is_alive(folder):
    state = state_of(folder)
    if state is None or state["hostname"] != socket.gethostname():
        return True  # still starting, or on another host that shares this folder
    try:
        os.kill(state["pid"], 0)
        return True
    except OSError:
        return False


def tell_agent(folder, message):
    state = state_of(folder)
    if state is None:
        return False
    if state["hostname"] != socket.gethostname():
        return message["kind"] != "stop" or write_stop_file(folder, message["graceMs"])
    kind = socket.SOCK_SEQPACKET if IS_LINUX else socket.SOCK_STREAM
    with socket.socket(socket.AF_UNIX, kind) as connection:
        try:
            connection.connect(state["address"])
            connection.send(json.dumps(message).encode())
            return True
        except OSError:
            return False


def write_stop_file(folder, grace_ms):
    path = os.path.join(folder, "stop")
    try:
        with open(path + ".new", "w") as file:
            file.write(str(grace_ms))
        os.rename(path + ".new", path)
        return True
    except OSError:
        return False
