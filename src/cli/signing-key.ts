import { UserError } from "../foundation/errors/user-error.ts";
import type { SigningKey } from "../store/keys/key-store.ts";
import type { Face } from "./command-table.ts";

/** Read before the first run, so that a missing key is reported immediately. */
export async function signingKeyOf(
  env: Face["env"],
  { sign, signKey }: { sign: boolean; signKey: string | undefined },
): Promise<SigningKey | undefined> {
  if (!sign && signKey !== undefined) {
    throw new UserError("option-unused", "`--sign-key` has no effect without `--sign`", {
      hint: `\`--sign --sign-key ${signKey}\``,
    });
  }
  if (!sign) return undefined;
  const { readSigningKey } = await import("../store/keys/key-store.ts");
  return readSigningKey(env, signKey);
}
