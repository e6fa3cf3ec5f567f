import { UserError } from "../../../foundation/errors/user-error.ts";
import type { LaunchTargetOf, RankPlan } from "../../../schema/run/hosts/launch-target.ts";
import type { LaunchTexts } from "../running/launch-texts.ts";

const defaultAddress = "http://127.0.0.1:8265";

/**
 * The Ray target of a request.
 *
 * @param env for `RAY_API_SERVER_ADDRESS` and `RAY_ADDRESS`, which Ray's own client uses too
 * @throws UserError `nproc-invalid`, `ray-address-invalid`
 */
export function planRayTarget(
  texts: LaunchTexts,
  { perHost, starter }: RankPlan,
  env: Readonly<Record<string, string | undefined>> = process.env,
): LaunchTargetOf<"ray"> {
  const { nodes = 1, sync = [], setUp } = texts;
  if (perHost === "gpu") {
    throw new UserError("nproc-invalid", "`--nproc gpu` is not supported with Ray", {
      at: "--nproc",
      hint: "use a number: each rank gets one GPU if every node of the cluster has that many",
    });
  }
  return {
    kind: "ray",
    address: addressOf(texts.rayAddress ?? env["RAY_API_SERVER_ADDRESS"] ?? dashboardIn(env)),
    nodes,
    ranks: { perHost, starter },
    ...(sync.length === 0 ? {} : { sync: [...sync] }),
    ...(setUp === undefined ? {} : { setUp }),
  };
}

/** `RAY_ADDRESS` may also be that of the cluster's control service, which has no REST interface. */
function dashboardIn(env: Readonly<Record<string, string | undefined>>): string {
  const address = env["RAY_ADDRESS"] ?? "";
  return /^https?:\/\//u.test(address) ? address : defaultAddress;
}

function addressOf(text: string): string {
  const withScheme = /^\w+:\/\//u.test(text) ? text : `http://${text}`;
  const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined;
  const isWeb = url?.protocol === "http:" || url?.protocol === "https:";
  if (url !== undefined && isWeb && url.hash === "" && url.username === "")
    return withScheme.replace(/\/+$/u, "");
  throw new UserError("ray-address-invalid", `invalid address of a Ray cluster \`${text}\``, {
    at: "--ray-address",
    hint: "the address of its dashboard, `http://head:8265`; a token goes into RAY_AUTH_TOKEN",
  });
}
