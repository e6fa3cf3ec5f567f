// Converts the official rule files of an edition, as `dump_rules.py` prints them, to the form of `data/rules`.
import { editionOfFolder, readActions } from "./read-action.js";
import { readConstant, readPredicates } from "./read-formula.js";

/** @returns the edition as written: empty members are omitted */
export function convertEdition({ folder, files }, { source, released }) {
  const edition = editionOfFolder(folder);
  const converted = files
    .toSorted((a, b) => rankOf(a.name) - rankOf(b.name))
    .map(({ name, rules }) => convertFile(name, rules, edition));
  return { edition, source, released, files: converted };
}

const first = ["common", "closed_common", "open_common"];

function rankOf(name) {
  const rank = first.indexOf(name);
  return rank === -1 ? first.length : rank;
}

function convertFile(name, rules, edition) {
  if (rules === null) return { name, unreadable: true, keys: [] };
  try {
    // As in Python, the last rule of a key counts, at the position of the first.
    const keys = new Map();
    for (const rule of rules.filter(({ kind }) => kind === "KEY"))
      keys.set(rule.NAME, convertKey(rule, edition));
    return withoutEmpty({
      name,
      ...convertStart(rules.find(({ kind }) => kind === "BEGIN")?.CODE?.[0]),
      end: readChecks(rules.find(({ kind }) => kind === "END")?.CHECK),
      keys: [...keys.values()],
    });
  } catch (error) {
    throw new Error(`${edition}, ${name}: ${error.message}`, { cause: error });
  }
}

function convertKey(rule, edition) {
  if (rule.PRE !== undefined) throw new Error(`${rule.NAME} has code before its checks`);
  const { NAME: key, REQ, CHECK, FIRST_CHECK, ATLEAST_ONE_CHECK, POST } = rule;
  return withoutEmpty({
    key,
    require: readRequirement(REQ),
    checks: readChecks(CHECK),
    firstCheck: readChecks(FIRST_CHECK),
    atLeastOneCheck: readChecks(ATLEAST_ONE_CHECK),
    ...readActions(POST?.flat() ?? [], edition),
  });
}

/** Each check is the list of statements of a text; a check is one expression. */
function readChecks(checks = []) {
  return readPredicates(checks.map(([statement]) => statement.value));
}

const requirements = {
  EXACTLY_ONE: "exactly-one",
  AT_LEAST_ONE: "at-least-one",
  OPTIONAL: "optional",
};

function readRequirement(text) {
  if (text === undefined) return "none";
  if (requirements[text] !== undefined) return requirements[text];
  const [, name, operand = ""] = /^(\w+)\((.*)\)$/.exec(text) ?? [];
  if (name === "AT_LEAST") return { atLeast: Number(operand) };
  if (name !== "AT_LEAST_ONE_OR") throw new Error(`a requirement of an unknown kind: ${text}`);
  return { atLeastOneOr: operand.split(",").map((each) => each.trim()) };
}

/** Reads the code that runs before a file's rules: initial state, or the one known calculation over all lines. */
function convertStart(statements) {
  if (statements === undefined) return {};
  const [only, ...others] = statements;
  const isInitialState = only.node === "Expr" && only.value.func?.attr === "update";
  if (!isInitialState || others.length > 0) return { special: readAggregation(statements) };
  const { keys, values } = only.value.args[0];
  const initial = keys.map((key, index) => [key.value, readConstant(values[index])]);
  return { initial: Object.fromEntries(initial) };
}

const aggregationWords = ["aggregated_eval_accuracy", "eval_accuracy", "metadata", "metric"];

/** Joins the lines of stable diffusion's two metrics by the number that `groupBy` names. */
function readAggregation(statements) {
  const texts = textsIn(statements);
  const groupBy = ["samples_count", "step_num"].find((name) => texts.has(name));
  const unexplained = [...texts].filter(
    (text) => ![...aggregationWords, "value", "", groupBy].includes(text),
  );
  const isKnown = groupBy !== undefined && aggregationWords.every((word) => texts.has(word));
  if (isKnown && unexplained.length === 0) return { id: "aggregate-eval-metrics", groupBy };
  throw new Error("code of an unknown kind runs before the rules");
}

function textsIn(tree) {
  if (typeof tree !== "object" || tree === null) return new Set();
  if (tree.node === "Constant") return new Set(typeof tree.value === "string" ? [tree.value] : []);
  return new Set(Object.values(tree).flatMap((each) => Array.from(textsIn(each))));
}

function withoutEmpty(members) {
  const isEmpty = (value) => value === undefined || (Array.isArray(value) && value.length === 0);
  return Object.fromEntries(
    Object.entries(members).filter(([name, value]) => name === "keys" || !isEmpty(value)),
  );
}
