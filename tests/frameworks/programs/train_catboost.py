"""A tiny classifier, trained by CatBoost."""

import numpy as np
from catboost import CatBoostClassifier

from truth import measured

inputs = np.random.default_rng(1).normal(size=(1000, 8))
labels = (inputs[:, 0] + inputs[:, 1] > 0).astype(int)


class Report:
    def after_iteration(self, info):
        measured(info.metrics["validation"]["AUC"][-1])
        return True


CatBoostClassifier(
    iterations=12, eval_metric="AUC", thread_count=1, random_seed=1, allow_writing_files=False
).fit(inputs[:700], labels[:700], eval_set=(inputs[700:], labels[700:]), callbacks=[Report()], verbose=1)
