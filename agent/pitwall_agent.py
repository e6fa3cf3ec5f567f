"""Runs the ranks of one job on one host, and hands over what they print.

Pitwall copies this file to each host of a job. It needs Python 3.8 and its standard library. Commands:

  describe                 print what this host is, as JSON
  start JOB                read the job as JSON from standard input, start its ranks in the background
  run JOB                  the same in the foreground
  slurm JOB                the same as one task per node of a Slurm job; the folder is JOB.<node>
  hold JOB                 beside `slurm`, for a job that waits until the node is prepared: print what this host is, and read
                           from standard input the line that lets the job start
  follow JOB OFFSET        print the frames of the job from a byte offset on, until its last one;
                           reads `ping <text>`, `stop <ms>`, `signal <NAME>` lines from standard input
  stop JOB MS              end every process of the job, with SIGKILL after MS milliseconds
  clock                    answer each line `ping <text>` with the text and this host's time
  port PREFERRED           print a free port, the preferred one if it is free
  status JOB               print the state of a job on this host, as JSON
  enter JOB RANK -- COMMAND...
                           run a command, or a shell without one, in the folder and the environment of a rank; `-` for the first
  remove JOB               delete the folder of a job that has ended
  rank -- COMMAND...       what a launcher such as torchrun starts once per rank
  mpi RUN -- COMMAND...    what mpirun starts once per rank: finds the job of the run RUN that has this rank; `-` if the agent
                           of this host has started mpirun

The job's folder holds `job.json`, `frames` and `agent.json`. `frames` is append-only. A frame is a header line
and a payload of the stated length:

  <kind> <number> <time> <rank> <length>\\n<payload>

`number` counts frames from 0, `time` is this host's clock in milliseconds since the epoch. Kinds: `o` and `e` are bytes of a
rank's standard output and error, `r` says that a rank has started, `x` how it ended, `s` is a sample of the host, `f` a failure of
the agent, `n` is the last frame. `p` answers a ping and `h` is a heartbeat; both are numbered -1 and never stored.
"""

import array
import ctypes
import errno
import fcntl
import glob
import json
import os
import platform
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

ORIGIN = time.time() - time.monotonic()
IS_LINUX = sys.platform.startswith("linux")
MARK = "PITWALL_JOB"
READ_BYTES = 1 << 16
SAMPLE_SECONDS = 1.0
STOP_CHECK_SECONDS = 0.25
TAKEN_SECONDS = 30
SCHEDULER_GRACE_MS = 600000
PREEMPTION_GRACE_MS = 30000
AWAIT_SECONDS = 600
HELD_TOUCH_SECONDS = 5
HELD_SILENT_SECONDS = 120
HOLD_SECONDS = 6
RESERVE_BYTES = 1 << 16
NO_JOB_CODE = 93
THERMAL_COUNTERS = glob.glob("/sys/devices/system/cpu/cpu*/thermal_throttle/core_throttle_count")
OWN_PIDS = set()  # of nvidia-smi, while it runs


def now_ms():
    """Milliseconds since the epoch; never decreases while this process lives."""
    return (ORIGIN + time.monotonic()) * 1000


def prctl(option, value):
    if IS_LINUX:
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def die_with_parent():
    """Runs in a child before its program: the kernel ends it with SIGKILL when its parent ends."""
    prctl(1, signal.SIGKILL)


def prepare_rank():
    """Runs in a child before its program. SIGUSR1 asks for a checkpoint, and does not end a program, or torchrun, without a handler."""
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    if IS_LINUX:
        die_with_parent()


# ---------------------------------------------------------------------------------------------------- processes


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


# ---------------------------------------------------------------------------------------------------- the host


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


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as server:
        server.bind(("", 0))
        return server.getsockname()[1]


def port_like(preferred):
    """A port on which nothing listens now: the preferred one if possible. Sending code and data can take an hour."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as server:
        try:
            server.bind(("", preferred))
            return server.getsockname()[1]
        except OSError:
            return free_port()


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


GPU_FIELDS = "index,uuid,name,memory.total,driver_version,power.draw,utilization.gpu,memory.used"


def gpus():
    """One dictionary per NVIDIA GPU; an empty list where there is none or no driver answers in time."""
    if shutil.which("nvidia-smi") is None:
        return []
    query = ["nvidia-smi", "--query-gpu=" + GPU_FIELDS, "--format=csv,noheader,nounits"]
    try:
        with subprocess.Popen(query, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
            OWN_PIDS.add(process.pid)
            try:
                text = process.communicate(timeout=10)[0].decode()
            finally:
                process.kill()
                OWN_PIDS.discard(process.pid)
    except (OSError, subprocess.TimeoutExpired):
        return []
    found = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.split(",")]
        if len(cells) != 8 or not cells[0].isdigit():
            continue
        found.append({
            "index": int(cells[0]), "uuid": cells[1], "name": cells[2], "memoryBytes": mebibytes(cells[3]),
            "driver": cells[4], "powerWatts": number(cells[5]), "utilization": percent(cells[6]),
            "usedBytes": mebibytes(cells[7]),
        })
    return found


def number(text):
    try:
        return float(text)
    except ValueError:
        return None


def percent(text):
    value = number(text)
    return None if value is None else value / 100


def mebibytes(text):
    value = number(text)
    return None if value is None else int(value * (1 << 20))


def interfaces():
    """Name -> IPv4 address of each network interface that has one."""
    found = {}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        for _, name in socket.if_nameindex():
            request = struct.pack("256s", name.encode()[:15])
            try:
                answer = fcntl.ioctl(probe.fileno(), 0x8915, request)
            except OSError:
                continue
            found[name] = socket.inet_ntoa(answer[20:24])
    return found


def interface_to(address):
    """(name, own address) of the interface that reaches an address; None where no route is known."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((address, 9))
            own = probe.getsockname()[0]
        except OSError:
            return None
    for name, its in interfaces().items():
        if its == own:
            return name, own
    return None


