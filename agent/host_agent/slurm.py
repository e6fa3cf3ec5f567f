"""The commands `slurm` and `hold`."""

import json
import os
import select
import time

from host_agent.describe import describe
from host_agent.job_folder import touch, write_whole
from host_agent.place_job import place_job
from host_agent.sources import READ_BYTES
from host_agent.start import read_job
from host_agent.supervisor import Supervisor

TAKEN_SECONDS = 30
HELD_TOUCH_SECONDS = 5


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
    has_failed = supervisor.ending.is_asked or any(exit_ != {"exitCode": 0} for exit_ in supervisor.ended.values())
    return 1 if has_failed and "PITWALL_ATTEMPT" in job["env"] else 0
