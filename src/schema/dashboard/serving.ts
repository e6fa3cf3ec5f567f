/** Options of the dashboard server. */
export interface DashboardRequest {
  /** Absolute path of the home directory with the runs. */
  home: string;
  version: string;
  /** 0 takes any free one. */
  port: number;
  /** An address of this machine: `127.0.0.1`, `0.0.0.0`, `::`. */
  host: string;
  /** Further names the server is reached by, with or without a port. */
  allowHosts: readonly string[];
  /** Requires the token on loopback too. */
  needsToken: boolean;
  isReadOnly: boolean;
  /** Absolute path of the built pages. */
  webFolder: string;
  nowMs(): number;
  /** Called with the cause of a failed request if it is an internal error. */
  onBug(error: unknown): void;
  /** Is handed a link that works once, at the start and again whenever one was used. */
  onLink(url: string): void;
}

/** The dashboard's server, listening. */
export interface Dashboard {
  /** Without a token: `http://127.0.0.1:7700/`. */
  url: string;
  /** The path of the token file; undefined if no token is required. */
  tokenPath: string | undefined;
  /** Ends every stream and connection. */
  close(): Promise<void>;
}

export type StartDashboard = (request: DashboardRequest) => Promise<Dashboard>;
