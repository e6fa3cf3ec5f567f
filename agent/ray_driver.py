"""Runs one job of Pitwall in a Ray cluster: the entry point of a Ray job, which needs Ray and Python's standard library. Arguments: the
name of the job, and that of its request, which Pitwall has uploaded.

The agent runs on each node as the child of an actor, and its frames are printed here, because the log of the job is what reaches Pitwall
through Ray's REST interface. What Pitwall uploads under the name of the job reaches it in turn: `ping` and `stop` as JSON. Each line of the
log is one of:

  :::PITWALL-RAY {...}                     `waiting`, `placed`, `ended`, `lost` or `failed`
  :::PITWALL-PONG HOST TIME TEXT           the answer to a ping: the time of the node, and the text of the ping
  :::PITWALL-FRAMES HOST OFFSET BASE64     bytes of the frames of one node, from an offset on; see pitwall_agent.py
"""

import base64
import fcntl
import hashlib
import importlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import ray
from ray.experimental import internal_kv
from ray.exceptions import ActorUnavailableError, RayActorError
from ray.util.placement_group import placement_group
from ray.util.scheduling_strategies import PlacementGroupSchedulingStrategy

LINE_BYTES = 12000  # as base64 below 20,000 characters, beyond which Ray cuts lines
READ_BYTES = 1 << 20
TAIL_BYTES = 8192
POLL_SECONDS = 0.05
GRACE_MS = 5000
SET_UP_LINES = 10
CONNECT_TRIES = 3
STATE = {"stopping": False}


class Mailbox:
    """What Pitwall uploads for this job. Ray keeps uploads in its control store until they are taken."""

    def __init__(self, job):
        self.prefix = "gcs://pitwall-to-%s-" % job

    def take(self):
        for key in sorted(internal_kv._internal_kv_list(self.prefix)):
            yield take_upload(key)

    def close(self):
        internal_kv._internal_kv_del(self.prefix, del_by_prefix=True)


def connect():
    """To the cluster of this job, which need not be the only one of this machine."""
    address = os.environ.get("RAY_ADDRESS") or "auto"
    for remaining in range(CONNECT_TRIES, 0, -1):
        try:
            ray.init(address=address, log_to_driver=False, logging_level="ERROR")
            return
        except ConnectionError:
            if remaining == 1:
                raise
            time.sleep(1)


def take_upload(key):
    data = internal_kv._internal_kv_get(key)
    internal_kv._internal_kv_del(key)
    return data


def here():
    """Where Ray has unpacked this file, on the node of the caller."""
    return os.path.join(os.getcwd(), ".pitwall")


def agent(name):
    """A file of the agent. It is imported where it is used: Ray sends the class below to processes that do not know its folder."""
    if here() not in sys.path:
        sys.path.insert(0, here())
    return importlib.import_module("host_agent." + name)


def say(**fields):
    print(":::PITWALL-RAY " + json.dumps(fields), flush=True)


