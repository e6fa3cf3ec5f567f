import type { LogTimes } from "../../schema/run/events/log-origin.ts";
import type { LogClockSource } from "./log-clock.ts";

const counted = "what the program counts, from its zero";

/** What the times of a text log are, for the record of its import. */
export function describeLogClock(source: LogClockSource): LogTimes {
  switch (source.kind) {
    case "mllog":
      return { source: "mllog", reliability: "logged", covers: "from `run_start` to `run_stop`" };
    case "time-stamps":
      return {
        source: "time-stamps",
        reliability: "logged",
        covers: "from the first time stamp to that of each value; what came before is not included",
      };
    case "dates":
      return {
        source: "time-stamps",
        name: source.name,
        reliability: "logged",
        covers: "from the first date; what came before is not included",
      };
    case "times-of-day":
      return {
        source: "time-stamps",
        name: source.name,
        reliability: "logged",
        covers: "from the first time of day; what came before is not included",
      };
    case "elapsed":
      return { source: "elapsed", name: source.name, reliability: "logged", covers: counted };
    case "hours":
      return { source: "elapsed", name: "hours", reliability: "logged", covers: counted };
    case "step-times":
      return {
        source: "step-times",
        name: source.name,
        reliability: "summed",
        covers: "training steps only, without initialization, evaluation and checkpoints",
      };
    case "bar-times":
      return {
        source: "step-times",
        name: "seconds of each epoch",
        reliability: "summed",
        covers:
          "epochs with their validation, estimated from durations in whole seconds; without initialization",
      };
    case "total":
      return {
        source: "total",
        name: source.name,
        reliability: "interpolated",
        covers: "the whole training, including evaluation",
      };
    case "none":
      return { source: "none", reliability: "none", covers: "nothing" };
  }
}
