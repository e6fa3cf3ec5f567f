// Converts Python expressions of the official rules, as syntax trees, to the formulas of `data/rules`.

const binary = {
  Add: "add",
  Sub: "sub",
  Mult: "mul",
  Div: "div",
  Mod: "mod",
  Pow: "pow",
};
const comparisons = { Eq: "eq", NotEq: "ne", Lt: "lt", LtE: "le", Gt: "gt", GtE: "ge", In: "in" };
const functions = {
  abs: "abs",
  len: "len",
  int: "toInt",
  "math.ceil": "ceil",
  "math.floor": "floor",
  "math.log2": "log2",
  min: "min",
  max: "max",
};
/** The relative tolerance of Python's `math.isclose`. */
const defaultCloseness = 1e-9;

/** Reads an expression that computes a value. */
export function readTerm(node) {
  const constant = readConstant(node);
  if (constant !== undefined) return { const: constant };
  const read = termReaders[node.node];
  if (read === undefined) throw unknown(node);
  return read(node);
}

const termReaders = {
  List: readList,
  Set: readList,
  Subscript: readSubscript,
  Attribute: readAttribute,
  BinOp: readCalculation,
  IfExp: readChosenTerm,
  Call: readCall,
  Compare: (node) => ({ test: readPredicate(node) }),
  BoolOp: (node) => ({ test: readPredicate(node) }),
};

function readList({ elts }) {
  return { list: elts.map(readTerm) };
}

function readAttribute(node) {
  if (nameOf(node) !== "ll.timestamp") throw unknown(node);
  return { time: true };
}

function readCalculation(node) {
  const operator = binary[node.op.node];
  if (operator === undefined) throw unknown(node);
  return { [operator]: [readTerm(node.left), readTerm(node.right)] };
}

function readChosenTerm({ test, body, orelse }) {
  // oxlint-disable-next-line unicorn/no-thenable -- the rule files use this keyword; rules are never awaited
  return { if: readPredicate(test), then: readTerm(body), else: readTerm(orelse) };
}

/** Reads an expression that is used as a condition. */
export function readPredicate(node) {
  switch (node.node) {
    case "Compare":
      return readComparison(node);
    case "BoolOp":
      return readBoolean(node);
    case "UnaryOp":
      if (node.op.node === "Not") return { not: readPredicate(node.operand) };
      break;
    case "IfExp":
      return readChoice(node);
    case "BinOp":
      // Both sides are conditions here: `|` differs from `or` only in that it always evaluates the second one.
      if (node.op.node === "BitOr")
        return { any: [readPredicate(node.left), readPredicate(node.right)] };
      break;
    case "Call": {
      // The 0.6 rules of minigo contain `abs(a < b)` for `abs(a) < b`; the absolute value of a condition is the condition.
      if (nameOf(node.func) === "abs" && node.args[0].node === "Compare")
        return readComparison(node.args[0]);
      return readQuestion(node) ?? { op: "truthy", left: readTerm(node) };
    }
  }
  return { op: "truthy", left: readTerm(node) };
}

/** Reads a list of conditions that must all hold; splits `a and b` into two. */
export function readPredicates(nodes) {
  return nodes.map(readPredicate).flatMap((each) => each.all ?? [each]);
}

/** Whether an expression is a subscript of the state: `s['name']`. */
export function isState(node) {
  return node.node === "Subscript" && nameOf(node.value) === "s";
}

/** Returns the value of an expression of constants; undefined for any other expression. */
export function readConstant(node) {
  switch (node.node) {
    case "Constant":
      return node.value;
    case "UnaryOp":
      return node.op.node === "USub"
        ? calculateConstant("Sub", 0, readConstant(node.operand))
        : undefined;
    case "List":
    case "Set": {
      const values = node.elts.map(readConstant);
      return values.includes(undefined) ? undefined : values;
    }
    case "BinOp":
      return calculateConstant(node.op.node, readConstant(node.left), readConstant(node.right));
    default:
      return undefined;
  }
}

/** Exact in doubles, as in Python, for the integers below 2^53 that rules contain. */
function calculateConstant(operator, left, right) {
  if (typeof left !== "number" || typeof right !== "number") return undefined;
  if (operator === "Add") return left + right;
  if (operator === "Sub") return left - right;
  return operator === "Mult" ? left * right : undefined;
}

/** `math.ceil` for an attribute, `len` for a name. */
export function nameOf(node) {
  if (node.node === "Name") return node.id;
  if (node.node === "Attribute") return `${nameOf(node.value)}.${node.attr}`;
  return "";
}

