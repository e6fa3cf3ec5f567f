export const dawnbenchColumns = [
  "task",
  "file",
  "date",
  "author",
  "model",
  "framework",
  "hardware",
  "total_cost_usd",
  "computed_cost_usd",
  "hours_to_target",
] as const;
