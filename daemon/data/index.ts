/** Front door of the daemon's data room: finding, reading and fetching the files that `src/data` parses. */
export {
  ArchiveError,
  ChecksumError,
  DatasetNotFoundError,
  DownloadError,
  ForeignPathError,
  NotPullableError,
  UnreadableFileError,
} from './errors.ts'
export * from './interface.ts'
export { loadDataset, loadOwnPart } from './load.ts'
export { type DataPlaces, dataPlaces } from './places.ts'
export { type PullEvent, type PullOptions, pullable, pullDataset } from './pull.ts'
