import { orderByPath } from "../../../foundation/text/order-by-path.ts";
import { UserError } from "../../../foundation/errors/user-error.ts";
import type { RankPlan, SshHost } from "../../../schema/run/hosts/launch-target.ts";
import type { LaunchTexts } from "../running/launch-texts.ts";

/** @throws UserError `launch-rate-invalid` */
export function placementOf({ rankOrder, launchRate }: LaunchTexts): {
  rankOrder?: "topology";
  launchRate?: number;
} {
  return {
    ...(rankOrder === "topology" ? { rankOrder } : {}),
    ...(launchRate === undefined ? {} : { launchRate: rateIn(launchRate) }),
  };
}

function rateIn(text: string): number {
  const rate = Number(text);
  if (text.trim() !== "" && rate > 0 && rate <= 10_000) return rate;
  throw new UserError("launch-rate-invalid", `invalid number of hosts per second \`${text}\``, {
    at: "--launch-rate",
    hint: "for example `--launch-rate 20`, or `0.5` for one host every two seconds",
  });
}

/** @throws UserError `option-unused` */
export function rendezvousOf(
  { rendezvous }: LaunchTexts,
  starter: string,
): Pick<RankPlan, "rendezvous"> {
  if (rendezvous === undefined) return {};
  if (starter === "torchrun") return { rendezvous: rendezvous === "c10d" ? rendezvous : "static" };
  throw new UserError("option-unused", "`--rendezvous` has no effect without torchrun", {
    hint: "use `--launcher torchrun`, or remove `--rendezvous`",
  });
}

/**
 * Hosts below the same network switch one after the other.
 *
 * @throws UserError `topology-unknown`
 */
export function orderHosts(hosts: readonly SshHost[]): SshHost[] {
  const unknown = hosts.filter((host) => host.switch === undefined);
  if (unknown.length === 0) return orderByPath(hosts, (host) => host.switch?.split("/") ?? []);
  throw new UserError(
    "topology-unknown",
    "`--rank-order topology` requires the switch of each host",
    {
      at: "--rank-order topology",
      saw: `none for ${unknown.map(({ name }) => name).join(", ")}`,
      hint: "write it into a file of hosts: `- { host: node1, switch: leaf2 }`, or `switch: spine1/leaf2`",
    },
  );
}
