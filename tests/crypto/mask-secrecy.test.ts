/**
 * What a receiver sees of one vector, where there is nothing in it but the worst there could be: all zeros, or
 * all at the clip. Statistics with fixed keys, to p > 10^−6 each. That they pass is necessary and not
 * sufficient: a generator with a seed of 28 bits passes, too. What makes the masks secret is ChaCha20 under
 * keys of 256 bits.
 */
import { describe, expect, test } from 'vitest'
import {
  applyMasks,
  type MaskContext,
  newWords,
  pairMask,
  participantsHash,
  ratchet,
  sha256,
  streamKey,
  toHex,
  type Words,
} from '../../crypto/index.ts'
import { nativeSuite } from '../../daemon/crypto/index.ts'

const WORDS = 1 << 20
const bytes = (fill: number, length = 32) => new Uint8Array(length).fill(fill)
const self = bytes(0x21)

const context = (change: Partial<MaskContext> = {}): MaskContext => ({
  round: 4,
  receiver: bytes(0x11),
  pair: [self, bytes(0x22)],
  participants: participantsHash([self, bytes(0x22)]),
  classTag: new Uint8Array(0),
  indices: sha256(bytes(1)),
  width: 32,
  attempt: 0,
  ...change,
})

describe.each([
  ['zeros, 32 bits', newWords(32, WORDS)],
  ['the clip, 32 bits', newWords(32, WORDS).fill(2 ** 27)],
  ['minus the clip, 16 bits', newWords(16, WORDS).fill(-4096)],
] as [string, Words][])('a masked vector of %s', (_, plain) => {
  const width = plain.BYTES_PER_ELEMENT === 4 ? 32 : 16
  const key = streamKey(nativeSuite, bytes(0x77), 'mask', context({ width }))
  const words = plain.slice()
  applyMasks(nativeSuite, words, [pairMask(key, self, bytes(0x22))])

  test('has bytes of equal frequency at each place of a word', () => {
    for (let shift = 0; shift < width; shift += 8) {
      const counts = new Float64Array(256)
      for (const word of words) counts[(word >>> shift) & 255]!++
      const mean = WORDS / 256
      const chiSquare = counts.reduce((total, count) => total + (count - mean) ** 2 / mean, 0)
      // 255 degrees of freedom: their normal approximation at five deviations, both ways.
      expect(Math.abs(chiSquare - 255), `byte ${shift / 8}`).toBeLessThan(5 * Math.sqrt(2 * 255))
    }
  })

  test('has each bit set in half of the words', () => {
    const ones = new Uint32Array(width)
    for (const word of words) for (let bit = 0; bit < width; bit++) ones[bit]! += (word >>> bit) & 1
    for (const [bit, count] of ones.entries()) {
      expect(Math.abs(count / WORDS - 0.5), `bit ${bit}`).toBeLessThan(5 / (2 * Math.sqrt(WORDS)))
    }
  })

  test('is uniform over the ring', () => {
    // Kolmogorov and Smirnov: sup |F − x| > 2.7 / √n has a probability of 10^−6.
    const sorted = words.slice().sort()
    let distance = 0
    for (const [i, word] of sorted.entries()) {
      distance = Math.max(distance, Math.abs((i + 0.5) / WORDS - (word / 2 ** width + 0.5)))
    }
    expect(distance).toBeLessThan(2.7 / Math.sqrt(WORDS))
  })

  test('has words that do not tell of their neighbours', () => {
    let product = 0
    for (let i = 1; i < WORDS; i++)
      product += (words[i - 1]! / 2 ** width) * (words[i]! / 2 ** width)
    // A uniform word over [−½, ½) has a variance of 1/12.
    expect(Math.abs((12 * product) / WORDS)).toBeLessThan(5 / Math.sqrt(WORDS))
  })
})

test('no two streams share an aligned block, over rounds, receivers, pairs, classes, attempts and restarts', () => {
  const blocks = new Set<string>()
  let drawn = 0
  // A restarted node agrees on new chain keys; the second one is also what the first becomes after the ratchet.
  const chains = [bytes(0x77), ratchet(nativeSuite, bytes(0x77)), bytes(0x78)]
  for (const chain of chains) {
    for (const [round, receiver, peer, tag, attempt, width] of product(
      [0, 1, 256],
      [0x11, 0x12],
      [0x22, 0x23],
      [0, 1],
      [0, 1],
      [32, 16] as const,
    )) {
      const facts = context({
        round: round!,
        receiver: bytes(receiver!),
        pair: [self, bytes(peer!)],
        classTag: bytes(0, tag!),
        attempt: attempt!,
        width: width as 32 | 16,
      })
      for (const purpose of ['mask', 'share', 'checksum'] as const) {
        const { key, nonce } = streamKey(nativeSuite, chain, purpose, facts)
        const stream = nativeSuite.keystream(key, nonce).next(1024)
        for (let at = 0; at < stream.length; at += 16) {
          blocks.add(toHex(stream.subarray(at, at + 16)))
          drawn++
        }
      }
    }
  }
  expect(drawn).toBe(3 * 96 * 3 * 64)
  expect(blocks.size).toBe(drawn)
})

/** Every way to take one of each list. */
function product(...lists: readonly (readonly number[])[]): number[][] {
  return lists.reduce<number[][]>(
    (taken, list) => taken.flatMap((some) => list.map((one) => [...some, one])),
    [[]],
  )
}
