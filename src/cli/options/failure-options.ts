import type { OptionTable } from "../command-table.ts";

/** The flags of `pitwall run` about faults: what to do after one, and how to find silent ones. */
export const failureOptions = {
  maxRestarts: {
    takes: "number",
    placeholder: "count",
    minimum: 0,
    group: "Failures",
    help: "start the job again after a failure, in the same run and on the same clock [0]",
  },
  restartBudget: {
    takes: "texts",
    placeholder: "fault=count",
    group: "Failures",
    help: "restarts after one kind of fault, `out-of-memory=1`; can be repeated",
  },
  hangTimeout: {
    takes: "text",
    placeholder: "10m",
    group: "Failures",
    help: "a job that prints nothing for this long has failed; default: never",
  },
  spares: {
    takes: "number",
    placeholder: "count",
    minimum: 0,
    group: "Failures",
    help: "keep the last ssh hosts, or more Slurm nodes, to replace lost ones [0]",
  },
  minNodes: {
    takes: "number",
    placeholder: "count",
    minimum: 1,
    group: "Failures",
    help: "continue without lost hosts, on this many at least; default: on all",
  },
  verifyStep: {
    takes: "number",
    placeholder: "steps",
    minimum: 2,
    group: "Failures",
    help: "compute each such step again and compare the bits, with `pitwall.py` [never]",
  },
} as const satisfies OptionTable;
