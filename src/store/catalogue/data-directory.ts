import { fileURLToPath } from "node:url";

/** The package's own `data` folder, from the sources as from what is built of them. */
export const dataDirectory = fileURLToPath(new URL("../../../data", import.meta.url));