def network_bytes():
    """Interface -> (received, sent) bytes since boot."""
    found = {}
    try:
        with open("/proc/net/dev") as file:
            for line in file.readlines()[2:]:
                name, counts = line.split(":", 1)
                cells = counts.split()
                found[name.strip()] = (int(cells[0]), int(cells[8]))
    except OSError:
        pass
    return found


def tcp_segments():
    """Peer -> (sent, sent again) segments with data, over the IPv4 connections that are open now; empty where the kernel shows none."""
    found = {}
    # A dump of AF_INET, TCP, state ESTABLISHED, with `struct tcp_info`.
    request = struct.pack("=IHHIIBBBBI48s", 72, 20, 0x301, 1, 0, socket.AF_INET, socket.IPPROTO_TCP, 2, 0, 1 << 1, b"")
    try:
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 4) as link:
            link.settimeout(1)
            link.send(request)
            while True:
                data = link.recv(1 << 18)
                while len(data) >= 16:
                    size, kind = struct.unpack_from("=IH", data)
                    if kind != 20:
                        return found
                    add_segments(data[16:size], found)
                    data = data[(size + 3) & ~3:]
    except OSError:
        return found


def add_segments(message, found):
    peer, at = socket.inet_ntoa(message[24:28]), 72
    while at + 4 <= len(message):
        size, kind = struct.unpack_from("=HH", message, at)
        if kind == 2 and size >= 4 + 160:
            resent, sent = struct.unpack_from("=I", message, at + 104)[0], struct.unpack_from("=I", message, at + 160)[0]
            known = found.get(peer, (0, 0))
            found[peer] = (known[0] + sent, known[1] + resent)
        at += max(4, (size + 3) & ~3)


def machine_counters():
    """CPU time of the whole host and of this agent, and how often cores were slowed down; only what can be read."""
    found = {"agentSeconds": sum(os.times()[:2])}
    try:
        with open("/proc/stat") as file:
            ticks = [int(count) for count in file.readline().split()[1:9]]
        found["totalSeconds"] = sum(ticks) / os.sysconf("SC_CLK_TCK")
        found["busySeconds"] = (sum(ticks) - ticks[3] - ticks[4]) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        pass
    counts = []
    for path in THERMAL_COUNTERS:
        try:
            with open(path) as file:
                counts.append(int(file.read()))
        except (OSError, ValueError):
            pass
    if counts:
        found["thermalThrottleCount"] = sum(counts)
    return found


def rapl_joules():
    """Zone -> joules, of the energy counters of processors and memory that this user may read."""
    found = {}
    for path in sorted(glob.glob("/sys/class/powercap/intel-rapl:*")):
        try:
            with open(path + "/name") as file:
                name = file.read().strip()
            with open(path + "/energy_uj") as file:
                found[os.path.basename(path) + " " + name] = int(file.read()) / 1e6
        except OSError:
            pass
    return found


# ---------------------------------------------------------------------------------------------------- frames


class Frames:
    """The append-only file of frames. A reserve is freed when the disk is full, so that the failure can be stored."""

    def __init__(self, folder):
        self.file = open(os.path.join(folder, "frames"), "ab", buffering=0)
        self.reserve = os.path.join(folder, "reserve")
        with open(self.reserve, "wb") as reserve:
            reserve.write(b"\0" * RESERVE_BYTES)
        self.count = 0
        self.failure = None

    def add(self, kind, payload, rank=0, time_ms=None):
        if isinstance(payload, dict):
            payload = json.dumps(payload).encode()
        if self.failure and kind not in "fxn":
            return
        head = "%s %d %.3f %d %d\n" % (kind, self.count, now_ms() if time_ms is None else time_ms, rank, len(payload))
        try:
            self.write(head.encode() + payload)
            self.count += 1
        except OSError as error:
            self.fail(error)

    def write(self, data):
        at = os.fstat(self.file.fileno()).st_size
        try:
            view = memoryview(data)
            while view:
                view = view[self.file.write(view):]
        except OSError:
            os.ftruncate(self.file.fileno(), at)
            raise

    def fail(self, error):
        """The first failure is stored in the space of the reserve."""
        if self.failure:
            return
        self.failure = "cannot store the output: %s" % (error.strerror or error)
        try:
            os.unlink(self.reserve)
        except OSError:
            pass
        self.add("f", {"reason": self.failure, "diskIsFull": error.errno in (errno.ENOSPC, errno.EDQUOT)})


# ---------------------------------------------------------------------------------------------------- the lease


