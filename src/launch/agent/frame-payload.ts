/** The payload of a frame as JSON; undefined if it is none. */
export function jsonIn(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString());
  } catch {
    return undefined;
  }
}

export function fieldIn(payload: Buffer, name: string): unknown {
  const value = jsonIn(payload);
  if (typeof value !== "object" || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}

export function numberIn(payload: Buffer, name: string): number | undefined {
  const value = fieldIn(payload, name);
  return typeof value === "number" ? value : undefined;
}

export function textIn(payload: Buffer, name: string): string {
  const value = fieldIn(payload, name);
  return typeof value === "string" ? value : "";
}
