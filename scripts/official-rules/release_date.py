"""Prints the date on which the installed version of mlperf-logging was built: the newest date in its package file.

An installed package has no dates of its own, so the same version is downloaded once more with pip.
"""

import subprocess
import sys
import tempfile
import zipfile
from importlib.metadata import version
from pathlib import Path


def main():
    wanted = f"mlperf-logging=={version('mlperf-logging')}"
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
        subprocess.run([*pip, "--dest", folder, wanted], check=True, stdout=sys.stderr)
        (package,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(package) as archive:
            year, month, day = max(member.date_time[:3] for member in archive.infolist())
    print(f"{year:04}-{month:02}-{day:02}")


if __name__ == "__main__":
    main()
