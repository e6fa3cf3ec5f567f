import type { JsonValue } from "../json.ts";

/** What can be written as YAML; undefined fields are left out. */
export type YamlValue =
  | JsonValue
  | undefined
  | readonly YamlValue[]
  | { readonly [key: string]: YamlValue };

/** A value as block YAML that any reader of YAML 1.1 or 1.2 takes for the same value. */
export function yamlText(value: YamlValue): string {
  return isBlock(value) ? blockLines(value, "").join("\n") : scalar(value);
}

type Block = readonly YamlValue[] | { readonly [key: string]: YamlValue };

/** An empty list or map is written in one line. */
function isBlock(value: YamlValue): value is Block {
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}

function blockLines(value: Block, indent: string): string[] {
  if (Array.isArray(value))
    return value.flatMap((item: YamlValue) =>
      isBlock(item)
        ? nested(item, `${indent}- `, `${indent}  `)
        : [`${indent}- ${scalar(item ?? null)}`],
    );
  return Object.entries(value).flatMap(([key, item]) => {
    if (item === undefined) return [];
    const head = `${indent}${textScalar(key)}:`;
    if (isBlock(item)) return [head].concat(blockLines(item, `${indent}  `));
    return [`${head} ${scalar(item)}`];
  });
}

/** The first line of a block after the dash of its list. */
function nested(item: Block, first: string, indent: string): string[] {
  const [line = "", ...lines] = blockLines(item, indent);
  return [first + line.slice(indent.length), ...lines];
}

function scalar(value: YamlValue): string {
  return typeof value === "string" ? textScalar(value) : JSON.stringify(value ?? null);
}

/** Words that a reader may take for something other than text. */
const otherThanText = /^(?:true|false|yes|no|on|off|y|n|null|nan|inf(?:inity)?)$/iu;
/** Without characters that mean something in YAML. */
const plainText = /^[A-Za-z][\w ./+-]*$/u;

function textScalar(text: string): string {
  const isPlain = plainText.test(text) && !text.endsWith(" ") && !otherThanText.test(text);
  return isPlain ? text : JSON.stringify(text);
}
