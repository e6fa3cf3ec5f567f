"""Runs the ranks of one job on one host, and hands over what they print.

Pitwall copies this file to each host of a job, with the files of `host_agent/` in it (`launch/agent/agent-program.ts`). The copy unpacks
them beside itself once per host, so that later starts load them as bytecode. It needs Python 3.8 and its standard library. Commands:

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

import os
import sys

FILES = {}
DISK_CODE = 92  # as in `launch/ssh/ssh-hosts.ts`


def unpacked(files):
    """The folder of the package `host_agent`: in a copy, one that is named after this file, and made by the first process that needs it."""
    own = os.path.abspath(__file__)
    if not files:
        return os.path.dirname(own)
    folder = os.path.splitext(own)[0]
    if not os.path.isdir(folder):
        unpack(files, folder)
    return folder


def unpack(files, folder):
    import shutil
    import tempfile
    new = None
    try:
        new = tempfile.mkdtemp(dir=os.path.dirname(folder))
        os.mkdir(os.path.join(new, "host_agent"))
        for name, text in files.items():
            with open(os.path.join(new, "host_agent", name), "w", encoding="utf-8") as file:
                file.write(text)
        os.rename(new, folder)
    except OSError as error:
        if new is not None:
            shutil.rmtree(new, ignore_errors=True)
        if not os.path.isdir(folder):  # otherwise another process, also of a host that shares the folder, was faster
            print("pitwall: cannot write to %s: %s" % (folder, error.strerror), file=sys.stderr)
            sys.exit(DISK_CODE)


def keep_bytecode(folder):
    """Beside the files, or in the home folder if they belong to another user. PYTHONDONTWRITEBYTECODE is about the user's own programs."""
    sys.dont_write_bytecode = False
    if not os.access(folder, os.W_OK):
        # Files of npm's packages all have the same time of modification.
        version = "%d" % os.stat(folder).st_ctime_ns
        sys.pycache_prefix = os.path.join(os.path.expanduser("~"), ".pitwall", "agent", "bytecode", version)


if __name__ == "__main__":
    FOLDER = unpacked(FILES)
    keep_bytecode(os.path.join(FOLDER, "host_agent"))
    sys.path.insert(0, FOLDER)
    from host_agent.main import main
    sys.exit(main(sys.argv[1:]))
