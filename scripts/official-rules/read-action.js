// Converts Python statements of the official rules, as syntax trees, to the actions of `data/rules`.
import { isState, nameOf, readConstant, readPredicate, readTerm, unknown } from "./read-formula.js";

/** Reads a rule's statements. `remember` changes the state; `then` has other effects and runs after it. */
export function readActions(statements, edition) {
  const actions = statements.flatMap((statement) => readStatement(statement, edition));
  requireOrder(actions);
  const isEffect = (action) => "useRules" in action || "report" in action;
  return {
    remember: actions.filter((action) => !isEffect(action)),
    // oxlint-disable-next-line unicorn/no-thenable -- the rule files use this keyword; rules are never awaited
    then: actions.filter(isEffect),
  };
}

/** `remember` runs first in `data/rules`. Rejects statements whose result that order would change. */
function requireOrder(actions) {
  const first = actions.findIndex((action) => "useRules" in action);
  if (first === -1) return;
  const late = actions.slice(first).find((action) => !("useRules" in action) && canFail(action.to));
  if (late !== undefined)
    throw new Error(`after \`enqueue_config\`, a statement that can fail: ${JSON.stringify(late)}`);
}

function canFail(term) {
  if (term === undefined) return true;
  if ("if" in term)
    return !["eq", "ne", "in"].includes(term.if.op) || canFail(term.then) || canFail(term.else);
  return !("const" in term);
}

function readStatement(statement, edition) {
  switch (statement.node) {
    case "Assign":
      return [readAssignment(statement)];
    case "AugAssign":
      return [readAddition(statement)];
    case "Expr":
      return [readEffect(statement.value, edition)];
    case "If": {
      if (statement.orelse.length > 0) break;
      const when = readPredicate(statement.test);
      return statement.body
        .flatMap((each) => readStatement(each, edition))
        .map((action) => Object.assign(action, { when }));
    }
  }
  throw unknown(statement);
}

function readAssignment({ targets: [target], value }) {
  if (!isState(target)) throw unknown(target);
  const name = readConstant(target.slice);
  const to = readTerm(value);
  return name === undefined ? { setNamed: readTerm(target.slice), to } : { set: name, to };
}

function readAddition({ target, op, value }) {
  if (!isState(target) || op.node !== "Add") throw unknown(target);
  const name = readConstant(target.slice);
  if (value.node === "List" && value.elts.length === 1)
    return { append: name, element: readTerm(value.elts[0]) };
  return { set: name, to: { add: [{ state: name }, readTerm(value)] } };
}

function readEffect(call, edition) {
  const { func, args } = call;
  if (nameOf(func) === "enqueue_config") return readUse(args[0], edition);
  if (nameOf(func) === "print") return { report: "score-seconds", amount: readTerm(args.at(-1)) };
  if (func.attr === "append" && isState(func.value))
    return { append: readConstant(func.value.slice), element: readTerm(args[0]) };
  throw unknown(call);
}

/** Reads the file name of `enqueue_config`: a text, or `'…{}.yaml'.format(value)`. */
function readUse(file, edition) {
  if (file.node === "Constant") return useOf(file.value, edition);
  const { func, args } = file;
  if (func?.attr !== "format") throw unknown(file);
  const use = useOf(func.value.value.replace("{}", "{value}"), edition);
  const isLowercase = args[0].node === "Call" && args[0].func.attr === "lower";
  const value = readTerm(isLowercase ? args[0].func.value : args[0]);
  if (value.value !== true) throw unknown(file);
  return isLowercase ? { ...use, lowercase: true } : use;
}

function useOf(path, edition) {
  const [, folder, useRules] = /^(\w+?_[\d.]+(?:_warn)?)\/(.+)\.yaml$/.exec(path) ?? [];
  if (folder === undefined) throw new Error(`\`enqueue_config\` of an unknown path: ${path}`);
  const named = editionOfFolder(folder);
  return named === edition ? { useRules } : { useRules, edition: named };
}

/** `training_6.1.0` → `training-6.1`. */
export function editionOfFolder(folder) {
  const [, usage, version, suffix] = /^(\w+?)_(\d+\.\d+)\.0(_warn)?$/.exec(folder) ?? [];
  if (usage === undefined) throw new Error(`a folder of rules with an unknown name: ${folder}`);
  return `${usage}-${version}${suffix === undefined ? "" : "-warn"}`;
}
