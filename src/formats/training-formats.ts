/** The formats of trainings that `pitwall import` reads, most specific first; help and errors list them. */
export const trainingFormats = [
  { name: "mlflow", summary: "an MLflow store: `mlruns` or `mlflow.db`" },
  { name: "wandb", summary: "an offline W&B run (`.wandb`)" },
  { name: "tensorboard", summary: "TensorBoard event files" },
  { name: "json", summary: "`trainer_state.json` or another JSON document of metrics" },
  { name: "text", summary: "a text log, CSV or JSON lines of any framework, or MLLOG lines" },
] as const;

export type TrainingFormat = (typeof trainingFormats)[number]["name"];
