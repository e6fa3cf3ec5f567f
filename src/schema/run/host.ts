import { z } from "zod";

/** The name of a host of a job, as its launch target spells it. It is also part of file names. */
export const hostName = z.string().regex(/^[A-Za-z0-9][\w.-]{0,252}$/);

/** The host that Pitwall itself runs on. Records written before hosts were recorded mean this one. */
export const launchingHost = "localhost";
