import { z } from "zod";

/** The name of a host of a job, as spelled by its launch target. It is also part of file names. */
export const hostName = z.string().regex(/^[A-Za-z0-9][\w.-]{0,252}$/);
