import * as tf from '@tensorflow/tfjs'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { type OpenBackend, openBackend } from '../../../src/engine/tfjs/choose-backend.ts'
import type { Operations } from '../../../src/engine/tfjs/operations.ts'
import { plainOperations } from '../../../src/engine/tfjs/plain-operations.ts'
import { draws, expectClose, onCpu, outputAndGradients, type Sample, SEEDS } from './on-backends.ts'

type Draws = ReturnType<typeof draws>
type Run = (operations: Operations) => (...inputs: never[]) => tf.Tensor

/** One random case of an operation: its inputs, and how to call it. */
const CASES: Record<string, (draw: Draws) => { inputs: Sample[]; run: Run }> = {
  dense({ side, flip, normals }) {
    const [batch, inputs, units] = [side(40), side(300), side(40)]
    const activation = flip() ? 'relu' : 'none'
    return {
      inputs: [normals(batch, inputs), normals(inputs, units), normals(units)],
      run: (operations) => (x, w, b) => operations.dense(x, w, b, activation),
    }
  },
  'dense of several nodes'({ side, flip, normals }) {
    const [nodes, batch, inputs, units] = [side(5), side(9), side(20), side(20)]
    const activation = flip() ? 'relu' : 'none'
    return {
      inputs: [normals(nodes, batch, inputs), normals(nodes, inputs, units), normals(nodes, units)],
      run: (operations) => (x, w, b) => operations.dense(x, w, b, activation),
    }
  },
  conv2d({ side, flip, normals }) {
    const [images, height, width] = [side(3), 4 + side(12), 4 + side(12)]
    const [kernelHeight, kernelWidth, channels, filters] = [side(5), side(5), side(9), side(12)]
    const options = {
      stride: side(3),
      padding: flip() ? 'same' : 'valid',
      activation: flip() ? 'relu' : 'none',
    } as const
    return {
      inputs: [
        normals(images, height, width, channels),
        normals(kernelHeight, kernelWidth, channels, filters),
        normals(filters),
      ],
      run: (operations) => (x, w, b) => operations.conv2d(x, w, b, options),
    }
  },
  'conv2d of 5 × 5 filters and eights of channels'({ side, flip, normals }) {
    const [height, width] = [4 + side(9), 4 + side(60)]
    const [channels, filters] = [8 * side(2), 8 * side(2)]
    const padding = flip() ? 'same' : 'valid'
    return {
      inputs: [
        normals(1, height, width, channels),
        normals(5, 5, channels, filters),
        normals(filters),
      ],
      run: (operations) => (x, w, b) =>
        operations.conv2d(x, w, b, { stride: 1, padding, activation: 'none' }),
    }
  },
  groupNorm({ side, flip, normals }) {
    const [images, height, width, groups] = [side(3), side(9), 1 + side(9), side(4)]
    const channels = groups * side(9)
    const options = { groups, epsilon: 1e-2, activation: flip() ? 'relu' : 'none' } as const
    return {
      inputs: [normals(images, height, width, channels), normals(channels), normals(channels)],
      run: (operations) => (x, scale, shift) => operations.groupNorm(x, scale, shift, options),
    }
  },
  maxPool({ side, normals }) {
    const size = side(3)
    const [images, height, width] = [side(3), size + side(8), size + side(8)]
    return {
      inputs: [normals(images, height, width, side(9))],
      run: (operations) => (x) => operations.maxPool(x, size),
    }
  },
  embedding({ side, normals, integers }) {
    const [count, width] = [side(20), side(9)]
    return {
      inputs: [normals(count, width), integers(count, side(4), side(6))],
      run: (operations) => (table, ids) => operations.embedding(table, ids),
    }
  },
  lstm({ side, normals }) {
    const [sequences, steps, inputs, units] = [side(5), side(6), side(7), side(9)]
    return {
      inputs: [
        normals(sequences, steps, inputs),
        normals(inputs, 4 * units),
        normals(units, 4 * units),
        normals(4 * units),
      ],
      run: (operations) => (x, w, u, b) => operations.lstm(x, w, u, b),
    }
  },
  softmaxCrossEntropy({ side, normals, integers }) {
    const [rows, classes] = [side(9), 1 + side(20)]
    return {
      inputs: [normals(rows, classes), integers(classes, rows)],
      run: (operations) => (logits, labels) => operations.softmaxCrossEntropy(logits, labels).total,
    }
  },
  'softmaxCrossEntropy of several nodes'({ side, normals, integers }) {
    const [nodes, rows, classes] = [side(5), side(9), 1 + side(20)]
    return {
      inputs: [normals(nodes, rows, classes), integers(classes, nodes, rows)],
      run: (operations) => (logits, labels) =>
        operations.softmaxCrossEntropy(logits, labels).perNode,
    }
  },
}

const VARIANTS = {
  'relaxed SIMD': { threads: 1, relaxed: true },
  'plain SIMD': { threads: 1, relaxed: false },
  'shared memory': { threads: 2, relaxed: true },
}

/** What stock operations on the cpu give: slow, and the same for every variant. */
const references = new Map<string, Float32Array[]>()

