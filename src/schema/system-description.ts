import { z } from "zod";

/**
 * What a run ran on, in the field names of MLPerf's system description files.
 * Values are text or numbers as those files have them; an unknown value is an empty string there
 * and absent here. Further fields of those files may be there too, unread.
 */
export const systemDescription = z.looseObject({
  system_name: z.string(),
  number_of_nodes: z.number().int().positive(),
  host_processors_per_node: z.number().int().positive().optional(),
  host_processor_model_name: z.string().optional(),
  /** Physical cores of one processor. */
  host_processor_core_count: z.number().int().positive().optional(),
  /** Virtual cores of one processor: what the operating system can schedule on. */
  host_processor_vcpu_count: z.number().int().positive().optional(),
  host_processor_frequency: z.string().optional(),
  host_processor_caches: z.string().optional(),
  host_memory_capacity: z.string().optional(),
  host_storage_type: z.string().optional(),
  host_storage_capacity: z.string().optional(),
  host_networking: z.string().optional(),
  /** Those that the program uses. */
  accelerators_per_node: z.number().int().nonnegative(),
  /** Those that the node has; absent in records of 0.1.0. */
  accelerators_present_per_node: z.number().int().nonnegative().optional(),
  /** What selects the used ones: `CUDA_VISIBLE_DEVICES=3`. */
  accelerators_selected_by: z.string().optional(),
  /** Of the used ones, if not all are used. */
  accelerator_uuids: z.array(z.string()).optional(),
  accelerator_model_name: z.string().optional(),
  accelerator_memory_capacity: z.string().optional(),
  framework: z.string().optional(),
  /** Name to version. */
  other_software_stack: z.record(z.string(), z.string()).optional(),
  operating_system: z.string().optional(),
});
export type SystemDescription = z.output<typeof systemDescription>;
