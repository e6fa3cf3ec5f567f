"""A tiny classifier, trained by XGBoost."""

import numpy as np
import xgboost

from truth import measured

inputs = np.random.default_rng(1).normal(size=(2000, 8))
labels = (inputs[:, 0] + inputs[:, 1] > 0).astype(int)


class Report(xgboost.callback.TrainingCallback):
    def after_iteration(self, model, epoch, evals_log):
        measured(evals_log["valid"]["auc"][-1])
        return False


train = xgboost.DMatrix(inputs[:1500], labels[:1500])
valid = xgboost.DMatrix(inputs[1500:], labels[1500:])
xgboost.train(
    {"objective": "binary:logistic", "eval_metric": ["logloss", "auc"], "nthread": 1, "seed": 1},
    train,
    num_boost_round=12,
    evals=[(train, "train"), (valid, "valid")],
    callbacks=[Report()],
)
