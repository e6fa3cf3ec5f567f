import { z } from "zod";

const hostEntry = z.union([
  z.string().min(1),
  z.strictObject({
    host: z.string().min(1).describe("Name for ssh: of the ssh configuration, or an address"),
    user: z.string().min(1).optional().describe("User on the host"),
    port: z.int().positive().optional().describe("Port of its ssh server"),
    ranks: z.int().positive().optional().describe("Ranks to start on this host"),
    address: z.string().min(1).optional().describe("Where the other hosts reach it"),
    switch: z
      .string()
      .min(1)
      .optional()
      .describe("Its network switch, for `--rank-order topology`: `leaf2`, or `spine1/leaf2`"),
  }),
]);

/** The hosts of `--hosts hosts.yaml`, in the order of their ranks. */
export const hostsFile = z.strictObject({
  hosts: z.array(hostEntry).min(1).describe("Hosts in the order of their ranks"),
});
export type HostsFile = z.output<typeof hostsFile>;
