import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  addWords,
  applyMasks,
  type Checksum,
  checksum,
  newWords,
  pureSuite,
  quantise,
  type Ring,
  verifyChecksum,
  type Words,
} from '../../crypto/index.ts'
import { nativeSuite } from '../../daemon/crypto/index.ts'
import { wrap } from '../reference/literal-ring.ts'

const bytes = (fill: number, length = 32) => new Uint8Array(length).fill(fill)
const seed = bytes(0x5e)
const rings: readonly Ring[] = [
  { width: 32, fractionBits: 23, clip: 16 },
  { width: 16, fractionBits: 13, clip: 0.5 },
]
const PIECE = 16_384

/** The definition: Σ ρ_c q_c, with ρ written out for each coordinate. */
function literalChecksum(words: Words, seed: Uint8Array): number[] {
  const drawn = (index: number, count: number) => {
    const stream = pureSuite.keystream(seed, Uint8Array.of(index, ...bytes(0, 11)))
    const pad = stream.next(4 * count)
    return Array.from({ length: count }, (_, i) => new DataView(pad.buffer).getUint32(4 * i, true))
  }
  const factors = drawn(2, 2 * Math.ceil(words.length / PIECE))
  return [0, 1].map((which) => {
    const kappa = drawn(which, Math.min(words.length, PIECE))
    let total = 0n
    for (const [c, word] of words.entries()) {
      const inner = BigInt(kappa[c % PIECE]! | (which === 0 ? 1 : 0))
      total += inner * BigInt(factors[2 * Math.floor(c / PIECE) + which]! | 1) * BigInt(word)
    }
    return wrap(total, 32)
  })
}

test('is the sum that defines it, in either width and with either suite', () => {
  for (const width of [32, 16] as const) {
    for (const length of [0, 1, 5, 16, PIECE, PIECE + 1, 10 * PIECE + 7]) {
      const words = newWords(width, length).map((_, i) => Math.imul(i + 1, 2_654_435_761)) as Words
      const expected = literalChecksum(words, seed)
      expect([...checksum(nativeSuite, words, seed)], `${width} bits, ${length}`).toEqual(expected)
      expect([...checksum(pureSuite, words, seed)]).toEqual(expected)
    }
  }
})

test('of a sum is the sum of the checksums', () => {
  const vectors = fc.array(
    fc.array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: 20, maxLength: 20 }),
    { minLength: 1, maxLength: 7 },
  )
  fc.assert(
    fc.property(vectors, fc.constantFrom(...rings), (vectors, ring) => {
      const sum = newWords(ring.width, 20)
      const sums: Checksum = new Int32Array(2)
      for (const values of vectors) {
        const { words } = quantise(ring, Float32Array.from(values))
        addWords(sum, words)
        addWords(sums, checksum(nativeSuite, words, seed))
      }
      expect(() => verifyChecksum(nativeSuite, sum, sums, seed)).not.toThrow()
    }),
  )
})

const spoilt = expect.objectContaining({ name: 'ChecksumError' })

test('shows every single altered word, whatever the bit', () => {
  for (const width of [32, 16] as const) {
    const words = newWords(width, 40_000)
    const sums = checksum(nativeSuite, words, seed)
    for (const at of [0, 7, PIECE - 1, PIECE, 39_999]) {
      for (let bit = 0; bit < width; bit += 5) {
        words[at] = 2 ** bit
        expect(() => verifyChecksum(nativeSuite, words, sums, seed)).toThrow(spoilt)
        words[at] = -(2 ** (width - 1))
        expect(() => verifyChecksum(nativeSuite, words, sums, seed)).toThrow(spoilt)
        words[at] = 0
      }
    }
    expect(() => verifyChecksum(nativeSuite, words, sums, seed)).not.toThrow()
  }
})

test('shows a mask that was not lifted, and a checksum that was altered or made for another round', () => {
  for (const width of [32, 16] as const) {
    for (let run = 0; run < 100; run++) {
      const words = newWords(width, 2 + 5 * run)
      const sums = checksum(nativeSuite, words, seed)
      applyMasks(nativeSuite, words, [{ key: bytes(run), nonce: bytes(width, 12), sign: 1 }])
      expect(() => verifyChecksum(nativeSuite, words, sums, seed)).toThrow(spoilt)
    }
  }
  const words = Int32Array.of(1, 2, 3)
  const sums = checksum(nativeSuite, words, seed)
  for (const [altered, under] of [
    [Int32Array.of(sums[0]! + 1, sums[1]!), seed],
    [Int32Array.of(sums[0]!, sums[1]! - 1), seed],
    [sums.subarray(0, 1), seed],
    [Int32Array.of(...sums, 0), seed],
    [sums, bytes(1)],
  ] as const) {
    expect(() => verifyChecksum(nativeSuite, words, altered, under)).toThrow(spoilt)
  }
})
