"""Checks logs with the official checker, in one process, the way its own summarizer calls it.

Usage: check_logs.py <usage> <ruleset>. Each line of standard input is a JSON list of paths; each is answered by one
line of JSON: CPU-seconds and a verdict per log. Interpreter start and imports are not in the times.
"""

import contextlib
import io
import json
import logging
import sys
import time

from mlperf_logging.compliance_checker import mlp_compliance


def check(path, usage, ruleset):
    """Seconds of processor time, and the verdict."""
    before = time.process_time()
    verdict = judge(path, usage, ruleset)
    return time.process_time() - before, verdict


def judge(path, usage, ruleset):
    checker = mlp_compliance.make_checker(usage=usage, ruleset=ruleset, quiet=True, werror=False)
    try:
        valid, *_ = mlp_compliance.main(path, f"{usage}_{ruleset}/common.yaml", checker)
    except (Exception, SystemExit):
        # It dies of some logs; what it still had to do would otherwise be done for the next one.
        mlp_compliance.enqueued_configs.clear()
        return "crash"
    return "pass" if valid else "fail"


def main():
    usage, ruleset = sys.argv[1:3]
    # Its messages are not wanted, and printing them is not timed.
    logging.disable(logging.CRITICAL)
    for line in sys.stdin:
        paths = json.loads(line)
        with contextlib.redirect_stdout(io.StringIO()):
            checked = [check(path, usage, ruleset) for path in paths]
        seconds, verdicts = zip(*checked)
        print(json.dumps({"cpuSeconds": seconds, "verdicts": verdicts}), flush=True)


if __name__ == "__main__":
    main()
