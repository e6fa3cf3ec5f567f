/** More names than any cluster has nodes. */
const mostNames = 1_000_000;

/** The names of a list in Slurm's notation: `node[1-3,07],login` is node1, node2, node3, node07, login. */
export function expandHostlist(text: string): string[] {
  return splitOutside(text).flatMap((part) => expandPart(part));
}

function expandPart(part: string): string[] {
  const [, head = "", ranges, rest = ""] = /^([^[]*)\[([^\]]*)\](.*)$/u.exec(part) ?? [];
  if (ranges === undefined) return part === "" ? [] : [part];
  const numbers = ranges.split(",").flatMap((range) => numbersIn(range));
  const ends = rest === "" ? [""] : expandPart(rest);
  return numbers.flatMap((number) => ends.map((end) => `${head}${number}${end}`));
}

/** `08-11` keeps its leading zeros. */
function numbersIn(range: string): string[] {
  const [first = "", last = first] = range.split("-");
  const [from, to] = [Number(first), Number(last)];
  if (!Number.isInteger(from) || !Number.isInteger(to) || to < from || to - from > mostNames)
    return [range];
  return Array.from({ length: to - from + 1 }, (_, index) =>
    String(from + index).padStart(first.length, "0"),
  );
}

/** At the commas that are not in brackets. */
function splitOutside(text: string): string[] {
  return text.split(/,(?![^[]*\])/u);
}
