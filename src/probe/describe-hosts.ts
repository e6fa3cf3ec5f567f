import { formatBytes } from "../foundation/numbers/units.ts";
import type { HostFacts } from "../schema/run/hosts/host-facts.ts";
import type { SystemDescription } from "../schema/system-description.ts";

/** Several hosts, in the fields of MLPerf's system descriptions. Fields that differ between hosts name each value. */
export function describeHosts(
  hosts: readonly { host: string; facts: HostFacts }[],
): SystemDescription {
  const facts = hosts.map((each) => each.facts);
  const gpuCounts = facts.map(({ gpus }) => gpus.length);
  const gpus = facts.flatMap((each) => each.gpus);
  const memory = facts.flatMap(({ memoryBytes }) => (memoryBytes === null ? [] : [memoryBytes]));
  const gpuMemory = gpus.flatMap(({ memoryBytes }) => (memoryBytes === null ? [] : [memoryBytes]));
  const known = {
    host_processor_model_name: oneOrAll(facts.map(({ cpuModel }) => cpuModel)),
    host_processor_vcpu_count: Math.min(...facts.map(({ coreCount }) => coreCount)),
    host_memory_capacity: oneOrAll(memory.map((bytes) => formatBytes(bytes))),
    accelerator_model_name: oneOrAll(gpus.map(({ name }) => name)),
    accelerator_memory_capacity: oneOrAll(gpuMemory.map((bytes) => formatBytes(bytes))),
    operating_system: oneOrAll(facts.map((each) => each.operatingSystem)),
  };
  // Before a job of a scheduler starts, only the sizes of its nodes are known.
  const software = {
    kernel: oneOrAll(facts.map(({ system }) => system)),
    python: oneOrAll(facts.map(({ pythonVersion }) => pythonVersion)),
    "nvidia driver": oneOrAll(gpus.map(({ driver }) => driver)),
  };
  return {
    system_name: hosts.length === 1 ? (hosts[0]?.host ?? "") : `${hosts.length} hosts`,
    number_of_nodes: hosts.length,
    accelerators_per_node: Math.max(0, ...gpuCounts),
    ...presentOf(known),
    other_software_stack: presentOf(software),
  };
}

function presentOf<Value>(fields: Record<string, Value | undefined>): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) =>
      value === undefined || value === "" ? [] : [[name, value]],
    ),
  );
}

function oneOrAll(values: readonly string[]): string | undefined {
  const distinct = [...new Set(values)];
  return distinct.length === 0 ? undefined : distinct.join(" / ");
}
