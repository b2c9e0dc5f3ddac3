/** Entry of the thread that loads one data set. */
import { parentPort, workerData } from 'node:worker_threads'
import { shareExamples } from '../../src/data/index.ts'
import { loadDataset, loadOwnPart } from './load.ts'
import type { ApartReply, ApartRequest } from './load-apart.ts'

async function answer(request: ApartRequest): Promise<ApartReply> {
  const progress = (event: Extract<ApartReply, { event: unknown }>['event']) => reply({ event })
  try {
    const dataset =
      'find' in request
        ? await loadDataset(request.options, { ...request.find, progress })
        : await loadOwnPart(request.options, request.path, {
            expected: request.expected,
            progress,
          })
    const [train, test] = [shareExamples(dataset.train), shareExamples(dataset.test)]
    return { dataset: { ...dataset, train, test } }
  } catch (error) {
    // A thrown error would lose its name and fields on the way.
    const { name, message, stack, ...fields } = error as Error & Record<string, unknown>
    return { error: { name, message, fields: { ...fields } } }
  }
}

function reply(message: ApartReply): void {
  parentPort!.postMessage(message)
}

reply(await answer(workerData as ApartRequest))
