import { UserError } from "../../foundation/errors/user-error.ts";
import type { FitRequest } from "./fit-request.ts";

/**
 * Refuses a layout that no program can run.
 *
 * @throws UserError `layout-does-not-divide`
 */
export function checkFit({ shape, layout }: FitRequest, count: number): void {
  const { tp, pp, cp, ep } = layout;
  const ranks = tp * pp * cp;
  if (count % ranks !== 0) {
    throw doesNotDivide(
      `${count} accelerators do not divide by tp x pp x cp = ${ranks}`,
      `use a multiple of ${ranks} for \`--count\``,
    );
  }
  if (shape.heads % tp !== 0) {
    throw doesNotDivide(
      `${shape.heads} attention heads do not divide by tp = ${tp}`,
      "use a divisor of the heads for `--tp`",
    );
  }
  if (pp > shape.layers) {
    throw doesNotDivide(
      `${shape.layers} layers are fewer than pp = ${pp} stages`,
      `use at most ${shape.layers} for \`--pp\``,
    );
  }
  if (ep > 1 && shape.experts === 0) {
    throw doesNotDivide(`ep = ${ep}, but the model has no experts`, "leave out `--ep`");
  }
  if (ep > 1 && (shape.experts % ep !== 0 || (count / pp) % ep !== 0)) {
    throw doesNotDivide(
      `${shape.experts} experts on ${count / pp} ranks of a stage do not divide by ep = ${ep}`,
      "use a divisor of both for `--ep`",
    );
  }
}

function doesNotDivide(message: string, hint: string): UserError {
  return new UserError("layout-does-not-divide", message, { hint });
}
