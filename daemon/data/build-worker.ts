/** Entry of the worker that builds one data set: parsing a large one takes seconds that the network must not wait for. */
import { parentPort, workerData } from 'node:worker_threads'
import { buildDataset, type Dataset, type Examples } from '../../src/data/index.ts'
import type { BuildAnswer, BuildRequest } from './build-apart.ts'

function answer(): BuildAnswer {
  const { options, files } = workerData as BuildRequest
  try {
    return { dataset: buildDataset(options, files) }
  } catch (error) {
    // A thrown error would lose its name and fields on the way.
    const { name, message, stack, ...fields } = error as Error & Record<string, unknown>
    return { error: { name, message, fields: { ...fields } } }
  }
}

/** The memory behind a data set: handed over, not copied. */
function buffersOf({ train, test }: Dataset): ArrayBuffer[] {
  const arrays = ({ inputs, labels, clients }: Examples) =>
    clients === undefined ? [inputs, labels] : [inputs, labels, clients]
  const buffers = [train, test].flatMap(arrays).map((array) => array.buffer as ArrayBuffer)
  return [...new Set(buffers)]
}

const result = answer()
parentPort!.postMessage(result, 'dataset' in result ? buffersOf(result.dataset) : [])
