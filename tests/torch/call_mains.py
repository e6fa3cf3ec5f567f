"""Calls the programs of workloads/torch one after the other in this process: importing PyTorch takes seconds.

The first argument is the folder of the programs, the second a JSON list of [program, options…]. Prints, as JSON, the exit
code and the output of each.
"""

import contextlib
import importlib
import io
import json
import sys

sys.path.insert(0, sys.argv[1])
answers = []
for program, *options in json.loads(sys.argv[2]):
    output, code = io.StringIO(), 0
    sys.argv = [program, *options]
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        try:
            importlib.import_module(program).main()
        except SystemExit as end:
            code = end.code
    answers.append({"exitCode": code, "output": output.getvalue()})
print(json.dumps(answers))
