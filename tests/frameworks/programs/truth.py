"""Writes the true value of a metric and the time of its measurement, for comparison with what Pitwall reads."""

import json
import os
import time


def measured(value):
    """Called when the program has measured its metric, before or just after its framework prints it."""
    path = os.environ.get("TRUTH_FILE")
    if path:
        with open(path, "a") as file:
            file.write(json.dumps({"timeMs": time.time() * 1000, "value": float(value)}) + "\n")
    # These programs train for milliseconds; the pause separates their evaluations in time.
    time.sleep(0.1)