class Lease:
    """Ends the ranks of a host that was cut off while its job ended without it.

    The lease is renewed by every sign of Pitwall and of the agents of other hosts. It counts only once another agent has answered, so
    that a firewall between the hosts ends no job, and no longer once an agent says that its ranks have ended by themselves.
    """

    def __init__(self, folder, spec):
        self.contact_file = os.path.join(folder, "contact")
        self.seconds, self.token, self.peers = float(spec["seconds"]), spec["token"].encode(), spec["peers"]
        self.renewed = time.monotonic()
        self.last_contact = None
        self.reached = {}
        self.is_armed = self.is_lifted = False
        try:
            self.server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            self.server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.server.bind(("", spec["port"]))
            self.server.listen(64)
            threading.Thread(target=self.serve, daemon=True).start()
        except OSError:
            pass  # another program took the port: the others do not reach this host, and do not count on it
        threading.Thread(target=self.ask_again, daemon=True).start()

    def is_due(self):
        try:
            contact = os.stat(self.contact_file).st_mtime_ns
        except OSError:
            contact = None
        if contact != self.last_contact:
            self.last_contact = contact
            self.renewed = time.monotonic()
        return self.is_armed and not self.is_lifted and time.monotonic() - self.renewed > self.seconds

    def serve(self):
        while True:
            connection, _ = self.server.accept()
            with connection:
                try:
                    connection.settimeout(2)
                    token, _, word = connection.recv(256).rstrip(b"\n").partition(b" ")
                    if token == self.token:
                        self.is_lifted = self.is_lifted or word == b"bye"
                        connection.sendall(b"running\n")
                except OSError:
                    pass

    def ask_again(self):
        # Agents of other hosts may start a moment later.
        pause, longest = 0.25, min(10, self.seconds / 6)
        while True:
            if any(self.say(peer, b"ask") for peer in self.peers):
                self.is_armed = True
                self.renewed = time.monotonic()
            pause = longest if self.is_armed else min(longest, 1.5 * pause)
            time.sleep(pause)

    def say(self, peer, word):
        """Whether the agent of another host has answered."""
        try:
            began = time.monotonic()
            with socket.create_connection((peer["address"], peer["port"]), timeout=2) as connection:
                self.reached[peer["host"]] = connection.getpeername()[0], (time.monotonic() - began) * 1000
                connection.settimeout(2)
                connection.sendall(self.token + b" " + word + b"\n")
                return connection.recv(16) == b"running\n"
        except OSError:
            return False

    def links(self):
        """Other host -> how this one reaches it, of those that it has connections to."""
        segments = tcp_segments()
        found = {}
        for peer in self.peers:
            address, connect_ms = self.reached.get(peer["host"], (peer["address"], None))
            if address not in segments and connect_ms is None:
                continue
            sent, resent = segments.get(address, (0, 0))
            found[peer["host"]] = {"sentSegments": sent, "resentSegments": resent}
            if connect_ms is not None:
                found[peer["host"]]["connectMs"] = round(connect_ms, 3)
        return found

    def say_goodbye(self):
        """The ranks of this host have ended by themselves: the others may take longer."""
        threads = [threading.Thread(target=self.say, args=(peer, b"bye"), daemon=True) for peer in self.peers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(3)


# ---------------------------------------------------------------------------------------------------- the supervisor


class Supervisor:
    """Runs the ranks of one host from their start until no process is left."""

    def __init__(self, folder, job):
        self.folder, self.job = folder, job
        self.frames = Frames(folder)
        self.poll = select.poll()
        self.sources = {}  # descriptor -> function to call when it is readable
        self.starters = {}  # pid -> ranks that this process is, or starts
        self.ended = {}  # rank -> exit
        self.pipes = {}  # descriptor -> rank
        self.awaited = set()  # ranks that another program, such as mpirun, starts on this host
        self.connected = {}  # rank -> connection
        self.await_until = time.monotonic() + AWAIT_SECONDS
        self.kill_at = None
        self.stop_asked = False
        self.spent_cpu = 0.0
        self.sampled_cpu = 0.0
        self.linger_until = None
        self.processes = []
        self.gpus = []
        self.is_observed = job["env"].get("PITWALL_OBSERVE") != "none"
        self.stopped_count = 0
        self.has_tether = bool(job.get("tether"))
        self.next_stop_check = 0.0
        self.lease = Lease(folder, job["lease"]) if job.get("lease") else None

    def run(self):
        prctl(36, 1)  # PR_SET_CHILD_SUBREAPER: orphans become children of this process
        for number_ in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number_, lambda received, _: self.stop_on_signal(received))
        signal.signal(signal.SIGUSR1, lambda *_: self.ask_for_checkpoint())
        self.socket_folder = tempfile.mkdtemp(prefix="pitwall-")
        self.listen(os.path.join(self.socket_folder, "s"))
        if self.has_tether:
            self.watch(0, self.read_tether)
        if self.is_observed and shutil.which("nvidia-smi"):
            threading.Thread(target=self.watch_gpus, daemon=True).start()
        try:
            self.start()
            if self.job.get("isDescribed"):
                threading.Thread(target=self.write_facts, daemon=True).start()
            self.loop()
            self.clear()
        finally:
            self.finish()

    # -- starting

    def start(self):
        job = self.job
        env = dict(os.environ)
        env.update(job["env"])
        env[MARK] = job["name"]
        env["PITWALL_AGENT"] = self.address
        env.setdefault("PYTHONUNBUFFERED", "1")
        if not self.has_tether:  # on the machine of Pitwall it is the record's folder
            os.makedirs(env["PITWALL_RUN_DIR"], mode=0o700, exist_ok=True)
        self.choose_interface(env)
        self.write_state()
        self.wait_for_turn()
        for starter in job["starters"]:
            if starter.get("isAwaited"):
                self.awaited.update(starter["ranks"])
            else:
                self.start_one(starter, env)

    def wait_for_turn(self):
        """Hosts of a large job do not all start at the same moment, if the user wants so."""
        begin = time.monotonic() + self.job.get("startAfterMs", 0) / 1000
        while time.monotonic() < begin and not self.stop_asked:
            self.wait()
            self.check_stop_file()

    def choose_interface(self, env):
        master = env.get("MASTER_ADDR")
        found = interface_to(master) if master else None
        if found:
            env.setdefault("GLOO_SOCKET_IFNAME", found[0])
            if found[0] != "lo":
                env.setdefault("NCCL_SOCKET_IFNAME", found[0])

    def start_one(self, starter, env):
        ranks = starter["ranks"]
        command = [self.expand(word) for word in starter["command"]]
        out, err = os.pipe(), os.pipe()
        try:
            process = subprocess.Popen(
                command, cwd=self.job["cwd"], env=dict(env, **starter["env"]), stdin=subprocess.DEVNULL,
                stdout=out[1], stderr=err[1], start_new_session=True, preexec_fn=prepare_rank,
            )
        except (OSError, ValueError) as error:
            for end in out + err:
                os.close(end)
            message = "pitwall: cannot start `%s`: %s\n" % (command[0], error)
            for rank in ranks:
                self.frames.add("e", message.encode(), rank)
                self.end_rank(rank, {"exitCode": 127})
            return
        self.starters[process.pid] = starter
        self.processes.append(process)  # a forgotten Popen would collect the exit status itself
        os.close(out[1])
        os.close(err[1])
        # What a launcher itself prints is attributed to its first rank, as standard error.
        watch = self.watch_mpirun if starter.get("isMpirun") else self.watch_output
        watch(out[0], ranks[0], "o" if starter["isRank"] else "e")
        watch(err[0], ranks[0], "e")
        if starter["isRank"]:
            self.frames.add("r", {"pid": process.pid}, ranks[0])

    def expand(self, word):
        return word.replace("{agent}", os.path.abspath(__file__)).replace("{agentPython}", sys.executable)

    # -- listening

    def listen(self, path):
        self.address = path
        self.server = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET if IS_LINUX else socket.SOCK_STREAM)
        self.server.bind(path)
        self.server.listen(64)
        self.watch(self.server.fileno(), self.accept)

    def accept(self):
        connection, _ = self.server.accept()
        self.watch(connection.fileno(), lambda: self.read_message(connection))

    def read_message(self, connection):
        """From a rank that has started or ended, or from a command of the user."""
        fds = array.array("i")
        try:
            data, more, _, _ = connection.recvmsg(4096, socket.CMSG_LEN(2 * fds.itemsize))
        except OSError:
            data, more = b"", []
        for level, kind, content in more:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                fds.frombytes(content[: len(content) - len(content) % fds.itemsize])
        if not data:
            # A rank that was killed could not report its end.
            rank = next((rank for rank, each in self.connected.items() if each is connection), None)
            self.close_connection(connection)
            if rank is not None:
                self.end_rank(rank, {"signal": "SIGKILL"})
            return
        message = json.loads(data)
        if message["kind"] == "started":
            rank = message["rank"]
            self.connected[rank] = connection
            self.check_rank(rank)
            self.frames.add("r", {"pid": message["pid"]}, rank)
            self.watch_output(fds[0], rank, "o")
            self.watch_output(fds[1], rank, "e")
        elif message["kind"] == "refused":
            self.connected[message["rank"]] = connection
            self.frames.add("e", message["text"].encode(), message["rank"])
            self.end_rank(message["rank"], {"exitCode": 127})
        elif message["kind"] == "ended":
            if message["rank"] in self.awaited:
                self.spent_cpu += message["cpuSeconds"]
            self.end_rank(message["rank"], message["exit"])
        elif message["kind"] == "stop":
            self.stop(message["graceMs"])
        elif message["kind"] == "signal":
            send(self.rank_pids(), getattr(signal, message["name"]))

    def close_connection(self, connection):
        if connection.fileno() >= 0:
            self.unwatch(connection.fileno())
            connection.close()

    def check_rank(self, rank):
        """Where a launcher numbers the hosts itself, another number would attribute the output to the wrong host."""
        expected = [each for starter in self.job["starters"] for each in starter["ranks"]]
        if rank not in expected:
            self.frames.add("f", {"reason": "its launcher started rank %d instead of %s" % (rank, expected)})
            self.stop(5000)

    def rank_pids(self):
        return list(self.job_processes())

    def job_processes(self):
        """Living processes of the job; what the agent itself has started to look at the host is none of it."""
        found = {pid: stat for pid, stat in descendants(os.getpid()).items() if pid not in OWN_PIDS}
        if any(starter.get("isAwaited") for starter in self.job["starters"]):
            for pid in marked(self.job["name"]):
                stat = read_stat(pid)
                if stat is not None:
                    found[pid] = stat
        return found

    def watch(self, descriptor, call):
        self.sources[descriptor] = call
        self.poll.register(descriptor, select.POLLIN | select.POLLHUP)

    def unwatch(self, descriptor):
        self.sources.pop(descriptor, None)
        self.poll.unregister(descriptor)

    def watch_output(self, descriptor, rank, kind):
        self.pipes[descriptor] = rank
        self.watch(descriptor, lambda: self.read_output(descriptor, rank, kind))

    def watch_mpirun(self, descriptor, rank, kind):
        self.pipes[descriptor] = rank
        self.watch(descriptor, lambda: self.read_output(descriptor, rank, kind, self.is_explained()))

    def is_explained(self):
        """Whether the end of mpirun, about which it prints a page, follows from that of the ranks. A rank that was stopped before its
        program started has not reported its end."""
        has_failed = any(exit_ != {"exitCode": 0} for exit_ in self.ended.values())
        return self.stop_asked or (has_failed and self.all_have_ended())

    def read_output(self, descriptor, rank, kind, is_dropped=False):
        data = os.read(descriptor, READ_BYTES)
        if data and is_dropped:
            return
        if data:
            self.frames.add(kind, data, rank)
            return
        self.unwatch(descriptor)
        del self.pipes[descriptor]
        os.close(descriptor)

    def read_tether(self):
        """The end of standard input says that Pitwall has ended."""
        if not os.read(0, READ_BYTES):
            self.unwatch(0)
            self.stop(5000)

    # -- following

    def loop(self):
        next_sample = 0.0
        while self.starters or self.awaited or self.pipes_of_living():
            for descriptor, _ in self.poll.poll(50):
                if descriptor in self.sources:
                    self.sources[descriptor]()
            self.reap()
            if self.frames.failure:
                self.stop(5000)
            self.check_stop_file()
            self.check_awaited()
            self.check_lease()
            self.strike()
            if time.monotonic() >= next_sample:
                next_sample = time.monotonic() + SAMPLE_SECONDS
                self.sample()

    def pipes_of_living(self):
        """Output can outlive the ranks only as long as a process of the job is left."""
        return bool(self.pipes) and bool(self.job_processes()) and self.linger()

    def linger(self):
        """Data-loading workers get a moment to notice that their parent has ended."""
        if self.starters or self.awaited:
            return True
        if self.linger_until is None:
            self.linger_until = time.monotonic() + self.job.get("lingerMs", 1000) / 1000
        return time.monotonic() < self.linger_until and not self.stop_asked

    def reap(self):
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            self.spent_cpu += usage.ru_utime + usage.ru_stime
            starter = self.starters.pop(pid, None)
            if starter is not None:
                for rank in starter["ranks"]:
                    self.end_rank(rank, exit_of(status))

    def end_rank(self, rank, exit_):
        if rank in self.ended:
            return
        self.drain(rank)
        self.awaited.discard(rank)
        self.ended[rank] = exit_
        self.frames.add("x", exit_, rank)
        if self.all_have_ended():
            for connection in self.connected.values():
                self.close_connection(connection)

    def all_have_ended(self):
        return all(rank in self.ended for starter in self.job["starters"] for rank in starter["ranks"])

    def drain(self, rank):
        """What a rank printed before its end comes before its end."""
        for descriptor in [each for each, owner in self.pipes.items() if owner == rank]:
            while descriptor in self.pipes and select.select([descriptor], [], [], 0)[0]:
                self.sources[descriptor]()

    # -- stopping

    def stop(self, grace_ms):
        kill_at = time.monotonic() + grace_ms / 1000
        self.kill_at = kill_at if self.kill_at is None else min(self.kill_at, kill_at)
        if not self.stop_asked:
            self.stop_asked = True
            # mpirun ends with its ranks; on a signal it would not give them the time that they have here.
            spared = [pid for pid, starter in self.starters.items() if starter.get("isMpirun") and self.connected]
            pids = [pid for pid in self.job_processes() if pid not in spared]
            send(pids, signal.SIGTERM)
            send(pids, signal.SIGCONT)

    def stop_on_signal(self, received):
        """Slurm signals every process of a job, and kills what is left itself. A host that goes down sends SIGTERM to its processes."""
        if self.job.get("isSignalledByScheduler"):
            self.stop_asked = True
            self.stop(SCHEDULER_GRACE_MS)
        elif received == signal.SIGTERM and not self.has_tether:
            if not self.stop_asked:
                self.frames.add("f", {"reason": "its agent was sent SIGTERM", "isPreempted": True})
            self.stop(PREEMPTION_GRACE_MS)
        else:
            self.stop(5000)

    def ask_for_checkpoint(self):
        if not self.job.get("isSignalledByScheduler"):
            send(self.rank_pids(), signal.SIGUSR1)

    def check_stop_file(self):
        """On a shared file system, a follower on another host stores its request to stop as a file."""
        if time.monotonic() < self.next_stop_check:
            return
        self.next_stop_check = time.monotonic() + STOP_CHECK_SECONDS
        try:
            with open(os.path.join(self.folder, "stop")) as file:
                self.stop(float(file.read() or 5000))
        except (OSError, ValueError):
            pass

    def check_awaited(self):
        """Ranks that were not started in time, or before the job was stopped, are no longer waited for."""
        if not self.awaited:
            return
        missing = self.awaited - set(self.connected)
        if missing and not self.stop_asked and time.monotonic() > self.await_until:
            reason = "%d of its ranks were not started within %d s" % (len(missing), AWAIT_SECONDS)
            self.frames.add("f", {"reason": reason, "diskIsFull": False})
            self.stop(5000)
        if self.stop_asked:
            self.awaited -= missing

    def check_lease(self):
        if self.lease is None or self.stop_asked or not self.lease.is_due():
            return
        reason = "no contact to Pitwall and to the other hosts for %d s" % self.lease.seconds
        self.frames.add("f", {"reason": reason})
        self.stop(5000)

    def strike(self):
        if self.kill_at is not None and time.monotonic() >= self.kill_at:
            send(list(self.job_processes()), signal.SIGKILL)

    def clear(self):
        """Ends what outlived the ranks: SIGTERM, and SIGKILL after a second."""
        while self.job_processes() and self.linger():
            self.wait()
        left = self.job_processes()
        self.stopped_count = 0 if self.stop_asked else len(left)
        send(left, signal.SIGTERM)
        kill_at = min(self.kill_at or float("inf"), time.monotonic() + 1)
        while self.job_processes() and time.monotonic() < kill_at:
            self.wait()
        deadline = time.monotonic() + 5
        while self.job_processes() and time.monotonic() < deadline:
            send(self.job_processes(), signal.SIGKILL)
            self.wait()
        for descriptor in list(self.pipes):
            while descriptor in self.pipes and select.select([descriptor], [], [], 0)[0]:
                self.sources[descriptor]()

    def wait(self):
        """For a moment, in which output is read and ended processes are reaped."""
        for descriptor, _ in self.poll.poll(20):
            if descriptor in self.sources:
                self.sources[descriptor]()
        self.reap()

    def finish(self):
        self.sample()
        left = sorted(self.job_processes())
        if self.lease is not None and not self.stop_asked and set(map(str, self.ended.values())) == {str({"exitCode": 0})}:
            self.lease.say_goodbye()
        self.frames.add("n", {"stoppedCount": self.stopped_count, "unkillablePids": left})
        self.server.close()
        shutil.rmtree(self.socket_folder, ignore_errors=True)

    # -- observing

    def sample(self):
        if not self.is_observed:
            return
        living = self.job_processes()
        # The time of a process that has ended is missing until its parent collects it.
        self.sampled_cpu = max(self.sampled_cpu, self.spent_cpu + sum(stat[3] for stat in living.values()))
        self.frames.add("s", {
            "cpuSeconds": self.sampled_cpu,
            "memoryBytes": sum(stat[4] for stat in living.values()),
            "processCount": len(living),
            "joules": rapl_joules(),
            "gpus": self.gpus,
            "machine": machine_counters(),
            **({} if self.lease is None else {"links": self.lease.links()}),
            "network": {name: counts for name, counts in network_bytes().items() if name != "lo"},
        })

    def watch_gpus(self):
        """In a thread of its own, because nvidia-smi can take longer than a sample."""
        keys = ("index", "uuid", "name", "powerWatts", "utilization", "usedBytes")
        while True:
            self.gpus = [{key: gpu[key] for key in keys} for gpu in gpus()]
            time.sleep(SAMPLE_SECONDS)

    def write_state(self):
        state = {"pid": os.getpid(), "address": self.address, "hostname": socket.gethostname(), "python": sys.executable}
        write_whole(os.path.join(self.folder, "agent.json"), json.dumps(state))

    def write_facts(self):
        """In a thread of its own, because the ranks do not wait for nvidia-smi."""
        try:
            write_whole(os.path.join(self.folder, "facts.json"), json.dumps(describe()))
        except OSError:
            pass  # the job has ended: its folder is gone


