"""Processes of this host, as the kernel lists them."""

import os
import signal
import sys

IS_LINUX = sys.platform.startswith("linux")
MARK = "PITWALL_JOB"
OWN_PIDS = set()  # of nvidia-smi, while it runs


def prctl(option, value):
    if IS_LINUX:
        import ctypes
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def die_with_parent():
    """Runs in a child before its program: the kernel ends it with SIGKILL when its parent ends."""
    prctl(1, signal.SIGKILL)


def prepare_rank():
    """Runs in a child before its program. SIGUSR1 asks for a checkpoint, and does not end a program, or torchrun, without a handler."""
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    if IS_LINUX:
        die_with_parent()


def read_stat(pid):
    """(state, parent, group, CPU seconds, resident bytes) of a process; None once it is gone."""
    try:
        with open("/proc/%d/stat" % pid, "rb") as file:
            fields = file.read().rsplit(b") ", 1)[1].split()
    except (OSError, IndexError):
        return None
    # With that of its ended children, so that the time of a process is not lost when its parent collects it.
    ticks = sum(int(field) for field in fields[11:15])
    memory = int(fields[21]) * os.sysconf("SC_PAGE_SIZE")
    return fields[0], int(fields[1]), int(fields[2]), ticks / os.sysconf("SC_CLK_TCK"), memory


def all_pids():
    try:
        return [int(name) for name in os.listdir("/proc") if name.isdigit()]
    except OSError:
        return []


def descendants(root):
    """Living processes below `root`, as pid -> stat. The agent adopts orphans, so none gets away."""
    stats = {pid: stat for pid, stat in ((pid, read_stat(pid)) for pid in all_pids()) if stat}
    children = {}
    for pid, stat in stats.items():
        children.setdefault(stat[1], []).append(pid)
    found, waiting = {}, list(children.get(root, []))
    while waiting:
        pid = waiting.pop()
        if stats[pid][0] != b"Z":
            found[pid] = stats[pid]
        waiting.extend(children.get(pid, []))
    return found


def marked(job_name):
    """Processes of a job whose agent has died: they carry its name in their environment."""
    entry = ("%s=%s" % (MARK, job_name)).encode()
    found = []
    for pid in all_pids():
        try:
            with open("/proc/%d/environ" % pid, "rb") as file:
                if entry in file.read().split(b"\0") and pid != os.getpid():
                    found.append(pid)
        except OSError:
            pass
    return [pid for pid in found if (read_stat(pid) or (b"Z",))[0] != b"Z"]


def send(pids, number):
    for pid in pids:
        try:
            os.kill(pid, number)
        except OSError:
            pass


def job_processes(job):
    """Living processes of the job that this agent runs; what the agent itself has started to look at the host is none of it."""
    found = {pid: stat for pid, stat in descendants(os.getpid()).items() if pid not in OWN_PIDS}
    if any(starter.get("isAwaited") for starter in job["starters"]):
        for pid in marked(job["name"]):
            stat = read_stat(pid)
            if stat is not None:
                found[pid] = stat
    return found
