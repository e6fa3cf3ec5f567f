import { UserError } from "../../foundation/errors/user-error.ts";

/** One combination of `--set` values, by name. */
export type Settings = Readonly<Record<string, string>>;

export const mostArms = 16;

/**
 * All combinations of the values of `--set lr=0.1,0.2 --set batch=32,64`; the last name varies fastest.
 *
 * @throws UserError `set-invalid`, `set-empty`, `set-repeated`, `too-many-arms`
 */
export function expandSettings(texts: readonly string[]): Settings[] {
  const lists = texts.map((text) => readSetting(text));
  const repeated = lists.find(({ name }, index) =>
    lists.some((other, otherIndex) => otherIndex < index && other.name === name),
  );
  if (repeated !== undefined) {
    throw new UserError("set-repeated", `\`--set ${repeated.name}\` is given twice`, {
      hint: `list all its values at once: \`--set ${repeated.name}=0.1,0.2\``,
    });
  }
  const count = lists.reduce((product, { values }) => product * values.length, 1);
  if (count > mostArms) throw tooManyArms(count);
  let combinations: Settings[] = [{}];
  for (const { name, values } of lists) {
    combinations = combinations.flatMap((settings) =>
      values.map((value) => Object.assign({}, settings, { [name]: value })),
    );
  }
  return combinations;
}

export function tooManyArms(count: number): UserError {
  return new UserError("too-many-arms", `the race would have ${count} arms; at most ${mostArms}`, {
    hint: "race fewer values, or the best of several races",
  });
}

/** The name of an arm: `lr=0.1 batch=32`. */
export function settingsText(settings: Settings): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");
}

/** Replaces `{name}` by the value of each setting. Other braces stay. */
export function fillIn(text: string, settings: Settings): string {
  return text.replaceAll(/\{([A-Za-z_][\w-]*)\}/gu, (whole, name: string) =>
    Object.hasOwn(settings, name) ? (settings[name] ?? whole) : whole,
  );
}

function readSetting(text: string): { name: string; values: string[] } {
  const groups = /^(?<name>[A-Za-z_][\w-]*)=(?<list>[^]*)$/u.exec(text)?.groups;
  const name = groups?.["name"];
  if (name === undefined) {
    throw new UserError("set-invalid", `invalid setting \`${text}\``, {
      at: "--set",
      hint: "use a name and its values: `--set lr=0.1,0.2`, with `{lr}` in the command",
    });
  }
  if (name === "seed") {
    throw new UserError("set-invalid", "`{seed}` cannot be set: each arm runs the same seeds", {
      at: "--set",
      hint: "choose the first seed with `--seed`",
    });
  }
  const values = splitList(groups?.["list"] ?? "", text);
  if (values.some((value) => value === "")) {
    throw new UserError("set-empty", `\`--set ${text}\` has an empty value`, {
      at: "--set",
      hint: `list the values with commas: \`--set ${name}=0.1,0.2\`; an empty value is \`""\``,
    });
  }
  const repeated = values.find((value, index) => values.indexOf(value) !== index);
  if (repeated !== undefined) {
    throw new UserError("set-repeated", `\`--set ${text}\` lists \`${repeated}\` twice`, {
      at: "--set",
      hint: "list each value once",
    });
  }
  return { name, values: values.map((value) => unquoted(value)) };
}

/** Splits at commas outside of quotes. Blanks around values do not count. */
function splitList(list: string, text: string): string[] {
  const values: string[] = [];
  let value = "";
  let quote: string | undefined;
  for (const character of list) {
    if (quote === undefined && character === ",") {
      values.push(value.trim());
      value = "";
      continue;
    }
    if (quote === character) quote = undefined;
    else if (quote === undefined && isOpeningQuote(character, value)) quote = character;
    value += character;
  }
  if (quote !== undefined) {
    throw new UserError("set-invalid", `\`--set ${text}\` has an unclosed \`${quote}\``, {
      at: "--set",
      hint: `close it: \`--set 'betas="0.9,0.95","0.9,0.99"'\``,
    });
  }
  return [...values, value.trim()];
}

/** Quotes inside of a value are part of it. */
function isOpeningQuote(character: string, before: string): boolean {
  return (character === '"' || character === "'") && before.trim() === "";
}

function unquoted(value: string): string {
  return /^(?<quote>["'])(?<inner>[^]*)\k<quote>$/u.exec(value)?.groups?.["inner"] ?? value;
}
