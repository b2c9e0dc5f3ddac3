import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  createPartition,
  type Examples,
  type PartitionOptions,
  partitionSchema,
  partitions,
} from '../../src/data/index.ts'
import { randomStream } from '../../src/numeric/random.ts'
import { labelled } from './support.ts'

/** 600 examples in random order, 10 classes, 40 clients. */
function typical(): Examples {
  const random = randomStream(3, 'partition-test')
  const labels = random.shuffle(Array.from({ length: 600 }, (_, i) => i % 10))
  const clients = random.shuffle(Array.from({ length: 600 }, (_, i) => i % 40))
  return labelled(labels, clients)
}

const examples = typical()

/** Classes that occur among the examples of a part. */
const classesIn = (part: Int32Array) => new Set(Array.from(part, (i) => examples.labels[i]!))

const kinds = Object.keys(partitions) as PartitionOptions['kind'][]

describe.each(kinds)('contract of partition "%s"', (kind) => {
  const options = partitionSchema.parse({ kind })

  test.each([1, 2, 7, 16])('%i nodes: disjoint, inside, nobody empty', (nodes) => {
    const parts = createPartition(options, { examples, nodes, seed: 5 })
    expect(parts).toHaveLength(nodes)
    const all = parts.flatMap((part) => [...part])
    expect(new Set(all).size).toBe(all.length)
    expect(all.every((i) => Number.isInteger(i) && i >= 0 && i < examples.count)).toBe(true)
    expect(parts.every((part) => part instanceof Int32Array && part.length > 0)).toBe(true)
    // What a partition may leave out is a remainder.
    expect(all.length).toBeGreaterThan(examples.count - 3 * nodes)
  })

  test('equal seeds give equal parts, others do not, and the examples stay as they are', () => {
    const before = structuredClone(examples)
    const cut = (seed: number) => createPartition(options, { examples, nodes: 7, seed })
    expect(cut(1)).toEqual(cut(1))
    expect(cut(1)).not.toEqual(cut(2))
    expect(examples).toEqual(before)
  })

  test('more nodes than it can serve is an error that says what to change', () => {
    expect(() => createPartition(options, { examples, nodes: 700, seed: 1 })).toThrow(
      /^The ".*" partition .*Use (fewer|at most)/s,
    )
    expect(() => createPartition(options, { examples, nodes: 0, seed: 1 })).toThrow('Use 1 or more')
  })
})

test('laws hold for any labels, nodes and seed', () => {
  const anyCase = fc.record({
    labels: fc.array(fc.nat(5), { minLength: 1, maxLength: 80 }),
    nodes: fc.integer({ min: 1, max: 12 }),
    seed: fc.nat(),
    options: fc.constantFrom(
      { kind: 'iid' },
      { kind: 'shards', perNode: 1 },
      { kind: 'shards', perNode: 3 },
      { kind: 'dirichlet', alpha: 0.1, minimum: 1 },
      { kind: 'dirichlet', alpha: 10 },
    ),
  })
  fc.assert(
    fc.property(anyCase, ({ labels, nodes, seed, options }) => {
      let parts: Int32Array[]
      try {
        const checked = partitionSchema.parse(options)
        parts = createPartition(checked, { examples: labelled(labels), nodes, seed })
      } catch (error) {
        expect(['PartitionError', 'EmptyPartError']).toContain((error as Error).name)
        return
      }
      const all = parts.flatMap((part) => [...part])
      expect(new Set(all).size).toBe(all.length)
      expect(parts.every((part) => part.length > 0)).toBe(true)
      if (options.kind !== 'shards') expect(all).toHaveLength(labels.length)
    }),
  )
})

describe('iid', () => {
  test('sizes differ by at most one', () => {
    const sizes = createPartition({ kind: 'iid' }, { examples, nodes: 7, seed: 1 }).map(
      (part) => part.length,
    )
    expect(Math.max(...sizes) - Math.min(...sizes)).toBe(1)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(600)
  })
})

