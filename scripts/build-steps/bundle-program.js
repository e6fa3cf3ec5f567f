import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { rolldown } from "rolldown";

/** Packages that stay outside the bundle: large, or with native code. */
const external = [/^@jax-js\//u, /^@duckdb\//u];

/**
 * Bundles src/ into dist/ and returns the files that went into it.
 *
 * All files are in one folder, so that `new URL("./x-thread.js", import.meta.url)` finds a thread
 * from whatever chunk its caller is in.
 */
export async function bundleProgram(root) {
  const bundle = await rolldown({
    cwd: root,
    input: entries(root),
    platform: "node",
    external,
    // The default for Node is CommonJS, which rolldown cannot reduce to what is used.
    resolve: { alias: { yaml: join(root, "node_modules/yaml/browser/index.js") } },
    tsconfig: false,
  });
  const { output } = await bundle.write({
    dir: join(root, "dist"),
    format: "esm",
    entryFileNames: "[name].js",
    chunkFileNames: "[name]-[hash].js",
    sourcemap: false,
  });
  await bundle.close();
  return output.flatMap((file) => file.moduleIds ?? []);
}

/** The program, the library, and every file that a worker thread starts with. */
function entries(root) {
  const threads = readdirSync(join(root, "src"), { recursive: true })
    .filter((path) => path.endsWith("-thread.ts"))
    .map((path) => [basename(path, ".ts"), join(root, "src", path)]);
  return {
    bin: join(root, "src/bin.ts"),
    index: join(root, "src/index.ts"),
    ...Object.fromEntries(threads),
  };
}
