// A small third set of runs of one more program, written before anything was changed for the second: `bench/record-faults.js --plan third`.
// It was answered once after the corrections for the second set; docs/diagnosis.md has that number.
import { run } from "./second-plan.js";

function ring(place, expected, words, more = {}) {
  return run(place, `ring ${words.replaceAll("--", "")}`, expected, `epoch_loop.py ${words}`, {
    programs: "third/",
    begins: /step\W.{0,12}1[2-9]/u,
    ...more,
  });
}

function ended(place, expected, end) {
  const [, rank] = expected.split(" ");
  return run(place, `ended, ${end}`, expected, `ends.py --end ${end} --rank ${rank}`, {
    programs: "third/",
    capture: "end",
  });
}

const long = "--steps 500";

export const thirdRuns = [
  ring("local 4", "crash 2", "--wrong task:2:30"),
  ring("local 4", "crash 1", "--wrong generator:1:24 --style nested"),
  ring("local 3", "crash 0", "--wrong files:0:33 --style logfmt"),
  ring("local 5", "crash 4", "--wrong deep:4:28"),
  ring("local 4", "crash 3", "--wrong archive:3:26 --style logfmt"),
  ring("local 4", "crash 2", "--wrong structured:2:35 --style nested"),
  ring("local 4", "out-of-memory 1", "--wrong spanish_memory:1:29"),
  ring("local 4", "out-of-memory 3", "--wrong numbers:3:31 --style nested"),
  ring("local 4", "disk-full 2", "--wrong structured_disk:2:45 --style nested"),
  ring("local 4", "hang 1", `${long} --wrong database:1:34 --style logfmt --helper`),
  ring("local 4", "hang 3", `${long} --wrong semaphore:3:38 --style nested`),
  ring("local 3", "hang 0", `${long} --wrong loop:0:36 --helper`),
  ring("local 4", "hang 2", `${long} --wrong native:2:32`),
  ring("local 4", "killed 1", "--wrong killed:1:27 --style logfmt"),
  ring("local 4", "killed 2", `${long} --style nested`, {
    about: "local 4: ring SIGQUIT",
    act: { do: "kill-rank", rank: 2, signal: "SIGQUIT" },
  }),
  ring("local 4", "not-a-number", "--wrong infinite:1:40 --style nested"),
  ring("local 4", "loss-spike", "--wrong jump:-1:70 --style nested"),
  ring("local 4", "compute-straggler 3", "--wrong hot:3:0 --helper --style logfmt"),
  ring("local 4", "data-starvation 0", "--wrong slow_reader:0:0 --helper"),
  ring("local 4", "crash 1 + disk-full 3", "--wrong inflate:1:50 --wrong structured_disk:3:50"),
  ended("local 4", "hang 2", "horovod-stall"),
  ended("local 4", "crash 1", "horovod-shut-down"),
  ended("local 4", "out-of-memory 3", "ray-memory"),
  ended("local 4", "accelerator-error 2", "xpu"),
  ended("local 4", "out-of-memory 0", "fused-memory"),
  ring("local 4", "", "--style colour"),
  ring("local 4", "", "--style nested --helper"),
  ring("local 3", "", "--style logfmt --odd late"),
  ring("local 4", "", "--odd tasks"),
  ring("local 4", "", "--odd tests --style nested"),
  ring("local 4", "", "--odd sanity --style logfmt"),
  ring("local 4", "", "--odd fallback"),
  ring("local 4", "", "--odd reload --style nested --helper"),
  ring("local 4", "", "--odd longer --style logfmt --helper"),
  ring("local 4", "", "--odd longer"),
];
