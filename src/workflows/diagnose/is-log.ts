/** Whether a file with this name is a log, whatever it holds. */
export function hasLogName(name: string): boolean {
  return /\.(?:log|txt|out|err)(?:\.\d+)?$|(?:^|\/)(?:stdout|stderr|out|err)\.\d+$/iu.test(name);
}

/** Programs, settings and documents, which mention errors without having seen one. */
const notLogs =
  /\.(?:py[cix]?|ipynb|sh|bash|c|cc|cpp|h|hpp|cu|cuh|js|mjs|ts|go|rs|java|jl|lua|r|sql|md|rst|tex|html?|css|xml|svg|ini|cfg|conf|toml|env|lock|patch|diff|proto|jinja2?|j2|tmpl|parquet|bin|pt|pth|ckpt|safetensors|npz?|pkl)$/iu;
/** Such documents are read if they state what became of containers or jobs: `kubectl get -o yaml`, `docker inspect`. */
const document = /\.(?:ya?ml|json)$/iu;
const states = /"?(?:OOMKilled|exitCode|ExitCode|containerStatuses|conditions)"?\s*:/u;

/** Tables of the values of steps, as loggers write them. */
const table = /\.[ct]sv$/iu;

/** Whether the ranks of a file with this name are to be looked for. */
export function mayBeLog(name: string): boolean {
  return hasLogName(name) || !notLogs.test(name);
}

/** Whether a file that is neither a dump nor a stack is read like a log: programs and people give logs any name. */
export function isLogText(name: string, bytes: Uint8Array): boolean {
  if (!mayBeLog(name) || bytes.subarray(0, 8192).includes(0)) return false;
  if (table.test(name)) return columnsOf(name, Buffer.from(bytes).toString("utf8")) !== undefined;
  if (!document.test(name)) return true;
  const text = Buffer.from(bytes).toString("utf8");
  return isJsonLines(text) || states.test(text);
}

function isJsonLines(text: string): boolean {
  const [first = "", second = ""] = text.split("\n", 2);
  return first.startsWith("{") && first.endsWith("}") && second.startsWith("{");
}

/** The names of the columns of a table of losses in a file of its own; undefined for other tables, which may hold any text. */
export function columnsOf(name: string, head: string): readonly string[] | undefined {
  const [first = ""] = head.split("\n", 1);
  return table.test(name) ? columnsIn(first, /[,\t]/u) : undefined;
}

/** The names of the columns of a table of losses that a program prints: `|  step | loss |`. */
export function printedColumns(line: string): readonly string[] | undefined {
  return line.includes("|") && /loss/iu.test(line) ? columnsIn(line, /\|/u) : undefined;
}

function columnsIn(line: string, separator: RegExp): readonly string[] | undefined {
  const columns = line.split(separator).map((each) => each.trim().replaceAll('"', ""));
  const isOfSteps = columns.some((each) => /^(?:global_)?(?:step|epoch|iter\w*)s?$/iu.test(each));
  return isOfSteps && columns.some((each) => /^\S*loss\S*$/iu.test(each)) ? columns : undefined;
}

/** A row of such a table, as programs print values; undefined for a line with other columns. */
export function rowText(columns: readonly string[], row: string): string | undefined {
  const values = row.split(/[,\t|]/u).map((each) => each.trim());
  if (values.length !== columns.length) return undefined;
  return columns.flatMap((each, at) => (values[at] ? [`${each}=${values[at]}`] : [])).join(" ");
}
