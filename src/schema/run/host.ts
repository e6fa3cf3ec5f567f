import { z } from "zod";

/** The name of a host of a job, as its launch target spells it. It is also part of file names. */
export const hostName = z.string().regex(/^[A-Za-z0-9][\w.-]{0,252}$/);
