"""What this host is."""

import os
import platform
import socket
import sys
import time

from host_agent.frames import now_ms
from host_agent.meters import gpus
from host_agent.network import free_port, interfaces
from host_agent.processes import all_pids, MARK


def describe():
    """What this host is, for the record and for the checks before a launch."""
    python = sys.executable
    return {
        "hostname": socket.gethostname(),
        "timeMs": now_ms(),
        "user": os.environ.get("USER", str(os.getuid())),
        "home": os.path.expanduser("~"),
        "homeId": home_id(),
        "python": python,
        "pythonVersion": platform.python_version(),
        "system": "%s %s" % (platform.system(), platform.release()),
        "operatingSystem": os_name(),
        "cpuModel": cpu_model(),
        "coreCount": usable_cores(),
        "memoryBytes": memory_bytes(),
        "gpus": gpus(),
        "interfaces": interfaces(),
        "reachedAt": (os.environ.get("SSH_CONNECTION", "").split() or [None] * 3)[2],
        "freePort": free_port(),
        "leasePort": free_port(),
        "jobs": jobs_here(),
    }


def jobs_here():
    """Jobs of this user: name -> how many processes run; those that left only a folder have none."""
    folder = os.path.join(os.path.expanduser("~"), ".pitwall", "jobs")
    try:
        found = {name: 0 for name in os.listdir(folder) if os.path.isdir(os.path.join(folder, name))}
    except OSError:
        return {}
    for pid in all_pids():
        try:
            with open("/proc/%d/environ" % pid, "rb") as file:
                names = [each[len(MARK) + 1:].decode(errors="replace") for each in file.read().split(b"\0")
                         if each.startswith(MARK.encode() + b"=")]
        except OSError:
            continue
        for name in names:
            if name in found:
                found[name] += 1
    return found


def home_id():
    """A name of the home folder: hosts that answer the same share it."""
    path = os.path.join(os.path.expanduser("~"), ".pitwall", "home-id")
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    try:
        with open(path, "x") as file:
            file.write(os.urandom(8).hex())
    except FileExistsError:
        pass
    deadline = time.monotonic() + 2
    while os.path.getsize(path) == 0 and time.monotonic() < deadline:
        time.sleep(0.01)
    with open(path) as file:
        return file.read()


def os_name():
    try:
        with open("/etc/os-release") as file:
            fields = dict(line.rstrip("\n").split("=", 1) for line in file if "=" in line)
        return fields.get("PRETTY_NAME", "").strip('"')
    except OSError:
        return platform.platform()


def cpu_model():
    try:
        with open("/proc/cpuinfo") as file:
            for line in file:
                if line.startswith("model name"):
                    return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor()


def usable_cores():
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def memory_bytes():
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (OSError, ValueError):
        return None
