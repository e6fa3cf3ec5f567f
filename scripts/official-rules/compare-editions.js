// Describes how two versions of a rule edition differ.
import { isDeepStrictEqual } from "node:util";
import { describeAction, describePredicate } from "../../build/rules/describe-formula.js";

/** One line per difference; none if the rules are equal. */
export function compareEditions(before, after) {
  if (before === undefined) return [`${after.edition}: new`];
  const lines = compareByName(before.files, after.files, "name", compareFiles);
  return lines.map((line) => `${after.edition} ${line}`);
}

function compareFiles(before, after) {
  const { keys: oldKeys, ...oldHead } = before;
  const { keys: newKeys, ...newHead } = after;
  const names = new Set([...Object.keys(oldHead), ...Object.keys(newHead)]);
  const head = [...names].filter((name) => !isDeepStrictEqual(oldHead[name], newHead[name]));
  return [
    ...head.map((name) => `${name} changed`),
    ...compareByName(oldKeys, newKeys, "key", compareKeys),
  ];
}

const formulas = {
  checks: describePredicate,
  firstCheck: describePredicate,
  atLeastOneCheck: describePredicate,
  remember: describeAction,
  // oxlint-disable-next-line unicorn/no-thenable -- the rule files use this keyword; rules are never awaited
  then: describeAction,
};

function compareKeys(before, after) {
  const lines = [];
  if (!isDeepStrictEqual(before.require, after.require))
    lines.push(`${requirement(before.require)} → ${requirement(after.require)}`);
  for (const [name, describe] of Object.entries(formulas)) {
    const [old, now] = [before[name] ?? [], after[name] ?? []];
    if (isDeepStrictEqual(old, now)) continue;
    const [removed, added] = [without(old, now), without(now, old)];
    lines.push(
      membersChange(name, removed, added) ??
        `${name}: ${listOf(removed, describe)} → ${listOf(added, describe)}`,
    );
  }
  return lines;
}

function without(list, others) {
  return list.filter((each) => !others.some((other) => isDeepStrictEqual(each, other)));
}

/** What was added to and removed from one list of allowed values; undefined for any other change. */
function membersChange(name, [before, ...others], [after, ...moreOthers]) {
  const isList =
    before?.op === "in" && after?.op === "in" && others.length + moreOthers.length === 0;
  if (!isList || !isDeepStrictEqual(before.left, after.left)) return undefined;
  const [old, now] = [before.right.const, after.right.const];
  if (!Array.isArray(old) || !Array.isArray(now)) return undefined;
  const marked = (sign, values) => values.map((value) => `${sign}${JSON.stringify(value)}`);
  const changes = [...marked("-", without(old, now)), ...marked("+", without(now, old))];
  return `${name}: allowed values ${changes.join(" ")}`;
}

function requirement(value) {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function listOf(formulas, describe) {
  return formulas.length === 0 ? "none" : formulas.map(describe).join("; ");
}

function compareByName(before, after, name, compare) {
  const old = new Map(before.map((each) => [each[name], each]));
  const now = new Map(after.map((each) => [each[name], each]));
  const removed = [...old.keys()]
    .filter((key) => !now.has(key))
    .map((key) => `${key}: no longer there`);
  const others = [...now].flatMap(([key, each]) =>
    old.has(key) ? compare(old.get(key), each).map((line) => `${key}: ${line}`) : [`${key}: new`],
  );
  return [...removed, ...others];
}
