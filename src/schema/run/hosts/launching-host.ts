/** The host that Pitwall itself runs on, and the default for records without a host. */
export const launchingHost = "localhost";
