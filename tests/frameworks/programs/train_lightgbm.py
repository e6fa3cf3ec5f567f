"""A tiny classifier, trained by LightGBM."""

import lightgbm
import numpy as np

from truth import measured

inputs = np.random.default_rng(1).normal(size=(2000, 8))
labels = (inputs[:, 0] + inputs[:, 1] > 0).astype(int)
data = lightgbm.Dataset(inputs[:1500], labels[:1500])


def report(environment):
    measured(next(row[2] for row in environment.evaluation_result_list if row[1] == "auc"))


report.order = 0
lightgbm.train(
    {"objective": "binary", "metric": ["binary_logloss", "auc"], "num_threads": 1, "seed": 1},
    data,
    num_boost_round=12,
    valid_sets=[data.create_valid(inputs[1500:], labels[1500:])],
    callbacks=[report, lightgbm.log_evaluation(1)],
)
