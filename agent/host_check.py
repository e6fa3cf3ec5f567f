"""Looks at one host before a job starts there. Python 3.8 and its standard library; the whole text is an argument of
`python3 -c`, so that nothing is stored.

  facts PYTHON FOLDER       print what matters for a job as JSON; PYTHON is the program's interpreter
  listen TOKEN SECONDS      answer the network tests of other hosts; prints the port, ends with the time or its standard input
  connect TOKEN PEER...     test the network to each `<name> <address> <port>`; prints the results as JSON
"""

import json
import os
import re
import resource
import shutil
import socket
import subprocess
import sys
import threading
import time

TRANSFER_BYTES = 8 << 20
ROUND_TRIPS = 20
CONNECT_SECONDS = 5


def run(command, seconds=20):
    """(exit code, output) of a command; (None, reason) if it could not run."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=seconds)
        return done.returncode, done.stdout.decode(errors="replace")
    except (OSError, subprocess.TimeoutExpired) as error:
        return None, str(error)


# ---------------------------------------------------------------------------------------------------- facts

TORCH = """
import json, platform
found = {"python": platform.python_version()}
try:
    import torch
    found["torch"] = torch.__version__
    found["cuda"] = torch.version.cuda
    found["nccl"] = ".".join(map(str, torch.cuda.nccl.version())) if torch.cuda.is_available() else None
except ImportError:
    found["torch"] = None
except Exception as error:
    found["torchError"] = str(error)
print(json.dumps(found))
"""


def facts(python, folder):
    found = {
        "hostname": socket.gethostname(),
        "program": program_facts(python),
        "freeBytes": {path: free_bytes(path) for path in (os.path.expanduser("~"), folder, "/tmp")},
        "sharedMemoryBytes": free_bytes("/dev/shm"),
        "ownAddresses": own_addresses(),
        "limits": {"nofile": limit(resource.RLIMIT_NOFILE), "memlock": limit(resource.RLIMIT_MEMLOCK)},
        "hasRsync": shutil.which("rsync") is not None,
        "gpus": gpu_facts(),
        "xids": xids(),
        "otherJobs": other_jobs(),
    }
    print(json.dumps(found), flush=True)


def program_facts(python):
    if python == "":
        return None
    code, text = run([python, "-c", TORCH], 60)
    line = next((each for each in reversed(text.splitlines()) if each.startswith("{")), "")
    try:
        return json.loads(line)
    except ValueError:
        return {"error": "exit code %s: %s" % (code, text.strip()[-300:])}


def free_bytes(path):
    try:
        found = os.statvfs(path)
        return found.f_bavail * found.f_frsize
    except OSError:
        return None


def own_addresses():
    """What the host's own name resolves to; None if it does not, as MPI and gloo require."""
    try:
        return sorted({each[4][0] for each in socket.getaddrinfo(socket.gethostname(), None)})
    except OSError:
        return None


def limit(which):
    soft, _ = resource.getrlimit(which)
    return None if soft == resource.RLIM_INFINITY else soft


GPU_QUERY = (
    "index,name,driver_version,memory.total,memory.used,ecc.errors.uncorrected.volatile.total,"
    "clocks_throttle_reasons.hw_slowdown,clocks_throttle_reasons.hw_thermal_slowdown,temperature.gpu"
)


def gpu_facts():
    """GPUs as nvidia-smi sees them; None without it, a text if it fails."""
    if shutil.which("nvidia-smi") is None:
        return None
    code, text = run(["nvidia-smi", "--query-gpu=" + GPU_QUERY, "--format=csv,noheader,nounits"])
    if code != 0:
        return text.strip()[-300:]
    names = ("index", "name", "driver", "memoryMib", "usedMib", "eccErrors", "slowdown", "thermal", "celsius")
    rows = ([cell.strip() for cell in line.split(",")] for line in text.splitlines())
    return [dict(zip(names, row)) for row in rows if len(row) == len(names)]


def xids():
    """Errors of the NVIDIA driver in the kernel's log; None where it cannot be read."""
    code, text = run(["dmesg"], 5)
    if code != 0:
        return None
    return [line.strip()[-200:] for line in text.splitlines() if re.search(r"NVRM: Xid", line)][-5:]


def other_jobs():
    """Jobs of Pitwall with running processes: name -> how many."""
    found = {}
    for pid in filter(str.isdigit, os.listdir("/proc") if os.path.isdir("/proc") else []):
        try:
            with open("/proc/%s/environ" % pid, "rb") as file:
                for entry in file.read().split(b"\0"):
                    if entry.startswith(b"PITWALL_JOB="):
                        name = entry[12:].decode(errors="replace")
                        found[name] = found.get(name, 0) + 1
        except OSError:
            pass
    return found


# ---------------------------------------------------------------------------------------------------- network


def listen(token, seconds):
    server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(("", 0))
    server.listen(64)
    threading.Timer(seconds, lambda: os._exit(0)).start()
    threading.Thread(target=end_with_input, daemon=True).start()
    print(json.dumps({"port": server.getsockname()[1]}), flush=True)
    while True:
        connection, _ = server.accept()
        threading.Thread(target=answer, args=(connection, token), daemon=True).start()


def end_with_input():
    while os.read(0, 4096):
        pass
    os._exit(0)


def answer(connection, token):
    """Only a caller that knows the token gets an answer."""
    with connection:
        connection.settimeout(20)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            if take(connection, len(token)) != token:
                return
            connection.sendall(b"k")
            for _ in range(ROUND_TRIPS):
                connection.sendall(take(connection, 1))
            take(connection, TRANSFER_BYTES, keep=False)
            connection.sendall(b"k")
        except OSError:
            pass


def take(connection, count, keep=True):
    kept, left = b"", count
    while left > 0:
        data = connection.recv(min(left, 1 << 20))
        if not data:
            raise OSError("connection closed")
        left -= len(data)
        if keep:
            kept += data
    return kept


def connect(token, peers):
    results = [test_peer(token, *peer.split(" ")) for peer in peers]
    print(json.dumps(results), flush=True)


def test_peer(token, name, address, port):
    try:
        with socket.create_connection((address, int(port)), timeout=CONNECT_SECONDS) as connection:
            connection.settimeout(20)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.sendall(token)
            take(connection, 1)
            times = []
            for _ in range(ROUND_TRIPS):
                started = time.perf_counter()
                connection.sendall(b"p")
                take(connection, 1)
                times.append(time.perf_counter() - started)
            block, left, started = b"\0" * (1 << 20), TRANSFER_BYTES, time.perf_counter()
            while left > 0:
                connection.sendall(block[:left])
                left -= len(block)
            take(connection, 1)
            seconds = time.perf_counter() - started
            return {"peer": name, "roundTripMs": min(times) * 1000, "bytesPerSecond": TRANSFER_BYTES / seconds}
    except OSError as error:
        return {"peer": name, "error": error.strerror or str(error)}


def main(words):
    if words[0] == "facts":
        facts(words[1], words[2])
    elif words[0] == "listen":
        listen(words[1].encode(), float(words[2]))
    elif words[0] == "connect":
        connect(words[1].encode(), words[2:])


main(sys.argv[1:])