export function unknown(node) {
  return new Error(`a Python expression of an unknown form: ${JSON.stringify(node)}`);
}

function readSubscript(node) {
  const { value, slice } = node;
  const name = readConstant(slice);
  if (nameOf(value) === "s") return { state: name };
  if (isPartOfLine(node, "value")) return { value: true };
  if (isPartOfLine(value, "value") && name !== undefined) return { value: name };
  if (isPartOfLine(value, "metadata") && typeof name === "string") return { meta: name };
  return { item: [readTerm(value), readTerm(slice)] };
}

/** Whether an expression is `v['value']` or `v['metadata']`. */
function isPartOfLine(node, part) {
  return node.node === "Subscript" && nameOf(node.value) === "v" && node.slice.value === part;
}

function readCall(node) {
  const { func, args } = node;
  const name = nameOf(func);
  if (name === "float" && args[0].value === "inf") return { infinity: true };
  if (name === "s.get" && args.length === 1) return { state: args[0].value, else: null };
  if (func.node === "Attribute" && func.attr === "get" && isPartOfLine(func.value, "metadata"))
    return { meta: args[0].value, else: args[1]?.value ?? null };
  if (functions[name] === undefined) throw unknown(node);
  return { [functions[name]]: args.map(readTerm) };
}

function readComparison({ left, ops, comparators }) {
  const parts = ops.map((op, index) =>
    compare(op.node, index === 0 ? left : comparators[index - 1], comparators[index]),
  );
  return parts.length === 1 ? parts[0] : { all: parts };
}

function compare(op, left, right) {
  if (op === "NotIn") return { not: compare("In", left, right) };
  if (op === "Is" || op === "IsNot") return compareWithNone(op, left, right);
  const special = op === "In" ? readPresence(left, right) : readEquality(op, left, right);
  if (special !== undefined) return special;
  if (comparisons[op] === undefined) throw unknown({ node: op, left, right });
  return { op: comparisons[op], left: readTerm(left), right: readTerm(right) };
}

function compareWithNone(op, left, right) {
  if (right.node !== "Constant" || right.value !== null) throw unknown({ node: op, left, right });
  return { op: op === "Is" ? "eq" : "ne", left: readTerm(left), right: { const: null } };
}

/** `'name' in v['metadata']`; undefined if the right side is no part of a line. */
function readPresence(left, right) {
  if (left.node !== "Constant") return undefined;
  if (nameOf(right) === "v" && left.value === "value")
    return { op: "present", left: { value: true } };
  if (isPartOfLine(right, "metadata")) return { op: "present", left: { meta: left.value } };
  if (isPartOfLine(right, "value")) return { op: "present", left: { value: left.value } };
  return undefined;
}

/** `type(a) == bool` and `sorted(a) == sorted(b)`; undefined for others. */
function readEquality(op, left, right) {
  if (op !== "Eq") return undefined;
  if (isCall(left, "type") && nameOf(right) === "bool")
    return { op: "isBoolean", left: readTerm(left.args[0]) };
  if (isCall(left, "sorted") && isCall(right, "sorted"))
    return { op: "sameItems", left: readTerm(left.args[0]), right: readTerm(right.args[0]) };
  return undefined;
}

function isCall(node, name) {
  return node.node === "Call" && nameOf(node.func) === name;
}

function readBoolean({ op, values }) {
  const name = op.node === "And" ? "all" : "any";
  const parts = values
    .filter((each) => !(op.node === "And" && each.value === true && each.node === "Constant"))
    .map(readPredicate)
    .flatMap((each) => each[name] ?? [each]);
  return parts.length === 1 ? parts[0] : { [name]: parts };
}

function readChoice({ test, body, orelse }) {
  // oxlint-disable-next-line unicorn/no-thenable -- the rule files use this keyword; rules are never awaited
  const choice = { if: readPredicate(test), then: readPredicate(body) };
  return orelse.value === true ? choice : { ...choice, else: readPredicate(orelse) };
}

/** Reads a call that returns true or false; undefined for other calls. */
function readQuestion({ func, args }) {
  switch (nameOf(func)) {
    case "is_integer":
      return { op: "isInteger", left: readTerm(args[0]) };
    case "isinstance":
      if (nameOf(args[1]) !== "int") throw unknown(args[1]);
      return { op: "isIntegerLiteral", left: readTerm(args[0]) };
    case "math.isclose": {
      const [left, right] = args.map(readTerm);
      return { op: "closeTo", left, right, relative: defaultCloseness };
    }
  }
  return undefined;
}
