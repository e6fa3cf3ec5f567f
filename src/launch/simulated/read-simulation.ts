import { UserError } from "../../foundation/errors/user-error.ts";

/** What simulated ranks do. */
export interface Simulation {
  seconds: number;
  /** Lines that each rank prints in a second. */
  linesPerSecond: number;
}

const usage = "`-- simulate 30 10`: 30 seconds, 10 lines per second and rank";

/**
 * Reads the command of a simulated job: `simulate [seconds [lines per second]]`.
 *
 * @throws UserError `simulation-invalid`
 */
export function readSimulation([program, ...words]: readonly string[]): Simulation {
  const [seconds = 30, linesPerSecond = 10] = words.map(Number);
  const isValid =
    program === "simulate" &&
    words.length <= 2 &&
    isBetween(seconds, 1, 86_400) &&
    isBetween(linesPerSecond, 0, 1000);
  if (isValid) return { seconds, linesPerSecond };
  throw new UserError("simulation-invalid", "a simulated job runs no program", {
    at: "--on simulated",
    hint: `give what the ranks do: ${usage}`,
  });
}

function isBetween(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
