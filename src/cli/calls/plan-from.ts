import { UserError } from "../../foundation/errors/user-error.ts";
import type { StatedLayout } from "../../workflows/review/known-layout.ts";
import { absolutePath, printProblems, tableWidth, writeJson } from "../terminal/atlas-screen.ts";
import type { Face, SharedOptions } from "../command-table.ts";
import { exitCodes } from "../command-table.ts";
import { homeOf, openStore } from "../open-store.ts";

/** The options of `pitwall plan` that `--from` uses. */
export interface FromOptions {
  from: string;
  /** The positional argument. */
  goal: string | undefined;
  model: string | undefined;
  accelerator: string | undefined;
  count: number | undefined;
  layout: string | undefined;
  clouds: string | undefined;
  prices: string | undefined;
  price: readonly string[];
}

/**
 * `pitwall plan --from`: reviews a finished training.
 *
 * @throws UserError `option-invalid`, and what `reviewRun` throws
 */
export async function planFrom(
  options: FromOptions,
  { face, shared }: { face: Face; shared: SharedOptions },
): Promise<number> {
  const { reviewRun } = await import("../../workflows/review/review-run.ts");
  const { review, problems } = await reviewRun(
    {
      from: options.from,
      cwd: face.cwd,
      model: options.model ?? options.goal,
      accelerator: options.accelerator,
      count: options.count,
      layout: await layoutOf(options.layout),
      clouds: wordsOf(options.clouds),
      home: await homeOf(face, shared),
      pricesPath: await absolutePath(options.prices, face.cwd),
      givenPrices: options.price,
    },
    await openStore(face, shared),
  );
  await printProblems(problems, face, shared);
  if (shared.json) writeJson(face, "plan", review);
  else {
    const { reviewPage } = await import("../../report/plan/review-page.ts");
    face.out.print(`${reviewPage(review, { width: tableWidth(face), paint: face.out.paint })}\n`);
  }
  return exitCodes.yes;
}

/** `tp=4,pp=8,precision=fp8`. @throws UserError `option-invalid` */
async function layoutOf(text: string | undefined): Promise<StatedLayout> {
  if (text === undefined) return {};
  const { statedSetting } = await import("../../planner/review/stated-settings.ts");
  const layout: StatedLayout = {};
  for (const part of text.split(",")) {
    const [name = "", value = ""] = part.split("=").map((word) => word.trim());
    const stated = statedSetting(name, value);
    if (stated.kind !== "field") throw invalidLayout(part.trim());
    layout[stated.field] = { value: stated.value, origin: "option" };
  }
  return layout;
}

function invalidLayout(part: string): UserError {
  return new UserError("option-invalid", `invalid part \`${part}\` of \`--layout\``, {
    at: "--layout",
    hint: "for example `--layout tp=4,pp=8,cp=2,microBatch=1,globalBatch=1024,precision=fp8,recompute=full`",
  });
}

function wordsOf(text: string | undefined): string[] {
  return (text ?? "")
    .split(",")
    .map((word) => word.trim().toLowerCase())
    .filter((word) => word !== "");
}