async function reference(key: string, inputs: Sample[], run: Run): Promise<Float32Array[]> {
  const known = references.get(key)
  if (known !== undefined) return known
  const found = await onCpu(() => outputAndGradients(inputs, run(plainOperations(tf))))
  references.set(key, found)
  return found
}

describe.each(Object.entries(VARIANTS))('fused operations, %s', (_, { threads, relaxed }) => {
  let backend: OpenBackend
  beforeAll(async () => {
    const accepts = vi.spyOn(WebAssembly, 'validate')
    if (!relaxed) accepts.mockReturnValue(false)
    backend = await openBackend({ backend: 'wasm', threads, blas: 'off' })
    accepts.mockRestore()
    expect(backend.device.includes('relaxed')).toBe(relaxed)
  })
  afterAll(() => backend.dispose())

  it.each(Object.entries(CASES))(
    '%s agrees with stock operations on the cpu',
    async (name, draw) => {
      for (const seed of SEEDS) {
        const { inputs, run } = draw(draws(name, seed))
        const found = outputAndGradients(inputs, run(backend.operations!))
        expectClose(found, await reference(`${name} ${seed}`, inputs, run))
      }
    },
  )
})

describe('fused operations', () => {
  let backend: OpenBackend
  beforeAll(async () => {
    backend = await openBackend({ backend: 'wasm', threads: 1, blas: 'off' })
  })
  afterAll(() => backend.dispose())
  afterEach(() => tf.disposeVariables())

  it('computes a node to the same bits alone and among others', () => {
    const operations = backend.operations!
    const sides = { batch: 7, inputs: 33, units: 10 }
    const { normals, integers } = draws('nodes', 0)
    const [x, w] = [normals(5, 7, 33), normals(5, 33, 10)]
    const [b, labels] = [normals(5, 10), integers(10, 5, 7)]
    const loss = (...[x, w, b, labels]: tf.Tensor[]) =>
      operations.softmaxCrossEntropy(operations.dense(x!, w!, b!, 'relu'), labels!).perNode
    const together = outputAndGradients([x, w, b, labels], loss)
    for (let node = 0; node < 5; node++) {
      const slice = ({ values, shape }: Sample): Sample => {
        const size = values.length / 5
        return { shape: shape.slice(1), values: values.slice(node * size, (node + 1) * size) }
      }
      // The projection of the whole weighs this node's loss by cos(node).
      const weighed = (...inputs: tf.Tensor[]) => tf.mul(loss(...inputs), Math.cos(node))
      const alone = outputAndGradients([x, w, b, labels].map(slice), weighed)
      const { batch, inputs, units } = sides
      for (const [i, size] of [batch * inputs, inputs * units, units].entries())
        expect(alone[i + 1]).toEqual(together[i + 1]!.slice(node * size, (node + 1) * size))
    }
  })

  it('gives the gradient of equal values to the first of them', () => {
    const dx = tf.grad((x) => tf.sum(backend.operations!.maxPool(x, 2)))(tf.ones([1, 2, 4, 1]))
    expect([...dx.dataSync()]).toEqual([1, 0, 1, 0, 0, 0, 0, 0])
  })

  it('keeps softmax finite for logits far apart', () => {
    const logits = tf.tensor2d([[1000, -1000, 0]])
    const loss = (x: tf.Tensor) =>
      backend.operations!.softmaxCrossEntropy(x, tf.tensor1d([1], 'int32')).total
    const { value, grad } = tf.valueAndGrad(loss)(logits)
    expect(value.dataSync()[0]).toBe(2000)
    expect([...grad.dataSync()].map(Math.round)).toEqual([1, -1, 0])
  })

  it('holds no tensor and no memory after many steps', () => {
    const operations = backend.operations!
    const { normals, integers } = draws('steps', 0)
    const tensor = ({ values, shape }: Sample) => tf.tensor(values, shape)
    const [filter, weights] = [
      tf.variable(tensor(normals(3, 3, 2, 4))),
      tf.variable(tensor(normals(36, 3))),
    ]
    const [x, labels] = [tensor(normals(2, 6, 6, 2)), tensor(integers(3, 2))]
    const options = { stride: 1, padding: 'same', activation: 'relu' } as const
    const step = () => {
      const { value, grads } = tf.variableGrads(() => {
        const features = operations.maxPool(operations.conv2d(x, filter, tf.zeros([4]), options), 2)
        const logits = operations.dense(features.reshape([2, 36]), weights, tf.zeros([3]), 'none')
        return operations.softmaxCrossEntropy(logits, labels).total
      })
      tf.dispose([value, grads])
    }
    step()
    const before = { ...tf.memory(), heap: wasmBytes() }
    for (let i = 0; i < 500; i++) step()
    expect(tf.memory().numTensors).toBe(before.numTensors)
    expect(tf.memory().numBytes).toBe(before.numBytes)
    expect(wasmBytes()).toBe(before.heap)
  })
})

/** Size of the linear memory of the wasm backend. */
function wasmBytes(): number {
  const { wasm } = tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } }
  return wasm.HEAPU8.byteLength
}