def exit_of(status):
    return {"signal": signal.Signals(os.WTERMSIG(status)).name} if os.WIFSIGNALED(status) else {"exitCode": os.WEXITSTATUS(status)}


# ---------------------------------------------------------------------------------------------------- commands


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


def hold(prefix):
    """The other side of `when_released`. The node is given up if standard input ends before the line has come."""
    node = os.environ["SLURMD_NODENAME"]
    folder = "%s.%s" % (prefix, node)
    print(json.dumps(describe()), flush=True)
    text = b""
    while not text.endswith(b"\n"):
        touch(os.path.join(folder, "held"))
        if not select.select([0], [], [], HELD_TOUCH_SECONDS)[0]:
            continue
        piece = os.read(0, READ_BYTES)
        if not piece:
            touch(os.path.join(folder, "abandoned"))
            return
        text += piece
    write_whole(os.path.join(folder, "release.json"), json.dumps(json.loads(text)[node]))


def wait_for_state(folder):
    deadline = time.monotonic() + 20
    while not os.path.exists(os.path.join(folder, "agent.json")):
        if time.monotonic() > deadline:
            fail("agent-silent", "the agent did not start within 20 s")
        time.sleep(0.005)
    print(json.dumps({"kind": "started"}), flush=True)


def run_in_slurm(prefix):
    """Runs the ranks of this node. The job is a template: the place of the node in the Slurm job is filled in."""
    node = os.environ["SLURMD_NODENAME"]
    folder = "%s.%s" % (prefix, node)
    order = os.environ.get("PITWALL_NODE_ORDER", "").split()
    node_index = order.index(node) if node in order else int(os.environ["SLURM_NODEID"])
    job = place_job(read_job(folder), node_index, os.environ)
    job["name"] = os.path.basename(folder)
    write_whole(os.path.join(folder, "job.json"), json.dumps(job))
    supervisor = Supervisor(folder, job)
    supervisor.run()
    # The node is released with the job: until then a follower without access to this file system can read the frames.
    deadline = time.monotonic() + TAKEN_SECONDS
    while os.path.exists(folder) and time.monotonic() < deadline:
        if os.path.exists(os.path.join(folder, "taken")):
            break
        time.sleep(0.05)
    # The script of a job that may be restarted waits for Pitwall after a failure; ranks that were told to stop may end without an error.
    has_failed = supervisor.stop_asked or any(exit_ != {"exitCode": 0} for exit_ in supervisor.ended.values())
    return 1 if has_failed and "PITWALL_ATTEMPT" in job["env"] else 0