describe('shards', () => {
  const cut = (perNode: number, nodes: number, seed = 1) =>
    createPartition({ kind: 'shards', perNode }, { examples, nodes, seed })

  test('parts are equally large, and two windows of a sixteenth see few classes', () => {
    const seen: number[] = []
    for (let seed = 0; seed < 20; seed++) {
      for (const part of cut(2, 16, seed)) {
        expect(part).toHaveLength(2 * Math.floor(Math.floor(600 / 16) / 2))
        seen.push(classesIn(part).size)
      }
    }
    // Where earlier windows left gaps, a late one reaches over more than two classes.
    expect(seen.filter((count) => count >= 2 && count <= 4).length / seen.length).toBeGreaterThan(
      0.8,
    )
  })

  test('equals the rule written with plain lists', () => {
    for (let seed = 0; seed < 20; seed++) {
      const random = randomStream(seed, 'partition', 'shards')
      let left = Array.from({ length: 600 }, (_, i) => i).sort(
        (a, b) => examples.labels[a]! - examples.labels[b]! || a - b,
      )
      const expected = Array.from({ length: 9 }, () => {
        const part: number[] = []
        for (let shard = 0; shard < 2; shard++) {
          const start = random.integer(left.length)
          const window = [...left, ...left].slice(start, start + 33)
          left = left.filter((i) => !window.includes(i))
          part.push(...window)
        }
        return part
      })
      expect(cut(2, 9, seed).map((part) => [...part])).toEqual(expected)
    }
  })

  test('one node with one shard holds everything', () => {
    expect(new Set(cut(1, 1)[0])).toHaveLength(600)
  })
})

describe('dirichlet', () => {
  const cut = (alpha: number, minimum?: number) =>
    createPartition(
      { kind: 'dirichlet', alpha, ...(minimum !== undefined && { minimum }) },
      { examples, nodes: 10, seed: 4 },
    )

  test('every node holds the minimum, by default as many as there are classes', () => {
    for (const part of cut(0.3)) expect(part.length).toBeGreaterThanOrEqual(10)
    for (const part of cut(0.3, 25)) expect(part.length).toBeGreaterThanOrEqual(25)
  })

  test('a small α is skewed and a large one even', () => {
    /** Mean share of a node's commonest class: 0.1 when even. */
    const skew = (parts: Int32Array[]) =>
      parts.reduce((sum, part) => {
        const counts = new Array<number>(10).fill(0)
        for (const i of part) counts[examples.labels[i]!]!++
        return sum + Math.max(...counts) / part.length / parts.length
      }, 0)
    expect(skew(cut(0.1))).toBeGreaterThan(0.35)
    expect(skew(cut(100))).toBeLessThan(0.2)
  })

  test('an unreachable minimum ends in a clear error, not in a hang', () => {
    expect(() => cut(1, 59)).toThrow(/after 1000 draws .* larger "alpha"/)
    expect(() => cut(0.5, 61)).toThrow('need 610 and there are 600')
  })
})

describe('by-client', () => {
  test('a client is never torn apart, groups differ by at most one client', () => {
    const parts = createPartition({ kind: 'by-client' }, { examples, nodes: 7, seed: 2 })
    const clients = parts.map((part) => new Set(Array.from(part, (i) => examples.clients![i]!)))
    expect(clients.reduce((sum, set) => sum + set.size, 0)).toBe(40)
    const sizes = clients.map((set) => set.size)
    expect(Math.max(...sizes) - Math.min(...sizes)).toBe(1)
  })

  test('without clients it says what to use instead', () => {
    const anonymous = labelled([0, 1, 2])
    expect(() =>
      createPartition({ kind: 'by-client' }, { examples: anonymous, nodes: 2, seed: 1 }),
    ).toThrow('Use "iid", "shards" or "dirichlet"')
  })
})
