/**
 * The registry of exit codes, the only place where they are given. docs/exit-codes.md is held to it by a test.
 * Errors are told apart by name because they may come from the daemon's process.
 */
import { InterruptedError } from '../lifecycle.ts'

export const EXIT = {
  ok: 0,
  failure: 1,
  usage: 2,
  noDaemon: 3,
  alreadyRunning: 4,
  notFound: 5,
  refused: 6,
  unavailable: 7,
} as const

type ExitName = keyof typeof EXIT

/** Errors that have a code of their own, by name; every other one is a failure. */
export const ERROR_EXITS: Readonly<Record<string, ExitName>> = {
  // What the user wrote, or a file it names, cannot be used.
  UsageError: 'usage',
  BadRequestError: 'usage',
  InvalidConfigError: 'usage',
  InvalidAddressError: 'usage',
  InvalidJobError: 'usage',
  InvalidOverrideError: 'usage',
  InvalidVariantError: 'usage',
  InvalidEdgesError: 'usage',
  InvalidTraceError: 'usage',
  InvalidModelError: 'usage',
  InvalidTokenError: 'usage',
  ImpossibleTopologyError: 'usage',
  PartitionError: 'usage',
  EmptyPartError: 'usage',
  UnsuitableDataError: 'usage',
  MissingModelFileError: 'usage',
  ModelFileError: 'usage',
  UnusableOwnerError: 'usage',
  UnsupportedModelError: 'usage',
  DatasetNotFoundError: 'usage',
  DataFileError: 'usage',
  UnreadableFileError: 'usage',
  ForeignPathError: 'usage',
  OwnPartError: 'usage',
  DataShapeError: 'usage',
  NotPullableError: 'usage',
  NoFolderHereError: 'usage',
  // There is no daemon to ask.
  NoDaemonError: 'noDaemon',
  DaemonGoneError: 'noDaemon',
  // There is one already.
  DirectoryLockedError: 'alreadyRunning',
  // There is no such thing.
  NoSuchRunError: 'notFound',
  UnknownRunError: 'notFound',
  // Another machine, or the run's state, says no.
  RefusedError: 'refused',
  RunMismatchError: 'refused',
  ExpiredTokenError: 'refused',
  AlreadyJoinedError: 'refused',
  CopiedIdentityError: 'refused',
  RunStateError: 'refused',
  // The network or the machine does not give what is needed; the same command may work later.
  ListenError: 'unavailable',
  PeerUnreachableError: 'unavailable',
  NoOwnerAnswersError: 'unavailable',
  WireTimeoutError: 'unavailable',
  DownloadError: 'unavailable',
  ChecksumError: 'unavailable',
  InstallFailedError: 'unavailable',
  BackendUnavailableError: 'unavailable',
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof InterruptedError) return error.signal === 'SIGINT' ? 130 : 143
  const name = error instanceof Error ? error.name : ''
  return EXIT[ERROR_EXITS[name] ?? 'failure']
}
