"""The request of one host, from the template of a job whose hosts were not known before it started."""

import os


def place_job(job, node_index, environ):
    """Replaces the placeholders of a template: `{pitwall:nodeIndex}`, `{pitwall:rank}` and those of the rendezvous."""
    first_rank = node_index * int(job["ranksPerNode"])
    start_after_ms = node_index * 1000 / job["launchRate"] if "launchRate" in job else 0
    shared = {
        "{pitwall:nodeIndex}": str(node_index),
        "{pitwall:isFirst}": "1" if node_index == 0 else "0",
        # As in `launch/agent/job-spec.ts`: torchrun numbers the hosts in the order of these texts.
        "{pitwall:localAddress}": environ.get("PITWALL_MASTER_ADDRESS", "") if node_index == 0 else "~host-%05d" % node_index,
        "{pitwall:masterAddress}": environ.get("PITWALL_MASTER_ADDRESS", ""),
        "{pitwall:masterPort}": environ.get("PITWALL_MASTER_PORT", ""),
        "{pitwall:home}": os.path.expanduser("~"),
    }
    placed = dict(job, env=fill(job["env"], shared), starters=[], isSignalledByScheduler=True, isDescribed=True, startAfterMs=start_after_ms)
    if environ.get("PITWALL_JOB_STARTED"):  # bash 5, seconds
        placed["scriptStartMs"] = float(environ["PITWALL_JOB_STARTED"].replace(",", ".")) * 1000
    for starter in job["starters"]:
        ranks = [first_rank + rank for rank in starter["ranks"]]
        values = dict(shared, **{"{pitwall:rank}": str(ranks[0])})
        placed["starters"].append(dict(
            starter, ranks=ranks, env=fill(starter["env"], values), command=fill(starter["command"], values),
        ))
    return placed


def fill(given, values):
    """Texts with each placeholder replaced."""
    if isinstance(given, dict):
        return {name: fill(text, values) for name, text in given.items()}
    if isinstance(given, list):
        return [fill(text, values) for text in given]
    for placeholder, value in values.items():
        given = given.replace(placeholder, value)
    return given
