"""Writes the run of rank-writer.js into MLflow or Trackio: one metric for each rank.

  python write-peers.py mlflow|trackio <ranks> <seconds>
"""

import sys
import time

tool, ranks, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])


def step_ms(rank, step):
    slow = 1.4 if rank % 100 == 7 else 1
    compute = 700 * slow + (rank * 31 + step * 17) % 40
    wait = 140 if step % 50 < 5 else 12 + (rank + step) % 9
    return compute + 120 + (rank * 7 + step * 3) % 30 + wait


def name(rank):
    return f"step_ms/rank-{rank:04d}"


if tool == "mlflow":
    import mlflow
    from mlflow.entities import Metric

    mlflow.set_experiment("ranks")
    with mlflow.start_run() as run:
        client = mlflow.MlflowClient()
        start = int(time.time() * 1000) - seconds * 1000
        metrics = [
            Metric(name(rank), step_ms(rank, step), start + step * 1000, step)
            for step in range(seconds)
            for rank in range(ranks)
        ]
        for first in range(0, len(metrics), 1000):
            client.log_batch(run.info.run_id, metrics=metrics[first : first + 1000])
        print(f"{run.info.experiment_id}/runs/{run.info.run_id}")
else:
    import trackio

    trackio.init(project="ranks", name="ranks")
    for step in range(seconds):
        trackio.log({name(rank): step_ms(rank, step) for rank in range(ranks)})
    trackio.finish()
