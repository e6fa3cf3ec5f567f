"""The command line of the agent. Each command loads only the files that it needs, because one runs per rank."""

import json


def main(words):
    command, rest = words[0], words[1:]
    if command == "rank":
        from host_agent.rank import rank
        return rank(rest[1:])
    if command == "mpi":
        from host_agent.mpi import mpi
        return mpi(rest[0], rest[2:])
    if command in ("follow", "clock"):
        return following(command, rest)
    if command in ("stop", "status", "enter", "remove"):
        return controlling(command, rest)
    return running(command, rest)


def following(command, rest):
    from host_agent import follow
    if command == "follow":
        follow.follow(rest[0], int(rest[1]))
    else:
        follow.clock()
    return 0


def controlling(command, rest):
    from host_agent import control
    if command == "stop":
        control.stop(rest[0], float(rest[1]))
    elif command == "status":
        control.status(rest[0])
    elif command == "enter":
        return control.enter(rest[0], rest[1], rest[3:])
    else:
        control.remove(rest[0])
    return 0


def running(command, rest):
    if command == "describe":
        from host_agent.describe import describe
        print(json.dumps(describe()))
    elif command == "port":
        from host_agent.network import port_like
        print(port_like(int(rest[0])))
    elif command == "start":
        from host_agent.start import start
        start(rest[0])
    elif command == "run":
        from host_agent.start import run
        run(rest[0])
    elif command == "slurm":
        from host_agent.slurm import run_in_slurm
        return run_in_slurm(rest[0])
    elif command == "hold":
        from host_agent.slurm import hold
        hold(rest[0])
    return 0