def write_whole(path, text):
    """Another process sees the old content or the new one."""
    with open(path + ".new", "w") as file:
        file.write(text)
    os.rename(path + ".new", path)


def place_job(job, node_index, environ):
    """Replaces the placeholders of a template: `{pitwall:nodeIndex}`, `{pitwall:rank}` and those of the rendezvous."""
    first_rank = node_index * int(job["ranksPerNode"])
    start_after_ms = node_index * 1000 / job["launchRate"] if "launchRate" in job else 0
    shared = {
        "{pitwall:nodeIndex}": str(node_index),
        "{pitwall:isFirst}": "1" if node_index == 0 else "0",
        # As in `launch/agent/job-spec.ts`: torchrun numbers the hosts in the order of these texts.
        "{pitwall:localAddress}": environ.get("PITWALL_MASTER_ADDRESS", "") if node_index == 0 else "~host-%05d" % node_index,
        "{pitwall:masterAddress}": environ.get("PITWALL_MASTER_ADDRESS", ""),
        "{pitwall:masterPort}": environ.get("PITWALL_MASTER_PORT", ""),
        "{pitwall:home}": os.path.expanduser("~"),
    }
    placed = dict(job, env=fill(job["env"], shared), starters=[], isSignalledByScheduler=True, isDescribed=True, startAfterMs=start_after_ms)
    if environ.get("PITWALL_JOB_STARTED"):  # bash 5, seconds
        placed["scriptStartMs"] = float(environ["PITWALL_JOB_STARTED"].replace(",", ".")) * 1000
    for starter in job["starters"]:
        ranks = [first_rank + rank for rank in starter["ranks"]]
        values = dict(shared, **{"{pitwall:rank}": str(ranks[0])})
        placed["starters"].append(dict(
            starter, ranks=ranks, env=fill(starter["env"], values), command=fill(starter["command"], values),
        ))
    return placed


