"""What each rank of a job is doing on this host now: `python3 -c <this file>`, in the environment of one of its ranks. Prints one line of JSON.

For each rank: its stack by py-spy, if that is installed; else, if its program uses `pitwall.py`, the stack and the Flight Recorder dump that the
helper writes when it is asked; and in any case the system call in which its main thread waits. Standard library only.
"""

import base64
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time

HELPER_SECONDS, PY_SPY_SECONDS, RAS_SECONDS, MAXIMUM_BYTES = 4, 15, 8, 8 << 20
SAMPLES, SAMPLE_SECONDS = 6, 0.2
CALLS = {
    "x86_64": {0: "read", 7: "poll", 23: "select", 35: "nanosleep", 45: "recvfrom", 47: "recvmsg", 61: "wait4", 202: "futex", 230: "clock_nanosleep", 232: "epoll_wait", 247: "waitid", 271: "ppoll", 281: "epoll_pwait"},
    "aarch64": {63: "read", 73: "ppoll", 72: "pselect6", 101: "nanosleep", 207: "recvfrom", 212: "recvmsg", 260: "wait4", 98: "futex", 115: "clock_nanosleep", 22: "epoll_pwait", 95: "waitid"},
}


def read(path):
    try:
        with open(path, "rb") as file:
            return file.read().decode("utf-8", "replace")
    except OSError:
        return ""


def environment(pid):
    return dict(part.split("=", 1) for part in read("/proc/%d/environ" % pid).split("\0") if "=" in part)


def program_of(pid):
    try:
        return os.path.basename(os.readlink("/proc/%d/exe" % pid))
    except OSError:
        return ""


def parent(pid):
    fields = read("/proc/%d/stat" % pid).rpartition(")")[2].split()
    return int(fields[1]) if len(fields) > 1 else 0


def find_ranks(folder):
    """Rank -> the process of its program: the outermost Python that is not Pitwall's own or a launcher."""
    found = {}
    for name in os.listdir("/proc"):
        if not name.isdigit() or int(name) == os.getpid():
            continue
        pid = int(name)
        words = read("/proc/%d/cmdline" % pid).split("\0")
        env = environment(pid)
        is_own = re.search(r"pitwall_agent|\.pitwall/agent/", " ".join(words[:4])) or "torch.distributed.run" in words or "torchrun" in words[0] + "".join(words[1:2])
        is_python = "python" in program_of(pid)
        rank = env.get("RANK", env.get("PITWALL_RANK", ""))
        if env.get("PITWALL_RUN_DIR") == folder and rank.isdigit() and is_python and not is_own:
            found[pid] = int(rank)
    return {rank: pid for pid, rank in found.items() if found.get(parent(pid)) != rank}


def waiting_in(pid):
    """The call of the kernel in which the main thread is, as (name, of what); None if it is not known."""
    state = read("/proc/%d/stat" % pid).rpartition(")")[2].split()[:1]
    if state == ["T"] or state == ["t"]:
        return "stopped", ""
    if state == ["R"]:
        return "running", ""
    text = read("/proc/%d/syscall" % pid).split()
    if not text or not text[0].lstrip("-").isdigit():
        # Not readable, or between two calls.
        where = read("/proc/%d/wchan" % pid)
        return (where, "") if where not in ("", "0") else None
    number = int(text[0])
    name = CALLS.get(os.uname().machine, {}).get(number, "system call %d" % number)
    of = ""
    if name == "clock_nanosleep" and len(text) > 2 and int(text[2], 16) & 1:
        # As `time.sleep` of Python does; C++ code that tries again, such as PyTorch's store, sleeps for a duration.
        return "clock_nanosleep until a time", ""
    if name in ("read", "recvfrom", "recvmsg"):
        try:
            of = os.readlink("/proc/%d/fd/%d" % (pid, int(text[1], 16))).split(":")[0]
        except OSError:
            pass
    return name, of


def samples_of(ranks):
    """Of each rank over a second: the call in which its main thread is most often, how much of a processor it uses, and how often it wakes up."""
    calls = {rank: [] for rank in ranks}
    begun, first = time.monotonic(), {rank: activity(pid) for rank, pid in ranks.items()}
    for turn in range(SAMPLES):
        if turn > 0:
            time.sleep(SAMPLE_SECONDS)
        for rank, pid in ranks.items():
            calls[rank].append(waiting_in(pid))
    seconds = time.monotonic() - begun
    seen = {}
    for rank, pid in ranks.items():
        last = activity(pid)
        known = first[rank] is not None and last is not None
        cpu = (last[0] - first[rank][0]) / seconds if known else None
        # A waiting thread runs for moments, and then looks like one that computes.
        waits = [call for call in calls[rank] if call is not None and (call[0] != "running" or cpu is None or cpu > 0.5)]
        most = max(waits, key=waits.count) if waits else calls[rank][-1]
        seen[rank] = {"call": most, "cpu": cpu, "wakes": last[1] - first[rank][1] if known else None}
    return seen


def activity(pid):
    """Seconds of processor time, and voluntary switches of the main thread."""
    fields = read("/proc/%d/stat" % pid).rpartition(")")[2].split()
    switches = [line.split()[1] for line in read("/proc/%d/task/%d/status" % (pid, pid)).split("\n") if line.startswith("voluntary_ctxt_switches")]
    if len(fields) < 13 or not switches:
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"), int(switches[0])


STATES = {"01": "connected", "02": "connecting", "0A": "listens"}


