"""Writes into MLflow or Trackio: the run of rank-writer.js, one metric for each rank, or many runs of 20 evaluations each.

  python write-peers.py mlflow|trackio ranks <ranks> <seconds>
  python write-peers.py mlflow|trackio runs <runs>
"""

import sys
import time

tool, what, *counts = sys.argv[1:]
now = int(time.time() * 1000)


def step_ms(rank, step):
    slow = 1.4 if rank % 100 == 7 else 1
    compute = 700 * slow + (rank * 31 + step * 17) % 40
    wait = 140 if step % 50 < 5 else 12 + (rank + step) % 9
    return compute + 120 + (rank * 7 + step * 3) % 30 + wait


def ranks_at(step, ranks):
    return {f"step_ms/rank-{rank:04d}": step_ms(rank, step) for rank in range(ranks)}


def runs_to_write():
    """Each run is a name and its metrics by step."""
    if what == "ranks":
        ranks, seconds = map(int, counts)
        yield "ranks", [ranks_at(step, ranks) for step in range(seconds)]
    else:
        for number in range(int(counts[0])):
            yield f"bench-{number}", [{"val_acc": (step + 1) / 20} for step in range(20)]


if tool == "mlflow":
    import mlflow
    from mlflow.entities import Metric

    client = mlflow.MlflowClient()
    experiment = client.create_experiment(what)
    for name, steps in runs_to_write():
        run_id = client.create_run(experiment, run_name=name).info.run_id
        metrics = [
            Metric(key, value, now + step * 1000, step)
            for step, values in enumerate(steps)
            for key, value in values.items()
        ]
        for first in range(0, len(metrics), 1000):
            client.log_batch(run_id, metrics=metrics[first : first + 1000])
        client.set_terminated(run_id)
    print(f"{experiment}/runs/{run_id}")
else:
    from trackio.sqlite_storage import SQLiteStorage

    for name, steps in runs_to_write():
        SQLiteStorage.bulk_log(project=what, run=name, metrics_list=steps)