def fill(given, values):
    """Texts with each placeholder replaced."""
    if isinstance(given, dict):
        return {name: fill(text, values) for name, text in given.items()}
    if isinstance(given, list):
        return [fill(text, values) for text in given]
    for placeholder, value in values.items():
        given = given.replace(placeholder, value)
    return given


def fail(code, reason):
    print(json.dumps({"kind": "failed", "code": code, "reason": reason}), flush=True)
    os._exit(3)


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


def clock():
    """Until standard input ends."""
    for line in sys.stdin:
        word, _, text = line.strip().partition(" ")
        if word == "ping":
            print(text, "%.3f" % now_ms(), flush=True)


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


def has_ended(tail):
    """Whether the frames seen so far close with the last one of a job."""
    at = tail.rfind(b"n ")
    while at >= 0:
        head, _, payload = tail[at:].partition(b"\n")
        fields = head.split()
        if len(fields) == 5 and fields[4].isdigit() and len(payload) == int(fields[4]) and payload.startswith(b"{"):
            return True
        at = tail.rfind(b"n ", 0, at)
    return False


class WholeFrames:
    """Holds back the start of a frame until the rest is there: a frame of the connection, such as an answer, must not split it."""

    def __init__(self):
        self.rest = b""

    def push(self, data):
        data = self.rest + data
        at = 0
        while True:
            end = data.find(b"\n", at)
            fields = data[at:end].split() if end >= 0 else []
            if len(fields) != 5 or not fields[4].isdigit():
                break
            behind = end + 1 + int(fields[4])
            if behind > len(data):
                break
            at = behind
        self.rest = data[at:]
        return data[:at]


