import { spawn } from "node:child_process";
import { once } from "node:events";
import { errorCode } from "../../foundation/errors/error-code.ts";
import { UserError } from "../../foundation/errors/user-error.ts";

/**
 * Unpacks zstd with the system's `zstd` program, because Node 20 has no zstd support.
 *
 * @throws UserError `zstd-missing`
 * @throws RangeError if the program fails on the file
 */
export async function* unpackZstd(path: string): AsyncGenerator<Uint8Array> {
  const child = spawn("zstd", ["-d", "--long=27", "-q", "-c", "--", path], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let complaint = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (complaint += text));
  const ended = once(child, "close").then(
    ([code]: unknown[]) => ({ code }),
    (error: unknown) => ({ error }),
  );
  try {
    for await (const piece of child.stdout) if (piece instanceof Uint8Array) yield piece;
    const end = await ended;
    if ("error" in end) throw missing(path, end.error);
    if (end.code !== 0) throw new RangeError(complaint.trim() || "zstd gave up on it");
  } finally {
    child.kill();
  }
}

function missing(path: string, error: unknown): unknown {
  if (errorCode(error) !== "ENOENT") return error;
  return new UserError(
    "zstd-missing",
    "unpacking this archive requires the `zstd` program, which is not installed",
    {
      at: path,
      hint: "install zstd (`apt install zstd`, `brew install zstd`), or unpack it and import the folder",
      cause: error,
    },
  );
}
