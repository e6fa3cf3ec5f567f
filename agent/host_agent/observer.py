"""Samples of the host while a job runs on it."""

import shutil
import threading
import time

from host_agent.meters import gpus, machine_counters, rapl_joules
from host_agent.network import network_bytes
from host_agent.rank_waits import RankWaits

SAMPLE_SECONDS = 1.0
GPU_KEYS = ("index", "uuid", "name", "powerWatts", "utilization", "usedBytes")


class Observer:
    """Stores one sample of the host per second."""

    def __init__(self, frames, lease):
        self.frames, self.lease = frames, lease
        self.gpus = []
        self.waits = RankWaits()
        self.sampled_cpu = 0.0
        self.next_sample = 0.0
        if shutil.which("nvidia-smi"):
            threading.Thread(target=self.watch_gpus, daemon=True).start()

    def is_due(self):
        return time.monotonic() >= self.next_sample

    def sample(self, living, spent_cpu):
        """Of the living processes of the job, and the CPU seconds of those that have ended."""
        self.next_sample = time.monotonic() + SAMPLE_SECONDS
        # The time of a process that has ended is missing until its parent collects it.
        self.sampled_cpu = max(self.sampled_cpu, spent_cpu + sum(stat[3] for stat in living.values()))
        self.frames.add("s", {
            "cpuSeconds": self.sampled_cpu,
            "memoryBytes": sum(stat[4] for stat in living.values()),
            "processCount": len(living),
            "joules": rapl_joules(),
            "gpus": self.gpus,
            "machine": machine_counters(),
            "ranks": self.waits.counts,
            **({} if self.lease is None else {"links": self.lease.links()}),
            "network": {name: counts for name, counts in network_bytes().items() if name != "lo"},
        })

    def watch_gpus(self):
        """In a thread of its own, because nvidia-smi can take longer than a sample."""
        while True:
            self.gpus = [{key: gpu[key] for key in GPU_KEYS} for gpu in gpus()]
            time.sleep(SAMPLE_SECONDS)