def write_loose(out, kind, payload, time_ms=None):
    out.write(("%s -1 %.3f 0 %d\n" % (kind, now_ms() if time_ms is None else time_ms, len(payload))).encode() + payload)
    out.flush()


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


def touch(path):
    """Renews the lease of the agent."""
    try:
        with open(path, "a"):
            os.utime(path)
    except OSError:
        pass


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


def stored_job(folder):
    try:
        with open(os.path.join(folder, "job.json")) as file:
            return json.load(file)
    except (OSError, ValueError):
        return None


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
    Supervisor.choose_interface(None, env)
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


def rank(command, hold_seconds=0):
    """
    Starts the program of one rank, passes its output to the agent, and reports how it ended. After a failure it ends when all ranks of
    the host have ended, or after `hold_seconds`.
    """
    number_ = int(os.environ["RANK"])
    out, err = os.pipe(), os.pipe()
    env = dict(os.environ, PITWALL_RANK=str(number_), PITWALL_LOCAL_RANK=os.environ.get("LOCAL_RANK", "0"))
    kind = socket.SOCK_SEQPACKET if IS_LINUX else socket.SOCK_STREAM
    agent = socket.socket(socket.AF_UNIX, kind)
    agent.connect(os.environ["PITWALL_AGENT"])
    try:
        # MPICH's mpirun talks to its ranks through a descriptor that they inherit.
        kept = [int(env["PMI_FD"])] if env.get("PMI_FD", "").isdigit() else []
        child = subprocess.Popen(command, env=env, stdout=out[1], stderr=err[1], pass_fds=kept, preexec_fn=die_with_parent)
    except OSError as error:
        text = "pitwall: cannot start `%s`: %s\n" % (command[0][:1000], error)
        agent.send(json.dumps({"kind": "refused", "rank": number_, "text": text[:3000]}).encode())
        return 127
    fds = array.array("i", [out[0], err[0]])
    message = json.dumps({"kind": "started", "rank": number_, "pid": child.pid}).encode()
    agent.sendmsg([message], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)])
    for end in out + err:
        os.close(end)
    for name in ("SIGTERM", "SIGINT", "SIGUSR1", "SIGUSR2", "SIGHUP"):
        signal.signal(getattr(signal, name), lambda received, _: send([child.pid], received))
    code = child.wait()
    exit_ = {"exitCode": code} if code >= 0 else {"signal": signal.Signals(-code).name}
    # Of the program and its children, which the agent does not collect if another program has started this one.
    cpu_seconds = sum(os.times()[2:4])
    agent.send(json.dumps({"kind": "ended", "rank": number_, "exit": exit_, "cpuSeconds": cpu_seconds}).encode())
    if code != 0 and hold_seconds > 0:
        select.select([agent], [], [], hold_seconds)
    agent.close()
    return code if code >= 0 else 128 - code


