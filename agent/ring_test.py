"""Tests the communication of torch.distributed between hosts, before a job depends on it.

Runs with the program's own Python; the whole text is an argument of `python -c`, so that nothing is stored. Prints one JSON object per
line: first `{"backend", "torch", "interface"}`, or `{"error"}` if torch is missing, then one answer per line of standard input:

  free                                    a free port: {"port"}
  group BACKEND NAME ADDRESS PORT RANK SIZE SECONDS
                                          joins a process group and measures an all-reduce: {"roundTripMs", "bytesPerSecond"}

The bandwidth is that of NCCL's tests, which does not depend on the number of ranks: bytes x 2 (n - 1) / n / time of the all-reduce. The latency is the
shortest all-reduce of one number.
"""

import datetime
import json
import os
import socket
import sys
import threading
import time

SMALL_ROUNDS = 10
LARGE_BYTES = 8 << 20
MOST_LARGE_ROUNDS = 5
LARGE_SECONDS = 1.0


def say(**fields):
    print(json.dumps(fields), flush=True)


def interface_to(address):
    """The interface that reaches an address; gloo and NCCL would otherwise guess one."""
    import fcntl
    import struct

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((address, 9))
            own = probe.getsockname()[0]
        except OSError:
            return None
        for _, name in socket.if_nameindex():
            try:
                found = fcntl.ioctl(probe.fileno(), 0x8915, struct.pack("256s", name.encode()[:15]))
            except OSError:
                continue
            if socket.inet_ntoa(found[20:24]) == own:
                return name
    return None


def measure(backend, name, address, port, rank, size, seconds):
    import torch
    import torch.distributed as dist

    interface = interface_to(address)
    if interface is not None:
        os.environ["GLOO_SOCKET_IFNAME"] = interface
        if interface != "lo":
            os.environ["NCCL_SOCKET_IFNAME"] = interface
    timeout = datetime.timedelta(seconds=seconds)
    store = dist.TCPStore(address, port, size, is_master=rank == 0, timeout=timeout)
    dist.init_process_group(backend, store=dist.PrefixStore(name, store), rank=rank, world_size=size, timeout=timeout)
    try:
        device = torch.device("cuda", 0) if backend == "nccl" else torch.device("cpu")
        # A warm-up opens the connections.
        one = torch.ones(1, device=device)
        timed(dist, torch, one)
        latency = min(timed(dist, torch, one) for _ in range(SMALL_ROUNDS))
        block = torch.ones(LARGE_BYTES // 4, device=device)
        best, started = timed(dist, torch, block), time.monotonic()
        # All ranks have to make the same number of rounds: that of rank 0.
        rounds = torch.tensor([min(MOST_LARGE_ROUNDS, int(LARGE_SECONDS / max(best, 1e-6)))], device=device)
        dist.broadcast(rounds, 0)
        for _ in range(int(rounds.item())):
            best = min(best, timed(dist, torch, block))
        dist.barrier()
    finally:
        dist.destroy_process_group()
    return {"roundTripMs": latency * 1000, "bytesPerSecond": LARGE_BYTES * 2 * (size - 1) / size / best}


def timed(dist, torch, tensor):
    started = time.perf_counter()
    dist.all_reduce(tensor)
    if tensor.is_cuda:
        torch.cuda.synchronize()
    return time.perf_counter() - started


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as server:
        server.bind(("", 0))
        return server.getsockname()[1]


def main():
    try:
        import torch
        import torch.distributed as dist
    except Exception as error:
        say(error=str(error))
        return
    if not dist.is_available():
        say(error="torch was built without distributed")
        return
    best = "nccl" if torch.cuda.is_available() and dist.is_nccl_available() else "gloo"
    say(backend=best, torch=torch.__version__)
    for line in sys.stdin:
        words = line.split()
        if words[:1] == ["free"]:
            say(port=free_port())
            continue
        _, backend, name, address, port, rank, size, seconds = words
        # A group that hangs in a system call must not keep the process.
        killer = threading.Timer(float(seconds) + 5, lambda: os._exit(4))
        killer.daemon = True
        killer.start()
        try:
            say(**measure(backend, name, address, int(port), int(rank), int(size), float(seconds)))
        except Exception as error:
            say(error=" ".join(str(error).split())[:300])
        killer.cancel()


main()
# Without waiting for the threads of torch.
os._exit(0)
