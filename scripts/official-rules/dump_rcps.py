"""Prints the reference convergence points of an installed mlperf-logging as JSON: folder and file of each, as written."""

import json
import pathlib
from importlib.metadata import version

from mlperf_logging.rcp_checker import rcp_checker

FOLDER = pathlib.Path(rcp_checker.__file__).parent


def main():
    tables = [
        {
            "folder": path.parent.name,
            "benchmark": path.stem.removeprefix("rcps_"),
            "points": json.loads(path.read_text()),
        }
        for path in sorted(FOLDER.glob("*_*/rcps_*.json"))
    ]
    print(json.dumps({"version": version("mlperf-logging"), "tables": tables}))


if __name__ == "__main__":
    main()
