/** What a check says; also the records of `starling doctor --json`. */
export interface CheckResult {
  readonly name: string
  readonly status: 'ok' | 'warn' | 'fail'
  readonly detail: string
  /** What to do about it. */
  readonly fix?: string
}

export interface CheckContext {
  /** The data directory. */
  readonly directory: string
  /** Addresses that the daemon is set to listen on; null where its settings cannot be read. */
  readonly listen: readonly string[] | null
}

export type Check = (context: CheckContext) => Promise<CheckResult>