def store_of(pid, env):
    """How a rank is connected to the store of PyTorch's process group, at MASTER_PORT; None if that cannot be seen."""
    port = env.get("MASTER_PORT", "")
    if not port.isdigit():
        return None
    try:
        links = [os.readlink("/proc/%d/fd/%s" % (pid, name)) for name in os.listdir("/proc/%d/fd" % pid)]
    except OSError:
        return None
    own = {link[8:-1] for link in links if link.startswith("socket:[")}
    seen = set()
    for table in ("tcp", "tcp6"):
        for line in read("/proc/%d/net/%s" % (pid, table)).split("\n")[1:]:
            fields = line.split()
            if len(fields) < 10 or fields[9] not in own or fields[3] not in STATES:
                continue
            place = fields[1] if fields[3] == "0A" else fields[2]
            if int(place.rpartition(":")[2], 16) == int(port):
                seen.add(STATES[fields[3]])
    return next((state for state in ("listens", "connected", "connecting") if state in seen), "none")


def py_spy(pid):
    words = read("/proc/%d/cmdline" % pid).split("\0")
    # The environment of the program may be another one than that of this shell.
    places = [os.path.dirname(words[0]), environment(pid).get("PATH"), os.path.dirname(sys.executable), os.environ.get("PATH")]
    program = shutil.which("py-spy", path=os.pathsep.join(place for place in places if place))
    if program is None:
        return None
    try:
        ran = subprocess.run([program, "dump", "--json", "--locals", "--pid", str(pid)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=PY_SPY_SECONDS)
        threads = json.loads(ran.stdout) if ran.returncode == 0 else None
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    if not isinstance(threads, list):
        return None
    peer = None
    for thread in threads:
        for frame in thread.get("frames", ()):
            # What the variables of the program hold is its own.
            values = frame.pop("locals", None) or ()
            own = {"recv": "src", "send": "dst"}.get(frame.get("name"))
            if own and thread.get("thread_name") == "MainThread" and "distributed_c10d" in str(frame.get("filename")):
                found = [value["repr"] for value in values if value.get("name") == own and str(value.get("repr")).isdigit()]
                peer = "# waits in %s for rank %s" % (frame["name"], found[0]) if found else peer
    return json.dumps(threads), peer


def ask_helper(folder, ranks):
    """Asks the helper of each rank, and waits for what it writes."""
    asked = {}
    for rank, pid in ranks.items():
        if read(os.path.join(folder, "listens-rank_%d" % rank)).strip() == str(pid):
            asked[rank] = time.time()
            os.kill(pid, signal.SIGUSR2)
    files = {rank: {} for rank in asked}
    until = time.monotonic() + HELPER_SECONDS
    while time.monotonic() < until and any(len(each) < 2 for each in files.values()):
        time.sleep(0.1)
        for rank, began in asked.items():
            for kind, name in (("stack", "stack-rank_%d.txt" % rank), ("dump", "flight-recorder-rank_%d.json" % rank)):
                path = os.path.join(folder, name)
                try:
                    if os.stat(path).st_mtime >= began - 0.01:
                        files[rank][kind] = path
                except OSError:
                    pass
    # They may still be written.
    time.sleep(0.2)
    return files


def ras_address(ranks):
    """Where NCCL's RAS listens on this host; None if no rank has loaded NCCL."""
    for _, pid in sorted(ranks.items()):
        env = environment(pid)
        named = env.get("NCCL_RAS_ADDR")
        if env.get("NCCL_RAS_ENABLE") != "0" and (named or "libnccl" in read("/proc/%d/maps" % pid)):
            host, _, port = (named or "localhost:28028").rpartition(":")
            return (host.strip("[]") or "localhost", int(port)) if port.isdigit() else None
    return None


def ask_ras(address):
    """The state of all communicators; None if nothing answers. Versions before 2.28 refuse JSON and answer in text."""
    try:
        with socket.create_connection(address, timeout=3) as link:
            link.settimeout(RAS_SECONDS)
            with link.makefile("rb") as replies:
                for command in ("client protocol 2", "timeout 3", "set format json"):
                    link.sendall((command + "\n").encode())
                    replies.readline(1000)
                link.sendall(b"verbose status\n")
                text = replies.read(MAXIMUM_BYTES + 1)
    except OSError:
        return None
    return text.decode("utf-8", "replace") if 0 < len(text) <= MAXIMUM_BYTES else None


def content(path):
    try:
        with open(path, "rb") as file:
            data = file.read(MAXIMUM_BYTES + 1)
    except OSError:
        return None
    return base64.b64encode(data).decode() if len(data) <= MAXIMUM_BYTES else None


def main():
    folder = os.environ["PITWALL_RUN_DIR"]
    ranks = find_ranks(folder)
    address = ras_address(ranks)
    first, began = (ask_ras(address) if address else None), time.monotonic()
    samples = samples_of(ranks)
    stacks = {rank: py_spy(pid) for rank, pid in ranks.items()}
    files = ask_helper(folder, ranks)
    seen = []
    for rank, pid in sorted(ranks.items()):
        env = environment(pid)
        call = samples[rank]["call"]
        own = files.get(rank, {})
        seen.append(
            {
                "rank": rank,
                "pid": pid,
                "call": None if call is None else {"name": call[0], "of": call[1]},
                "cpu": samples[rank]["cpu"],
                "wakes": samples[rank]["wakes"],
                "store": store_of(pid, env),
                "hasAgentStore": env.get("TORCHELASTIC_USE_AGENT_STORE") == "True",
                "pySpy": stacks[rank][0] if stacks[rank] else None,
                "peer": stacks[rank][1] if stacks[rank] else None,
                "stack": content(own["stack"]) if "stack" in own else None,
                "dump": content(own["dump"]) if "dump" in own else None,
            }
        )
    second = None
    if first is not None:
        # Ranks that only differ for a moment have moved on by then.
        time.sleep(max(0.0, began + 2.0 - time.monotonic()))
        second = ask_ras(address)
    print(json.dumps({"ranks": seen, "ras": [each for each in (first, second) if each is not None]}))


main()
