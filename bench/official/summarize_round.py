"""Summarizes organisations with the official summarizer, in one process, as its command line does for `{*}`.

Usage: summarize_round.py <usage> <ruleset> <folder of an organisation>…. It deletes and rewrites every `scaling.json`
there, so give it a copy. Answers with one line of JSON: the organisations of which it died, and of what.
"""

import contextlib
import io
import json
import logging
import sys

from mlperf_logging.result_summarizer import result_summarizer


def main():
    usage, ruleset, *folders = sys.argv[1:]
    logging.disable(logging.CRITICAL)
    deaths = []
    for folder in folders:
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                result_summarizer.summarize_results(folder, usage, ruleset)
        except (Exception, SystemExit) as reason:
            deaths.append({"folder": folder, "reason": f"{type(reason).__name__}: {reason}"})
    print(json.dumps(deaths))


if __name__ == "__main__":
    main()
