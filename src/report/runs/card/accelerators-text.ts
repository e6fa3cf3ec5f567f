import type { SystemDescription } from "../../../schema/system-description.ts";

/** Whether a node has accelerators, used or not. */
export function hasAccelerators(system: SystemDescription): boolean {
  return system.accelerators_per_node > 0 || (system.accelerators_present_per_node ?? 0) > 0;
}

/** `1 of 8 × NVIDIA H100, selected by CUDA_VISIBLE_DEVICES=3`. */
export function acceleratorsText(system: SystemDescription): string {
  const { accelerators_per_node: used, accelerators_present_per_node: present = used } = system;
  const model = system.accelerator_model_name ?? "accelerators of an unknown model";
  const count = used === present ? `${used}` : `${used} of ${present}`;
  const perNode = system.number_of_nodes > 1 ? " per node" : "";
  const by = system.accelerators_selected_by;
  return `${count} × ${model}${perNode}${by === undefined ? "" : `, selected by \`${by}\``}`;
}
