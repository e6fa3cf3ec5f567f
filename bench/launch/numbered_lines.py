"""Prints numbered lines of a rank in bursts: `python numbered_lines.py LINES PER_SECOND`."""

import os
import sys
import time

count, per_second = int(sys.argv[1]), int(sys.argv[2])
rank = os.environ["RANK"]
print("rank=%s started=%.3f" % (rank, time.time() * 1000), flush=True)
begin, printed = time.monotonic(), 0
while printed < count:
    burst = min(count - printed, max(1, per_second // 5))
    lines = ["rank=%s line=%d of a burst, to be counted\n" % (rank, printed + index) for index in range(burst)]
    sys.stdout.write("".join(lines))
    sys.stdout.flush()
    printed += burst
    time.sleep(max(0.0, begin + printed / per_second - time.monotonic()))
if rank == "0":
    print("quality=1", flush=True)
