import { join } from "node:path";
import { packageRoot } from "./package-root.ts";

/** The `data/` folder in the package. */
export const dataDirectory = join(packageRoot, "data");
