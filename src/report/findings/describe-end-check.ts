import type { JsonValue } from "../../foundation/json.ts";
import { joinNames, type Seen, valueText } from "./describe-value.ts";
import { countOf } from "../wording.ts";

/** Describes a failed check of the whole log, evaluated after its last line. */
export function describeEndCheck(expected: string, seen: Seen): string {
  return (
    describeTensors(expected, seen) ??
    describeOptimizerKey(expected, seen) ??
    `\`${expected.replaceAll("state.", "")}\` is false at the end of the log`
  );
}

/** Edition 0.6 requires some keys exactly once with their optimizer and forbids them with any other. */
const optimizerKeys: Readonly<Record<string, string>> = {
  lars_decay_power: "lars_opt_learning_rate_decay_poly_power",
  lars_decay_steps: "lars_opt_learning_rate_decay_steps",
  lars_eps: "lars_epsilon",
  lars_wd: "lars_opt_weight_decay",
  sgd_decay: "opt_learning_rate_decay_boundary_epochs",
};

function describeOptimizerKey(expected: string, seen: Seen): string | undefined {
  const [, counter = "", optimizer = ""] = /^state\.(\w+) = state\.(\w+)$/u.exec(expected) ?? [];
  const key = optimizerKeys[counter];
  if (key === undefined) return undefined;
  const isRequired = seen[`state.${optimizer}`] === 1;
  const need = isRequired
    ? `\`${optimizer}\`, which requires it once`
    : `not \`${optimizer}\`, which forbids it`;
  return `logs \`${key}\` ${times(seen[`state.${counter}`])}; \`opt_name\` is ${need}`;
}

function times(count: JsonValue | undefined): string {
  return count === 1 ? "once" : `${valueText(count ?? null)} times`;
}

/** `weights_initialization` lines name the tensors of a model. They must match the reference model. */
function describeTensors(expected: string, seen: Seen): string | undefined {
  const list = /^sameItems\(state\.initialized_tensors, (\[.*\])\)$/u.exec(expected)?.[1];
  if (list === undefined) return undefined;
  const wanted = listedNames(JSON.parse(list));
  const named = listedNames(seen["state.initialized_tensors"] ?? []);
  const counts = `the \`weights_initialization\` lines name ${countOf(named.count, "tensor")}; the reference has ${wanted.count}`;
  if (named.isCut || wanted.isCut) return counts;
  const missing = wanted.names.filter((name) => !named.names.includes(name));
  const other = named.names.filter((name) => !wanted.names.includes(name));
  return [
    counts,
    ...(missing.length > 0 ? [`missing ${joinNames(missing, "and")}`] : []),
    ...(other.length > 0 ? [`not in the reference: ${joinNames(other, "and")}`] : []),
  ].join("; ");
}

/** Findings truncate long lists; the last item then holds the full length. */
function listedNames(list: JsonValue): { names: string[]; count: number; isCut: boolean } {
  const names = Array.isArray(list) ? list.map(String) : [];
  const whole = /^… \((\d+) items\)$/u.exec(names.at(-1) ?? "")?.[1];
  return {
    names,
    count: whole === undefined ? names.length : Number(whole),
    isCut: whole !== undefined,
  };
}
