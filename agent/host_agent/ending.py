"""How the processes of a job are ended."""

import os
import signal
import time

from host_agent.processes import job_processes, send

STOP_CHECK_SECONDS = 0.25
SCHEDULER_GRACE_MS = 600000
PREEMPTION_GRACE_MS = 30000


class Ending:
    """Ends the ranks when it is asked to: SIGTERM, and SIGKILL after a time."""

    def __init__(self, folder, job, frames, lease):
        self.folder, self.job, self.frames, self.lease = folder, job, frames, lease
        self.spared = lambda: ()  # pids that get no signal
        self.kill_at = None
        self.is_asked = False
        self.next_check = 0.0

    def stop(self, grace_ms):
        kill_at = time.monotonic() + grace_ms / 1000
        self.kill_at = kill_at if self.kill_at is None else min(self.kill_at, kill_at)
        if not self.is_asked:
            self.is_asked = True
            spared = self.spared()
            pids = [pid for pid in job_processes(self.job) if pid not in spared]
            send(pids, signal.SIGTERM)
            send(pids, signal.SIGCONT)

    def on_signal(self, received):
        """Slurm signals every process of a job, and kills what is left itself. A host that goes down sends SIGTERM to its processes."""
        if self.job.get("isSignalledByScheduler"):
            self.is_asked = True
            self.stop(SCHEDULER_GRACE_MS)
        elif received == signal.SIGTERM and not self.job.get("tether"):
            if not self.is_asked:
                self.frames.add("f", {"reason": "its agent was sent SIGTERM", "isPreempted": True})
            self.stop(PREEMPTION_GRACE_MS)
        else:
            self.stop(5000)

    def ask_for_checkpoint(self):
        if not self.job.get("isSignalledByScheduler"):
            send(job_processes(self.job), signal.SIGUSR1)

    def check_stop_file(self):
        """On a shared file system, a follower on another host stores its request to stop as a file."""
        if time.monotonic() < self.next_check:
            return
        self.next_check = time.monotonic() + STOP_CHECK_SECONDS
        try:
            with open(os.path.join(self.folder, "stop")) as file:
                self.stop(float(file.read() or 5000))
        except (OSError, ValueError):
            pass

    def check_lease(self):
        if self.lease is None or self.is_asked or not self.lease.is_due():
            return
        reason = "no contact to Pitwall and to the other hosts for %d s" % self.lease.seconds
        self.frames.add("f", {"reason": reason})
        self.stop(5000)

    def strike(self):
        if self.kill_at is not None and time.monotonic() >= self.kill_at:
            send(list(job_processes(self.job)), signal.SIGKILL)
