"""Counters of the whole host, and its NVIDIA GPUs."""

import glob
import os
import shutil
import subprocess

from host_agent.processes import OWN_PIDS

THERMAL_COUNTERS = glob.glob("/sys/devices/system/cpu/cpu*/thermal_throttle/core_throttle_count")
GPU_FIELDS = "index,uuid,name,memory.total,driver_version,power.draw,utilization.gpu,memory.used"


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
