/** Multipliers of the four lanes. */
const C1 = 0x239b961b
const C2 = 0xab0e9789
const C3 = 0x38b34ae5
const C4 = 0xa1e38b93

/**
 * MurmurHash3_x86_128 (A. Appleby, 2011) with seed 0: four 32-bit words as int32. Spreads similar names over the whole
 * state of a generator; not a cryptographic hash.
 */
export function murmur3(bytes: Uint8Array): [number, number, number, number] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const whole = bytes.length & ~15
  let h1 = 0
  let h2 = 0
  let h3 = 0
  let h4 = 0
  for (let at = 0; at < whole; at += 16) {
    h1 ^= scramble(view.getInt32(at, true), C1, 15, C2)
    h1 = (Math.imul((rotate(h1, 19) + h2) | 0, 5) + 0x561ccd1b) | 0
    h2 ^= scramble(view.getInt32(at + 4, true), C2, 16, C3)
    h2 = (Math.imul((rotate(h2, 17) + h3) | 0, 5) + 0x0bcaa747) | 0
    h3 ^= scramble(view.getInt32(at + 8, true), C3, 17, C4)
    h3 = (Math.imul((rotate(h3, 15) + h4) | 0, 5) + 0x96cd1c35) | 0
    h4 ^= scramble(view.getInt32(at + 12, true), C4, 18, C1)
    h4 = (Math.imul((rotate(h4, 13) + h1) | 0, 5) + 0x32ac3b17) | 0
  }
  const tail = new DataView(new ArrayBuffer(16))
  for (let i = whole; i < bytes.length; i++) tail.setUint8(i - whole, bytes[i]!)
  h1 ^= scramble(tail.getInt32(0, true), C1, 15, C2) ^ bytes.length
  h2 ^= scramble(tail.getInt32(4, true), C2, 16, C3) ^ bytes.length
  h3 ^= scramble(tail.getInt32(8, true), C3, 17, C4) ^ bytes.length
  h4 ^= scramble(tail.getInt32(12, true), C4, 18, C1) ^ bytes.length
  return combine(...combineEach(combine(h1, h2, h3, h4)))
}

type Words = [number, number, number, number]

function combineEach([h1, h2, h3, h4]: Words): Words {
  return [avalanche(h1), avalanche(h2), avalanche(h3), avalanche(h4)]
}

/** The first word takes the sum of all, the others add the first. */
function combine(h1: number, h2: number, h3: number, h4: number): Words {
  const first = (h1 + h2 + h3 + h4) | 0
  return [first, (h2 + first) | 0, (h3 + first) | 0, (h4 + first) | 0]
}

function scramble(word: number, first: number, bits: number, second: number): number {
  return Math.imul(rotate(Math.imul(word, first), bits), second)
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits))
}

function avalanche(word: number): number {
  let h = word
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}
