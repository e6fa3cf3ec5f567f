"""Faults that an environment variable asks for: `INJECT="name:rank:step;name:rank:step"`; rank `all` is every rank."""

import json
import os
import re
import resource
import signal
import socket
import sqlite3
import threading
import time

import torch

RANK = int(os.environ.get("RANK", "0"))
ASKED = [each.split(":") for each in os.environ.get("INJECT", "").split(";") if each]


def due(name, step):
    return any(name == each and who in (str(RANK), "all") and int(when) == step for each, who, when in ASKED)


def since(name, step):
    return any(name == each and who in (str(RANK), "all") and step >= int(when) for each, who, when in ASKED)


def token_too_large():
    torch.nn.functional.embedding(torch.tensor([1, 50_432]), torch.zeros(50_304, 4))


def summary_of_tensors():
    json.dumps({"grad_norm": torch.tensor(1.25)})


def caused():
    try:
        1 / len([])
    except ZeroDivisionError as error:
        raise ValueError("cannot normalise an empty window of rewards") from error


def no_address_space():
    used = int(open("/proc/self/statm").read().split()[0]) * 4096
    resource.setrlimit(resource.RLIMIT_AS, (used + (32 << 20), used + (32 << 20)))
    return [torch.zeros(1 << 24) for _ in range(64)]


def full_database():
    with sqlite3.connect(":memory:") as database:
        database.execute("pragma max_page_count = 4")
        database.execute("create table steps (text)")
        for _ in range(40):
            database.execute("insert into steps values (?)", ("x" * 2000,))


def killed():
    os.kill(os.getpid(), signal.SIGKILL)


def silent_server():
    server = socket.create_server(("127.0.0.1", 0))
    socket.create_connection(server.getsockname()).recv(16)


def backtracking():
    re.match(r"(?:a+)+$", "a" * 64 + "!")


def own_lock():
    metrics = threading.Lock()
    with metrics, metrics:
        pass


def sleeps_on():
    threading.Event().wait()


ACTS = {
    name: globals()[name]
    for name in (
        "token_too_large summary_of_tensors caused no_address_space full_database killed silent_server backtracking own_lock sleeps_on"
    ).split()
}


def act(step):
    for name, perform in ACTS.items():
        if due(name, step):
            perform()


def slow(name, step, seconds):
    if since(name, step):
        time.sleep(seconds)
