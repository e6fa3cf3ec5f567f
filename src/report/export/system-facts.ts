import { formatTag } from "../../schema/run/request/tag-text.ts";
import type { RunPage } from "../../schema/run/run-page.ts";
import { acceleratorsText, hasAccelerators } from "../runs/card/accelerators-text.ts";
import { logTimesText, startableText } from "../runs/facts/origin-text.ts";

/** What ran, when, and on what, of the first run; settings are the same in all runs of a series. */
export function systemFacts([first]: readonly RunPage[]): [string, string][] {
  if (first === undefined) return [];
  const { startable, system, environment, createdMs, labels } = first.request;
  const { commit, commitIsDirty, pitwallVersion, nodeVersion, platform } = environment;
  const dirty = commitIsDirty === true ? " with uncommitted changes" : "";
  const facts: [string, string | undefined][] = [
    ["note", labels?.note],
    [
      "tags",
      Object.entries(labels?.tags ?? {})
        .map(formatTag)
        .join(", "),
    ],
    [startable.kind === "imported" ? "source" : "command", startableText(startable)],
    ["times", startable.kind === "imported" ? logTimesText(startable.origin.times) : undefined],
    ["started", new Date(createdMs).toISOString()],
    ["commit", commit === undefined ? undefined : `${commit.slice(0, 10)}${dirty}`],
    ["system", system.system_name],
    ["nodes", String(system.number_of_nodes)],
    ["processor", system.host_processor_model_name],
    ["memory", system.host_memory_capacity],
    ["accelerators", hasAccelerators(system) ? acceleratorsText(system) : "none"],
    ["operating system", system.operating_system],
    ["framework", system.framework],
    ["versions", `Pitwall ${pitwallVersion}, Node.js ${nodeVersion}, ${platform}`],
  ];
  return facts.filter((fact): fact is [string, string] => (fact[1] ?? "") !== "");
}
