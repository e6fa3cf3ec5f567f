import { z } from "zod";
import { nearestWord } from "../../foundation/text/nearest-word.ts";
import { UserError } from "../../foundation/errors/user-error.ts";
import { modelReference, transformerShape } from "./model-shape.ts";
import {
  hardwareReference,
  type LayoutLine,
  layoutLine,
  trainingLayout,
} from "./training-layout.ts";

const [namedModel, configuredModel] = modelReference.options;

/**
 * Reads one layout as a file gave it. Unknown fields are refused by name.
 *
 * @throws UserError `layout-invalid`
 */
export function readLayoutLine(value: unknown): LayoutLine {
  return layoutLineReader()(value);
}

/**
 * Reads layouts one after another. Equal models and equal hardware of several lines are read once and are one object.
 *
 * @returns like `readLayoutLine`, and throws like it
 */
export function layoutLineReader(): (value: unknown) => LayoutLine {
  const models = new Map<string, LayoutLine["model"]>();
  const machines = new Map<string, LayoutLine["hardware"]>();
  return (value) => {
    const { model, hardware, layout } = readPart(outline, value, "");
    return {
      model: readOnce(models, modelSchema(model), model, "model"),
      hardware: readOnce(machines, hardwareReference, hardware, "hardware"),
      layout: readPart(trainingLayout, layout, "layout"),
    };
  };
}

/** More different parts than this are not kept. */
const mostKept = 1000;

function readOnce<Value>(
  kept: Map<string, Value>,
  schema: z.ZodType<Value>,
  value: unknown,
  at: string,
): Value {
  const key = JSON.stringify(value);
  const known = kept.get(key);
  if (known !== undefined) return known;
  const part = readPart(schema, value, at);
  if (kept.size < mostKept) kept.set(key, part);
  return part;
}

const outline = z.strictObject({ model: z.unknown(), hardware: z.unknown(), layout: z.unknown() });

/** The form that the fields show, so that a message is about that form alone. */
function modelSchema(model: unknown): z.ZodType<LayoutLine["model"]> {
  if (typeof model !== "object" || model === null) return transformerShape;
  if ("name" in model) return namedModel;
  return "config" in model ? configuredModel : transformerShape;
}

function readPart<Value>(schema: z.ZodType<Value>, value: unknown, at: string): Value {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw issue === undefined ? new RangeError("no issue") : layoutInvalid(issue, value, at);
}

function layoutInvalid(issue: z.core.$ZodIssue, value: unknown, at: string): UserError {
  const path = [at, ...issue.path.map(String)].filter((part) => part !== "");
  if (issue.code === "unrecognized_keys") {
    const [key = ""] = issue.keys;
    const nearest = nearestWord(key, fieldNames);
    return new UserError("layout-invalid", `unknown field \`${[...path, key].join(".")}\``, {
      hint:
        nearest === undefined || nearest === key
          ? "`pitwall schema layout` prints the fields"
          : `did you mean \`${nearest}\`?`,
    });
  }
  const field = path.join(".");
  const saw = issue.path.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null ? Reflect.get(inner, key) : undefined,
    value,
  );
  const message =
    saw === undefined && issue.code === "invalid_type"
      ? `\`${field}\` is missing`
      : `\`${field}\` is invalid: ${JSON.stringify(saw)}`;
  return new UserError("layout-invalid", message, {
    hint: `${issue.message.replace(/^(?:Invalid input|Too small|Too big): e/u, "e")}; \`pitwall schema layout\` prints the fields`,
  });
}

/** All names of fields, for suggestions. */
const fieldNames = [
  ...Object.keys(layoutLine.shape),
  ...Object.keys(transformerShape.shape),
  "name",
  "config",
  ...Object.keys(hardwareReference.shape),
  ...Object.keys(trainingLayout.shape),
];
