"""The command `rank`: the program of one rank."""

import array
import json
import os
import select
import signal
import socket
import subprocess

from host_agent.processes import die_with_parent, IS_LINUX, send


def rank(command, hold_seconds=0):
    """
    Starts the program of one rank, passes its output to the agent, and reports how it ended. After a failure it ends when all ranks of
    the host have ended, or after `hold_seconds`.
    """
    number_ = int(os.environ["RANK"])
    out, err = os.pipe(), os.pipe()
    env = dict(os.environ, PITWALL_RANK=str(number_), PITWALL_LOCAL_RANK=os.environ.get("LOCAL_RANK", "0"))
    kind = socket.SOCK_SEQPACKET if IS_LINUX else socket.SOCK_STREAM
    agent = socket.socket(socket.AF_UNIX, kind)
    agent.connect(os.environ["PITWALL_AGENT"])
    try:
        # MPICH's mpirun talks to its ranks through a descriptor that they inherit.
        kept = [int(env["PMI_FD"])] if env.get("PMI_FD", "").isdigit() else []
        child = subprocess.Popen(command, env=env, stdout=out[1], stderr=err[1], pass_fds=kept, preexec_fn=die_with_parent)
    except OSError as error:
        text = "pitwall: cannot start `%s`: %s\n" % (command[0][:1000], error)
        agent.send(json.dumps({"kind": "refused", "rank": number_, "text": text[:3000]}).encode())
        return 127
    fds = array.array("i", [out[0], err[0]])
    message = json.dumps({"kind": "started", "rank": number_, "pid": child.pid}).encode()
    agent.sendmsg([message], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)])
    for end in out + err:
        os.close(end)
    for name in ("SIGTERM", "SIGINT", "SIGUSR1", "SIGUSR2", "SIGHUP"):
        signal.signal(getattr(signal, name), lambda received, _: send([child.pid], received))
    code = child.wait()
    exit_ = {"exitCode": code} if code >= 0 else {"signal": signal.Signals(-code).name}
    # Of the program and its children, which the agent does not collect if another program has started this one.
    cpu_seconds = sum(os.times()[2:4])
    agent.send(json.dumps({"kind": "ended", "rank": number_, "exit": exit_, "cpuSeconds": cpu_seconds}).encode())
    if code != 0 and hold_seconds > 0:
        select.select([agent], [], [], hold_seconds)
    agent.close()
    return code if code >= 0 else 128 - code
