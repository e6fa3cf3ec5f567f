import { UserError } from "../../../foundation/errors/user-error.ts";
import type { LaunchTargetOf } from "../../../schema/run/hosts/launch-target.ts";
import { gpusInGres } from "../client/gres.ts";

/** @throws UserError `no-gpu` */
export function ranksPerNodeOf({
  ranks,
  gres = "",
}: Pick<LaunchTargetOf<"slurm">, "ranks" | "gres">): number {
  if (ranks.perHost !== "gpu") return ranks.perHost;
  const { count } = gpusInGres(gres);
  if (count > 0) return count;
  throw new UserError("no-gpu", "`--nproc gpu` without GPUs in `--gres`", {
    at: "--nproc gpu",
    hint: "request the GPUs of each node: `--gres gpu:4`",
  });
}
