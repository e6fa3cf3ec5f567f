// The runs of the fourth set: a training on a mesh of pairs, in a pipeline or in one group, with PyTorch and gloo. `bench/record-faults.js --plan fourth`.
// Written before anything was changed for it, answered once as it came; docs/diagnosis.md has that number.
import { run } from "./second-plan.js";

function mesh(place, expected, words, more = {}) {
  return run(place, `mesh ${words.replaceAll("--", "")}`, expected, `mesh_loop.py ${words}`, {
    programs: "fourth/",
    begins: /step 000(?:1[2-9]|[2-9]\d)/u,
    ...more,
  });
}

const torchrun = { launcher: "torchrun" };
const long = "--steps 900";

export const fourthRuns = [
  mesh("local 4", "crash 2", "--wrong missing_key:2:30", torchrun),
  mesh("local 6", "crash 5", "--wrong shapes:5:22"),
  mesh("ssh 2x2", "crash 3", "--wrong silent_exit:3:28"),
  mesh("local 4", "crash 1", "--wrong exit_words:1:25 --layout shard", torchrun),
  mesh("local 4", "crash 0", "--wrong abort:0:31 --layout pipe"),
  mesh("slurm 2x2", "crash 2", "--wrong bad_address:2:27"),
  mesh("local 4", "crash 3", "--wrong assertion:3:33 --layout pipe", torchrun),
  mesh("slurm 2x2", "killed 1", "--wrong kill_self:1:29"),
  mesh("local 4", "killed 3", "--wrong kill_self:3:26 --layout pipe", torchrun),
  mesh("local 4", "out-of-memory 2", "--wrong huge_tensor:2:24"),
  mesh("local 4", "out-of-memory 1", "--wrong host_lists:1:30 --layout shard", torchrun),
  mesh("local 4", "disk-full 0", "--wrong full_disk:0:35"),
  mesh("ssh 2x2", "disk-full 2", "--wrong full_disk_text:2:30"),
  mesh("local 4", "hang 3", `${long} --wrong sleeps:3:32`),
  mesh("local 4", "hang 1", `${long} --wrong spins:1:30 --layout shard --helper`),
  mesh("ssh 2x2", "hang 2", `${long} --wrong lock:2:28 --helper`),
  mesh("local 4", "hang 0", `${long} --wrong reads_socket:0:33 --layout pipe`),
  mesh("local 4", "hang 2", `${long} --wrong stopped:2:36 --layout shard`),
  mesh("local 4", "hang 2", `${long} --wrong no_start:2:0`),
  mesh("local 4", "hang 1", `${long} --wrong no_start_spin:1:0`, torchrun),
  mesh("local 4", "hang 0", `${long} --wrong no_start:0:0`),
  mesh("local 4", "collective-mismatch 1", `${long} --wrong skip_pair:1:30 --helper`),
  mesh("local 4", "collective-mismatch 3", "--wrong other_call:3:30 --helper --timeout 9"),
  mesh("local 4", "collective-mismatch 2", `${long} --wrong no_send:2:31 --layout pipe --helper`),
  mesh("local 4", "not-a-number", "--wrong bad_batch:2:40"),
  mesh("local 4", "compute-straggler 2", "--wrong slow_math:2:0 --helper --layout shard"),
  mesh("local 4", "data-starvation 1", "--wrong slow_disk:1:0 --helper --layout shard"),
  mesh("local 4", "killed 3", `${long}`, {
    about: "local 4: mesh SIGKILL from outside",
    act: { do: "kill-rank", rank: 3 },
    ...torchrun,
  }),
  mesh("local 6", "", "--helper", torchrun),
  mesh("local 4", "", "--layout pipe --odd late_rank"),
  mesh("local 4", "", "--odd handled", torchrun),
  mesh("local 4", "", "--odd slow_start --layout shard"),
  mesh("local 4", "", "--odd long_first --helper"),
  mesh("ssh 2x2", "", "--odd noise"),
  mesh("slurm 2x2", "", "--odd long_eval"),
];
