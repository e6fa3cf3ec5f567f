import type { SystemDescription } from "../system-description.ts";

/** The fields that MLPerf's system description checker requires, in the order of published files. */
export const mlperfSystemFields = [
  "submitter",
  "division",
  "status",
  "system_name",
  "number_of_nodes",
  "host_processors_per_node",
  "host_processor_model_name",
  "host_processor_core_count",
  "host_processor_vcpu_count",
  "host_processor_frequency",
  "host_processor_caches",
  "host_processor_interconnect",
  "host_memory_capacity",
  "host_storage_type",
  "host_storage_capacity",
  "host_networking",
  "host_networking_topology",
  "host_memory_configuration",
  "accelerators_per_node",
  "accelerator_model_name",
  "accelerator_host_interconnect",
  "accelerator_frequency",
  "accelerator_on-chip_memories",
  "accelerator_memory_configuration",
  "accelerator_memory_capacity",
  "accelerator_interconnect",
  "accelerator_interconnect_topology",
  "cooling",
  "hw_notes",
  "framework",
  "other_software_stack",
  "operating_system",
  "sw_notes",
] as const;

/** Who submits, and under which terms: what a machine cannot know about itself. */
export interface SubmissionTerms {
  submitter: string;
  division: "closed" | "open";
  /** The four spellings that the checker accepts since v4. */
  status:
    | "Available on-premise"
    | "Available cloud"
    | "Preview"
    | "Research, Development, or Internal (RDI)";
}

/**
 * The content of `systems/<name>.json` in a submission: every required field, as text
 * (the checker joins some of them and fails on numbers), an empty string where it is unknown, then
 * whatever else the description holds.
 */
export function toMlperfSystemJson(
  system: SystemDescription,
  terms: SubmissionTerms,
): Record<string, unknown> {
  const known: Record<string, unknown> = { ...system, ...terms };
  const required = mlperfSystemFields.map((field) => [field, asText(known[field])]);
  const requiredFields = Object.fromEntries(required);
  const others = Object.entries(known).filter(([field]) => !Object.hasOwn(requiredFields, field));
  return { ...requiredFields, ...Object.fromEntries(others) };
}

/** Text and structures stay as they are; published files hold software stacks as objects. */
function asText(value: unknown): unknown {
  if (value === undefined || value === null) return "";
  return typeof value === "number" ? String(value) : value;
}
