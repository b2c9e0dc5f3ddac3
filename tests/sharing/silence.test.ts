import fc from 'fast-check'
import { expect, test } from 'vitest'
import { floatsAt, inScratch } from '../../src/numeric/kernels.ts'
import { randomStream } from '../../src/numeric/random.ts'
import { PayloadMismatchError } from '../../src/sharing/index.ts'
import type { Values } from '../../src/sharing/interface.ts'
import { randomMask } from '../../src/sharing/random-mask.ts'
import { averageOfNews, type Memories } from '../../src/sharing/silence.ts'
import { literalAverageOfNews } from '../reference/literal-silence.ts'

/** A listener and what some neighbours say to it, all or a part, of whom something is remembered or nothing. */
function situation(size: number, neighbours: number, seed: number) {
  const random = randomStream(seed, 'silence')
  // Few different values, so that distances of exactly τ occur, and −0.
  const coarse = () => Math.round(8 * random.normal()) / 16
  const fine = () => Math.fround(random.normal())
  const draw = random.integer(2) === 0 ? coarse : fine
  const vector = (length: number) => Float32Array.from({ length }, draw)
  const message = (): Values => {
    if (random.integer(4) === 0) return { domain: 'wavelet', values: vector(size) }
    const count = random.integer(size + 1)
    const indices = randomMask(random.uint32(), count, size)
    return { domain: 'wavelet', values: vector(count), selection: { size, indices } }
  }
  const inbox = new Map(Array.from({ length: neighbours }, (_, i) => [2 * i, message()] as const))
  const weights = new Map(
    Array.from(inbox.keys(), (source) => [source, random.integer(6) && random.uniform() / 5]),
  )
  const memories = new Map<number, Float32Array>()
  for (const source of [...inbox.keys(), 99]) {
    if (random.integer(3) === 0) continue
    memories.set(
      source,
      vector(size).map((value) => (random.integer(4) === 0 ? Number.NaN : value)),
    )
  }
  return {
    listener: { own: vector(size), news: vector(size), least: Math.abs(draw()) },
    heard: {
      domain: 'wavelet',
      inbox,
      weightOf: (source: number) => weights.get(source)!,
    } as const,
    memories,
  }
}

type Situation = ReturnType<typeof situation>

function average({ listener, heard }: Situation, known: Memories | null) {
  return inScratch(() => {
    const { delta, memories } = averageOfNews(listener, heard, known)
    return { delta: floatsAt(delta, listener.own.length).slice(), memories }
  })
}

/** The same by definition. */
function literally({ listener, heard }: Situation, known: Memories | null) {
  const size = listener.own.length
  const nothing = new Float32Array(size).fill(Number.NaN)
  const sources = [...heard.inbox]
    .filter(([source, { values }]) => heard.weightOf(source) > 0 && values.length > 0)
    .map(([source]) => source)
  const { delta, told } = literalAverageOfNews(
    listener,
    sources.map((source) => {
      const { values, selection } = heard.inbox.get(source)!
      const places = selection?.indices ?? values.keys()
      return {
        weight: heard.weightOf(source),
        values: new Map(Array.from(places, (k, i) => [k, values[i]!])),
        told: known?.get(source) ?? nothing,
      }
    }),
  )
  const memories = new Map(sources.map((source, i) => [source, told[i]!]))
  return { delta, memories: known === null ? new Map() : memories }
}

test('is the equation to the last bit, for sizes below and above what is taken at a time', () => {
  const sizes = fc.oneof(
    { weight: 10, arbitrary: fc.integer({ min: 1, max: 70 }) },
    { weight: 10, arbitrary: fc.integer({ min: 250, max: 1030 }) },
    { weight: 1, arbitrary: fc.integer({ min: 32767, max: 65539 }) },
  )
  fc.assert(
    fc.property(sizes, fc.nat(5), fc.nat(), fc.boolean(), (size, neighbours, seed, silent) => {
      const all = situation(size, neighbours, seed)
      const known = silent ? all.memories : null
      const before = structuredClone(all.memories)
      expect(average(all, known)).toEqual(literally(all, known))
      expect(all.memories).toEqual(before)
    }),
    { numRuns: 100 },
  )
})

test('refuses a message about another vector, naming the node', () => {
  const { listener, heard, memories } = situation(30, 2, 1)
  const shorter = { ...listener, own: listener.own.subarray(1) }
  expect(() => inScratch(() => averageOfNews(shorter, heard, memories))).toThrow(
    PayloadMismatchError,
  )
})
