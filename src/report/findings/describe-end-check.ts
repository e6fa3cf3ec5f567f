import type { JsonValue } from "../../foundation/json.ts";
import { joinNames, type Seen, valueText } from "./describe-value.ts";
import { countOf } from "../wording.ts";

/** What is wrong with a log as a whole, which shows when its last line has been read. */
export function describeEndCheck(expected: string, seen: Seen): string {
  return (
    describeTensors(expected, seen) ??
    describeOptimizerKey(expected, seen) ??
    `\`${expected.replaceAll("state.", "")}\` does not hold at the end of the log`
  );
}

/** Edition 0.6 asks for some keys once if the optimizer is theirs, and else not at all. */
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
  const isAskedFor = seen[`state.${optimizer}`] === 1;
  const need = isAskedFor
    ? `\`${optimizer}\`: once is needed`
    : `not \`${optimizer}\`: none is needed`;
  return `logs \`${key}\` ${times(seen[`state.${counter}`])}, and \`opt_name\` is ${need}`;
}

function times(count: JsonValue | undefined): string {
  return count === 1 ? "once" : `${valueText(count ?? null)} times`;
}

/** `weights_initialization` lines name the tensors of a model; they must be the reference's. */
function describeTensors(expected: string, seen: Seen): string | undefined {
  const list = /^sameItems\(state\.initialized_tensors, (\[.*\])\)$/u.exec(expected)?.[1];
  if (list === undefined) return undefined;
  const wanted = listedNames(JSON.parse(list));
  const named = listedNames(seen["state.initialized_tensors"] ?? []);
  const counts = `its \`weights_initialization\` lines name ${countOf(named.count, "tensor")}, and the reference has ${wanted.count}`;
  if (named.isCut || wanted.isCut) return counts;
  const missing = wanted.names.filter((name) => !named.names.includes(name));
  const other = named.names.filter((name) => !wanted.names.includes(name));
  return [
    counts,
    ...(missing.length > 0 ? [`missing ${joinNames(missing, "and")}`] : []),
    ...(other.length > 0 ? [`not the reference's: ${joinNames(other, "and")}`] : []),
  ].join("; ");
}

/** Long lists are cut in findings; their last item says how long they were. */
function listedNames(list: JsonValue): { names: string[]; count: number; isCut: boolean } {
  const names = Array.isArray(list) ? list.map(String) : [];
  const whole = /^… \((\d+) items\)$/u.exec(names.at(-1) ?? "")?.[1];
  return {
    names,
    count: whole === undefined ? names.length : Number(whole),
    isCut: whole !== undefined,
  };
}
