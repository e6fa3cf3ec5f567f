/** How the dashboard's server is asked for. */
export interface DashboardRequest {
  /** Whose runs are shown: an absolute path. */
  home: string;
  version: string;
  /** 0 takes any free one. */
  port: number;
  /** An address of this machine: `127.0.0.1`, `0.0.0.0`, `::`. */
  host: string;
  /** Further names the server is reached by, with or without a port. */
  allowHosts: readonly string[];
  /** Asks for the token on loopback as well. */
  needsToken: boolean;
  isReadOnly: boolean;
  /** Absolute path of the built pages. */
  webFolder: string;
  nowMs(): number;
  /** Is handed what a request died of, where that is a bug of ours. */
  onBug(error: unknown): void;
  /** Is handed a link that works once, at the start and again whenever one was used. */
  onLink(url: string): void;
}

/** The dashboard's server, listening. */
export interface Dashboard {
  /** Without a token: `http://127.0.0.1:7700/`. */
  url: string;
  /** Where the token is kept; undefined where none is needed. */
  tokenPath: string | undefined;
  /** Ends every stream and connection. */
  close(): Promise<void>;
}

export type StartDashboard = (request: DashboardRequest) => Promise<Dashboard>;
