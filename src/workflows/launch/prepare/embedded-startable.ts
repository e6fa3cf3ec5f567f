import { nearestWord } from "../../../foundation/text/nearest-word.ts";
import { UserError } from "../../../foundation/errors/user-error.ts";
import type { Startable } from "../../../schema/run/request/run-request.ts";
import { embeddedWorkload, embeddedWorkloads } from "../../../trainer/embedded-workloads.ts";
import { torchWorkloads } from "./torch-workloads.ts";

/**
 * An embedded workload by its name. In its own file, so that timing a user's program does not load the
 * trainer.
 *
 * @throws UserError `unknown-workload`
 */
export function embeddedStartable(name: string, workers: number): Startable {
  if (embeddedWorkload(name) !== undefined) return { kind: "embedded", name, workers };
  const names = [...embeddedWorkloads, ...torchWorkloads].map((workload) => workload.name);
  const nearest = nearestWord(name, names);
  throw new UserError("unknown-workload", `unknown workload \`${name}\``, {
    hint:
      nearest === undefined
        ? `built-in workloads: ${names.join(", ")}; run a program with \`pitwall run -- <program>\`, a workload file with \`pitwall run my-workload.yaml\``
        : `did you mean \`${nearest}\`?`,
  });
}