# The number of a rank, of all ranks, of a rank on its host, and of the ranks there.
RANK_NAMES = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE")
MPI_NAMES = (
    ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK", "OMPI_COMM_WORLD_LOCAL_SIZE"),
    ("PMI_RANK", "PMI_SIZE", "MPI_LOCALRANKID", "MPI_LOCALNRANKS"),  # MPICH
)


def mpi(run, command):
    """Like `rank`, with the numbers that mpirun gives. mpirun kills the other ranks about a second after one has failed."""
    names = next((each for each in MPI_NAMES if each[0] in os.environ), None)
    if names is None:
        print("pitwall: mpirun sets neither %s" % " nor ".join(each[0] for each in MPI_NAMES), file=sys.stderr)
        return 1
    numbers = dict(zip(RANK_NAMES, (os.environ[name] for name in names)))
    if run != "-":
        found = job_with_rank(run, int(numbers["RANK"]), int(numbers["WORLD_SIZE"]))
        if found is None:
            print("pitwall: rank %s of %s is not expected on host %s" % (
                numbers["RANK"], numbers["WORLD_SIZE"], socket.gethostname()), file=sys.stderr)
            return 1
        enter_job(*found)
    os.environ.update(numbers, PITWALL_WORLD_SIZE=numbers["WORLD_SIZE"])
    os.environ.setdefault("GROUP_RANK", "0")
    return rank(command, HOLD_SECONDS)


def job_with_rank(run, number_, world_size):
    """The folder, the request and the starter of a rank that this host's agent waits for. Hosts may share their home folder."""
    prefix = os.path.join(os.path.expanduser("~"), ".pitwall", "jobs", run)
    for folder in glob.glob(glob.escape(prefix) + ".*"):
        job, state = stored_job(folder), state_of(folder)
        if job is None or state is None or state["hostname"] != socket.gethostname():
            continue
        if int(job["env"]["WORLD_SIZE"]) != world_size:
            continue
        for starter in job["starters"]:
            if number_ in starter["ranks"]:
                return job, state, starter
    return None


def enter_job(job, state, starter):
    """Gives this process the folder and the environment of a rank."""
    env = dict(job["env"], **starter["env"])
    Supervisor.choose_interface(None, env)
    env[MARK] = job["name"]
    env["PITWALL_AGENT"] = state["address"]
    os.environ.update(env)
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    os.chdir(job["cwd"])


def main(words):
    command, rest = words[0], words[1:]
    if command == "describe":
        print(json.dumps(describe()))
    elif command == "start":
        start(rest[0])
    elif command == "run":
        Supervisor(rest[0], read_job(rest[0])).run()
    elif command == "slurm":
        return run_in_slurm(rest[0])
    elif command == "hold":
        hold(rest[0])
    elif command == "follow":
        follow(rest[0], int(rest[1]))
    elif command == "stop":
        stop(rest[0], float(rest[1]))
    elif command == "clock":
        clock()
    elif command == "port":
        print(port_like(int(rest[0])))
    elif command == "status":
        status(rest[0])
    elif command == "enter":
        return enter(rest[0], rest[1], rest[3:])
    elif command == "remove":
        shutil.rmtree(rest[0], ignore_errors=True)
    elif command == "rank":
        return rank(rest[1:])
    elif command == "mpi":
        return mpi(rest[0], rest[2:])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
