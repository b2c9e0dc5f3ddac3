/**
 * Front door of the data room: bytes → arrays, who holds which examples, which examples a step uses. Nothing here
 * touches a disk; `daemon/data` finds and reads the files.
 */
export { type BatchRequest, batchIndices } from './batches.ts'
export type { Needs, SourceFile, SourceFiles, WantedFile } from './datasets/definition.ts'
export { pngSize } from './datasets/image-decoder.ts'
export {
  buildDataset,
  type DatasetOptions,
  datasetFolder,
  datasetNeeds,
  datasetSchema,
  datasets,
  ownPartProblem,
} from './datasets/index.ts'
export {
  DataFileError,
  DataShapeError,
  EmptyPartError,
  OwnPartError,
  PartitionError,
} from './errors.ts'
export type { Dataset, Examples } from './interface.ts'
export {
  createPartition,
  type PartitionOptions,
  partitionSchema,
  partitions,
} from './partition/index.ts'
export { type DataShape, requireShape, shapeOf } from './shape.ts'
export { shareExamples } from './share-examples.ts'
