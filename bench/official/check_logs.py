"""Checks logs with the official checker, in one process, the way its own summarizer calls it.

Usage: check_logs.py <usage> <ruleset>. Each line of standard input is a JSON list of paths; each is answered by one
line of JSON: CPU-seconds, a verdict and the failing keys per log. Interpreter start and imports are not in the times.
"""

import contextlib
import io
import json
import logging
import re
import sys
import time

from mlperf_logging.compliance_checker import mlp_compliance


def check(path, usage, ruleset):
    """Seconds of processor time, the verdict and the failing keys."""
    before = time.process_time()
    checker = mlp_compliance.make_checker(usage=usage, ruleset=ruleset, quiet=True, werror=False)
    verdict = judge(path, checker, usage, ruleset)
    spent = time.process_time() - before
    return spent, verdict, [] if verdict == "crash" else failing_keys(checker)


def judge(path, checker, usage, ruleset):
    try:
        valid, *_ = mlp_compliance.main(path, f"{usage}_{ruleset}/common.yaml", checker)
    except (Exception, SystemExit):
        # It dies of some logs; what it still had to do would otherwise be done for the next one.
        mlp_compliance.enqueued_configs.clear()
        return "crash"
    return "pass" if valid else "fail"


def failing_keys(checker):
    """Sorted keys with a failure; `a|b` for keys of which one is required, `END` for a check at the end of a log."""
    keys = set(checker.overwritable)
    for message in checker.not_overwritable:
        if never := re.match(r"Failed checks for (\S+) :", message):
            keys.add(never[1])
        elif missing := re.match(r"Required AT_LEAST_ONE occurrence of (.*)$", message):
            keys.add("|".join(sorted(re.findall(r"'([^']*)'", missing[1]))))
        elif message.startswith(("failed test:", "Failed executing CHECK code:")):
            keys.add("END")
    return sorted(keys)


def main():
    usage, ruleset = sys.argv[1:3]
    # Its messages are not wanted, and printing them is not timed.
    logging.disable(logging.CRITICAL)
    for line in sys.stdin:
        paths = json.loads(line)
        with contextlib.redirect_stdout(io.StringIO()):
            checked = [check(path, usage, ruleset) for path in paths]
        seconds, verdicts, keys = zip(*checked)
        print(json.dumps({"cpuSeconds": seconds, "verdicts": verdicts, "failingKeys": keys}), flush=True)


if __name__ == "__main__":
    main()
