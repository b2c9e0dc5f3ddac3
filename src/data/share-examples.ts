import type { Examples } from './interface.ts'

type Numbers = Float32Array | Uint8Array | Int32Array

/** The same examples on shared memory, so that every thread reads one copy. Shared arrays are not copied again. */
export function shareExamples(examples: Examples): Examples {
  const { inputs, labels, clients } = examples
  return {
    ...examples,
    inputs: share(inputs),
    labels: share(labels),
    ...(clients && { clients: share(clients) }),
  }
}

function share<T extends Numbers>(values: T): T {
  if (values.buffer instanceof SharedArrayBuffer) return values
  const Type = values.constructor as new (buffer: SharedArrayBuffer) => T
  const shared = new Type(new SharedArrayBuffer(values.byteLength))
  shared.set(values)
  return shared
}
