import { join } from "node:path";
import { packageRoot } from "./package-root.ts";

/** `data/` as shipped with the package. */
export const dataDirectory = join(packageRoot, "data");
