/** Cutting examples apart: limits on their number, and a test set where none was given. */
import { randomStream } from '../numeric/random.ts'
import { DataFileError } from './errors.ts'
import type { Examples } from './interface.ts'

/** The examples at `indices`, in that order. Copies. */
export function selectExamples(examples: Examples, indices: Int32Array): Examples {
  const size = examples.inputShape.reduce((product, length) => product * length, 1)
  const inputs = examples.inputs.slice(0, 0).constructor as new (
    length: number,
  ) => Examples['inputs']
  const chosen = new inputs(indices.length * size)
  indices.forEach((index, i) => {
    chosen.set(examples.inputs.subarray(index * size, (index + 1) * size), i * size)
  })
  const { labels, clients } = examples
  return {
    ...examples,
    count: indices.length,
    inputs: chosen,
    labels:
      labels instanceof Int32Array
        ? Int32Array.from(indices, (index) => labels[index]!)
        : Float32Array.from(indices, (index) => labels[index]!),
    ...(clients && { clients: Int32Array.from(indices, (index) => clients[index]!) }),
  }
}

/**
 * The first `limit` examples; all of them where there are no more or no limit is given. Copies, so that what is left
 * out is not kept in memory.
 */
export function firstExamples(examples: Examples, limit: number | undefined): Examples {
  if (limit === undefined || limit >= examples.count) return examples
  const size = examples.inputs.length / examples.count
  return {
    ...examples,
    count: limit,
    inputs: examples.inputs.slice(0, limit * size),
    labels: examples.labels.slice(0, limit),
    ...(examples.clients && { clients: examples.clients.slice(0, limit) }),
  }
}

/**
 * A random `share` of the examples as a test set, chosen by `seed` alone; at least one example on either side.
 * Both sides keep the examples' order.
 *
 * @throws {DataFileError} naming `path` when there is only one example.
 */
export function holdOut(
  examples: Examples,
  options: { readonly share: number; readonly seed: number | string },
  path: string,
): { train: Examples; test: Examples } {
  if (examples.count < 2) {
    throw new DataFileError(
      path,
      'it holds one example, which cannot be both training and test set',
      'Add examples, or test files.',
    )
  }
  const held = heldOutIndices(examples.count, options)
  return {
    train: selectExamples(examples, held.train),
    test: selectExamples(examples, held.test),
  }
}

/** Both index lists ascend. */
function heldOutIndices(
  count: number,
  { share, seed }: { readonly share: number; readonly seed: number | string },
): { train: Int32Array; test: Int32Array } {
  const order = randomStream(seed, 'hold-out').shuffle(
    Int32Array.from({ length: count }, (_, i) => i),
  )
  const testCount = Math.min(Math.max(1, Math.round(count * share)), count - 1)
  return { test: order.subarray(0, testCount).sort(), train: order.subarray(testCount).sort() }
}
