/** Formats a rule edition for `data/rules`: one line per key. */
export function printEdition({ files, ...head }) {
  const members = Object.entries(head).map(([name, value]) => `  "${name}": ${printValue(value)},`);
  return `{\n${members.join("\n")}\n  "files": [\n${files.map(printFile).join(",\n")}\n  ]\n}\n`;
}

function printFile({ keys, ...head }) {
  const members = Object.entries(head).map(
    ([name, value]) => `      "${name}": ${printValue(value)},\n`,
  );
  const lines = keys.map((key) => `        ${printValue(key)}`).join(",\n");
  const list = keys.length === 0 ? "[]" : `[\n${lines}\n      ]`;
  return `    {\n${members.join("")}      "keys": ${list}\n    }`;
}

/** JSON on one line, with a space after each comma and colon. */
export function printValue(value) {
  if (Array.isArray(value)) return `[${value.map(printValue).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([name, member]) => `${JSON.stringify(name)}: ${printValue(member)}`,
  );
  return `{${members.join(", ")}}`;
}
