import { signal } from "@preact/signals";
import type { AboutDocument } from "../../src/schema/dashboard/about.ts";

/** The server's version and home; undefined until it has answered, and on static sites. */
export const about = signal<AboutDocument | undefined>(undefined);
