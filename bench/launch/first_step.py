"""One step of a distributed program: rank 0 writes the time of its first step to the file given.

    python first_step.py FILE          joins the process group of torch and adds up a number over all ranks
    python first_step.py FILE plain    standard library only: the first instruction of the program
"""

import os
import sys
import time

path, is_plain = sys.argv[1], "plain" in sys.argv
if not is_plain:
    import torch
    import torch.distributed as dist

    dist.init_process_group("gloo")
    dist.all_reduce(torch.ones(1))
now = time.time()
if os.environ.get("RANK") == "0":
    with open(path + ".new", "w") as file:
        file.write(repr(now * 1000))
    os.rename(path + ".new", path)
    print("quality=1", flush=True)
if not is_plain:
    dist.destroy_process_group()
