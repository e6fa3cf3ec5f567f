/** The host that Pitwall itself runs on. Records written before hosts were recorded mean this one. */
export const launchingHost = "localhost";