class Node:
    """The agent of one node."""

    def __init__(self, request, host_index):
        self.request, self.host_index = request, host_index
        self.folder = tempfile.mkdtemp(prefix="pitwall-ray-")
        self.process = None

    def describe(self):
        facts = agent("describe").describe()
        facts["address"] = ray.util.get_node_ip_address()
        place = {"nodeId": ray.get_runtime_context().get_node_id(), "folder": self.folder}
        return facts, place

    def set_up(self, command):
        """Runs a command once per node and version of the code; what it printed if it failed."""
        folder = self.code_folder()
        marker = os.path.join(folder, ".pitwall-set-up-" + hashlib.sha256(command.encode()).hexdigest()[:12])
        with open(marker + ".lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if os.path.exists(marker):
                return None
            ran = subprocess.run(
                ["sh", "-c", command], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            if ran.returncode != 0:
                return "\n".join(ran.stdout.decode(errors="replace").strip().split("\n")[-SET_UP_LINES:]) or "exit code %d" % ran.returncode
            open(marker, "w").close()
        return None

    def code_folder(self):
        """The folder that Ray has unpacked on this node."""
        return os.path.join(os.getcwd(), self.request["folder"])

    def clock(self):
        return agent("frames").now_ms()

    def start(self, address, port):
        variables = {"PITWALL_MASTER_ADDRESS": address, "PITWALL_MASTER_PORT": str(port)}
        job = agent("place_job").place_job(self.request["job"], self.host_index, variables)
        job.update(isSignalledByScheduler=False, cwd=self.code_folder())
        job["env"].update(self.request["hostEnv"][self.host_index])
        if "CUDA_VISIBLE_DEVICES" in os.environ:  # also for commands beside the ranks
            job["env"].setdefault("CUDA_VISIBLE_DEVICES", os.environ["CUDA_VISIBLE_DEVICES"])
        os.makedirs(job["env"]["PITWALL_RUN_DIR"], mode=0o700, exist_ok=True)
        with open(os.path.join(self.folder, "job.json"), "w") as file:
            json.dump(job, file)
        env = dict(os.environ)
        if not self.request["setsThreads"]:
            env.pop("OMP_NUM_THREADS", None)  # Ray sets it to the CPUs of the actor
        program = os.path.join(here(), "pitwall_agent.py")
        # The agent ends its processes when this actor ends.
        self.process = subprocess.Popen(
            [sys.executable, "-S", program, "run", self.folder], stdin=subprocess.PIPE, env=env, start_new_session=True,
        )

    def read(self, offset):
        """Frames from an offset on, and whether these are the last ones."""
        is_over = self.process.poll() is not None
        try:
            with open(os.path.join(self.folder, "frames"), "rb") as file:
                file.seek(offset)
                data = file.read(READ_BYTES)
        except FileNotFoundError:
            data = b""
        return data, is_over and len(data) < READ_BYTES

    def stop(self, grace_ms):
        agent("job_folder").tell_agent(self.folder, {"kind": "stop", "graceMs": grace_ms})

    def failure(self):
        """The exit code of the first rank that failed; 0 if none did."""
        return first_failure(os.path.join(self.folder, "frames"))

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)


def first_failure(path):
    with open(path, "rb") as file:
        while True:
            head = file.readline().split()
            if len(head) != 5:
                return 0
            payload = file.read(int(head[4]))
            if head[0] != b"x":
                continue
            exit_ = json.loads(payload)
            code = exit_.get("exitCode", 1)
            if code != 0:
                return code


def place(request):
    """A placement group with one bundle per node; waits until Ray has the resources."""
    bundle = {name: count for name, count in request["resources"].items() if count > 0}
    strategy = "STRICT_SPREAD" if request["nodes"] > 1 else "STRICT_PACK"
    group = placement_group([bundle] * request["nodes"], strategy=strategy, **pinned(request))
    ready = group.ready()
    while not STATE["stopping"]:
        if ray.wait([ready], timeout=1)[0]:
            return group
        say(kind="waiting", reason="Ray has not %d free nodes with %s" % (
            request["nodes"], ", ".join("%g %s" % (count, name) for name, count in bundle.items())))
    return None


def pinned(request):
    """The nodes that have the data of the run."""
    if "nodeIds" not in request:
        return {}
    return {"bundle_label_selector": [{"ray.io/node-id": node_id} for node_id in request["nodeIds"]]}


def start_nodes(request, group):
    actor = ray.remote(Node)
    nodes = []
    for index in range(request["nodes"]):
        strategy = PlacementGroupSchedulingStrategy(group, placement_group_bundle_index=index)
        bundle = request["resources"]
        options = {"num_cpus": bundle["CPU"], "num_gpus": bundle.get("GPU", 0), "scheduling_strategy": strategy}
        nodes.append(actor.options(**options).remote(request, index))
    return nodes


def name_hosts(facts):
    """Host names; nodes on the same machine get a number."""
    names = [each["hostname"].split(".")[0] for each in facts]
    return [
        name if names.count(name) == 1 else "%s-%d" % (name, names[: index + 1].count(name))
        for index, name in enumerate(names)
    ]


class Relay:
    """Prints the frames of all nodes until their last ones."""

    def __init__(self, nodes, hosts, mailbox):
        self.nodes = dict(zip(hosts, nodes))
        self.offsets = dict.fromkeys(hosts, 0)
        self.tails = dict.fromkeys(hosts, b"")
        self.ended = set()
        self.mailbox = mailbox
        self.is_stopped = False
        self.codes = []

    def run(self):
        while self.nodes:
            if STATE["stopping"] and not self.is_stopped:
                self.is_stopped = True
                self.stop(GRACE_MS)
            for message in self.mailbox.take():
                self.obey(json.loads(message))
            answers = {host: node.read.remote(self.offsets[host]) for host, node in self.nodes.items()}
            sizes = [self.take(host, answer) for host, answer in answers.items()]
            if not any(sizes):
                time.sleep(POLL_SECONDS)
        return next((code for code in self.codes if code != 0), 0)

    def stop(self, grace_ms):
        for node in self.nodes.values():
            node.stop.remote(grace_ms)

    def obey(self, message):
        if message["kind"] == "stop":
            self.stop(message["graceMs"])
        elif message["kind"] == "ping" and message["host"] in self.nodes:
            host = message["host"]
            try:
                time_ms = ray.get(self.nodes[host].clock.remote())
            except RayActorError:
                return  # `take` reports it
            print(":::PITWALL-PONG %s %.3f %s" % (host, time_ms, message["text"]), flush=True)

    def take(self, host, answer):
        try:
            data, is_over = ray.get(answer)
            if is_over:
                self.codes.append(ray.get(self.nodes[host].failure.remote()))
        except ActorUnavailableError:
            return 0  # a busy node; Ray says so if it is lost
        except RayActorError as error:
            say(kind="lost", host=host, reason="Ray lost the node: %s" % str(error).split("\n")[0])
            self.codes.append(1)
            del self.nodes[host]
            return 0
        # First, so that it is there when the last frame is, which comes a moment before the agent exits.
        self.tails[host] = (self.tails[host] + data)[-TAIL_BYTES:]
        if host not in self.ended and (is_over or agent("frames").has_ended(self.tails[host])):
            self.ended.add(host)
            say(kind="ended", host=host)
        for at in range(0, len(data), LINE_BYTES):
            piece = data[at: at + LINE_BYTES]
            print(":::PITWALL-FRAMES %s %d %s" % (host, self.offsets[host], base64.b64encode(piece).decode()), flush=True)
            self.offsets[host] += len(piece)
        if is_over:
            ray.get(self.nodes[host].close.remote())
            del self.nodes[host]
        return len(data)


def main(job, request_name):
    connect()
    # Afterwards, because Ray sets handlers of its own.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: STATE.update(stopping=True))
    request = json.loads(take_upload("gcs://" + request_name))
    group = place(request)
    if group is None:
        return 1
    nodes = start_nodes(request, group)
    described = ray.get([node.describe.remote() for node in nodes])
    hosts = name_hosts([facts for facts, _ in described])
    if request.get("setUp"):
        failed = [text for text in ray.get([node.set_up.remote(request["setUp"]) for node in nodes]) if text is not None]
        if failed:
            say(kind="set-up-failed", command=request["setUp"], output=failed[0])
            return 1
    say(kind="placed", timeMs=agent("frames").now_ms(), hosts=[
        dict(place, host=host, facts=facts) for host, (facts, place) in zip(hosts, described)])
    first = described[0][0]
    ray.get([node.start.remote(first["address"], first["freePort"]) for node in nodes])
    mailbox = Mailbox(job)
    try:
        return Relay(nodes, hosts, mailbox).run()
    finally:
        mailbox.close()


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except Exception as error:
        say(kind="failed", reason="%s: %s" % (type(error).__name__, error))
        raise
