const maximumLength = 250;

/**
 * Metric names that MLflow accepts, by the given name: letters, digits, `_`, `-`, `.`, spaces and `/`, as a normalized
 * relative path. Different names stay different, and none is a folder of another, because a file store writes a
 * file for each.
 */
export function validNames(names: readonly string[]): Map<string, string> {
  const valid = new Map<string, string>();
  const taken = new Set<string>();
  for (const name of new Set(names)) {
    let candidate = validName(name);
    if (isTaken(candidate, taken)) candidate = candidate.replaceAll("/", "__");
    while (isTaken(candidate, taken)) candidate = numbered(candidate, taken.size);
    taken.add(candidate);
    valid.set(name, candidate);
  }
  return valid;
}

function numbered(name: string, number: number): string {
  return `${name.slice(0, maximumLength - 8)}_${number}`;
}

function validName(name: string): string {
  const parts = name
    .replaceAll(/[^\w./ -]/gu, "_")
    .split("/")
    .map((part) => part.replaceAll(/^\.+$/gu, "_"))
    .filter((part) => part.trim() !== "");
  return parts.join("/").slice(0, maximumLength).replace(/\/$/u, "") || "metric";
}

/** Case does not matter: some disks do not distinguish it. */
function isTaken(candidate: string, taken: ReadonlySet<string>): boolean {
  const path = `${candidate.toLowerCase()}/`;
  return [...taken].some((name) => {
    const other = `${name.toLowerCase()}/`;
    return path.startsWith(other) || other.startsWith(path);
  });
}
