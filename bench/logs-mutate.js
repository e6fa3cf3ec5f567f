// Applies one described change to a log, so that a small case file can represent many changed logs.

const token = ":::MLLOG ";

/** @param mutation op, key, occurrence and the operands of the op; see cases/README.md of the corpus */
export function mutateLog(text, mutation) {
  const lines = text.split(/\r\n|\n|\r/);
  const chosen = new Set(findLines(lines, mutation.key, mutation.occurrence));
  if (mutation.op === "move") return moveLine(lines, [...chosen][0], mutation.to).join("\n");
  const changed = lines.flatMap((line, index) =>
    chosen.has(index) ? changeLine(line, mutation) : [line],
  );
  return changed.join("\n");
}

function changeLine(line, mutation) {
  const start = line.lastIndexOf(token) + token.length;
  const prefix = line.slice(0, start);
  const payload = line.slice(start);
  switch (mutation.op) {
    case "drop":
      return [];
    case "duplicate":
      return [line, mutation.line === undefined ? line : prefix + mutation.line];
    case "truncate":
      return [prefix + payload.slice(0, mutation.to)];
    case "set":
    case "unset":
      return [prefix + (mutation.line ?? JSON.stringify(setField(JSON.parse(payload), mutation)))];
    default:
      throw new Error(`a mutation of no known kind: ${mutation.op}`);
  }
}

function setField(fields, { path, to }) {
  let target = fields;
  for (const name of path.slice(0, -1)) target = target[name];
  target[path.at(-1)] = to;
  return fields;
}

function moveLine(lines, from, { place, key, occurrence }) {
  const [target] = findLines(lines, key, occurrence);
  const at = place === "after" ? target + 1 : target;
  const before = lines.slice(0, at).filter((_, index) => index !== from);
  const after = lines.slice(at).filter((_, index) => index + at !== from);
  return [...before, lines[from], ...after];
}

function findLines(lines, key, occurrence) {
  const found = lines.flatMap((line, index) => (keyOf(line) === key ? [index] : []));
  if (occurrence === "all") return found;
  return occurrence === "last" ? found.slice(-1) : found.slice(occurrence, occurrence + 1);
}

function keyOf(line) {
  const at = line.lastIndexOf(token);
  if (at < 0) return undefined;
  try {
    const fields = JSON.parse(line.slice(at + token.length));
    return Object(fields).key;
  } catch {
    // A truncated line has no key.
    return undefined;
  }
}
