"""The command `mpi`: a rank that mpirun starts."""

import glob
import os
import socket
import sys

from host_agent.job_folder import state_of, stored_job
from host_agent.network import choose_interface
from host_agent.processes import MARK
from host_agent.rank import rank

HOLD_SECONDS = 6
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
    choose_interface(env)
    env[MARK] = job["name"]
    env["PITWALL_AGENT"] = state["address"]
    os.environ.update(env)
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    os.chdir(job["cwd"])
