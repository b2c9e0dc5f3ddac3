/**
 * Our WebAssembly for long vectors, and the memory it works on. SIMD without its relaxed part: results are the same
 * bits on every machine.
 *
 * Intermediate results belong into that memory: it is kept, whereas the pages of a fresh array of megabytes have to be
 * handed out by the system one by one, which takes longer than most kernels. It grows to the most that was ever
 * needed at once.
 */
import { readFileSync } from 'node:fs'
import { borrowFloats, borrowIntegers, unfilled, unfilledFloats } from './spare-memory.ts'

/** A place in the kernels' memory, in bytes. */
export type Address = number

/** Addresses are of as many numbers of four bytes as the counts say. Nothing is checked. */
interface Kernels {
  readonly memory: WebAssembly.Memory
  heapStart(): Address

  /** to = a − b. */
  difference(a: Address, b: Address, count: number, to: Address): void
  /** to = a + b. */
  sum(a: Address, b: Address, count: number, to: Address): void

  /** 1 where no value is NaN or infinite, else 0. */
  allFinite(values: Address, count: number): number
  /** to[i] = vector[indices[i]]. */
  gather(vector: Address, indices: Address, count: number, to: Address): void

  /** `to` has `columns` rows and `rows` columns. */
  transpose(from: Address, rows: number, columns: number, to: Address): void
  /** to = other + fromᵀ. */
  transposeOnto(from: Address, other: Address, rows: number, columns: number, to: Address): void

  /**
   * to = onto + Σ weight (value − own) for `count` coordinates from `first` on, where the vectors begin; `onto` 0 for
   * none. Each message 24 bytes: addresses of its ascending indices, 0 where it holds all, and of its values, their
   * number, 0, and the weight as a double.
   */
  pull(
    own: Address,
    first: number,
    count: number,
    messages: Address,
    heard: number,
    onto: Address,
    to: Address,
  ): void
  /** Murmur's average of such messages. What each tells is written to the address that `memories` has for it, 0 for none. */
  averageNews(
    own: Address,
    news: Address,
    least: number,
    first: number,
    count: number,
    messages: Address,
    memories: Address,
    heard: number,
    to: Address,
  ): void

  /** Scratch memory for as many numbers as there are coefficients. */
  forwardWavelet(x: Address, n: number, levels: number, to: Address, scratch: Address): void
  inverseWavelet(
    coefficients: Address,
    n: number,
    levels: number,
    to: Address,
    scratch: Address,
  ): void

  /** First step of a selection, 1 ≤ wanted ≤ count; 0 where a value is NaN, else 1. Scratch memory: `count` numbers. */
  findThreshold(values: Address, count: number, wanted: number, scratch: Address): number
  /** Second step: writes the positions of those wanted. */
  writePositions(values: Address, count: number, to: Address): void

  /** Writes Σ ⌊(gap − 1) / 2^j⌋ for j = k, k + 1, k + 2 and Σ ⌊log₂ gap⌋, for k ≤ 29. */
  sumGaps(indices: Address, count: number, k: number, to: Address): void
  /** The indices from `first` on, before `end`. Returns how many bytes it writes. */
  encodeRice(indices: Address, first: number, end: number, k: number, to: Address): number
  encodeGamma(indices: Address, first: number, end: number, to: Address): number
  /**
   * Reads `runs` runs of codes, 12 bytes in `told` each: where in the body it begins, where it ends, and how many codes
   * it has. `code` is k, or 32 for γ; the sums of `sumGaps` are written for max(k − 1, 0), at most 29. Returns 0; or 1 where
   * a run is cut off, 2 where something is left of it, 3 on an index too large. `body` may be overwritten, with 16 bytes
   * behind it.
   */
  decodeGaps(
    body: Address,
    length: number,
    code: number,
    told: Address,
    runs: number,
    size: number,
    to: Address,
    sums: Address,
  ): number
  /** `to` holds zeros. */
  encodeBitmap(indices: Address, count: number, to: Address): void
  /** Returns how many indices there are, of which it writes `count` at most. */
  decodeBitmap(body: Address, length: number, count: number, to: Address): number

  /** How often each of 256 bytes occurs. */
  countBytes(from: Address, count: number, to: Address): void
  /** The exponents of words, a byte each. */
  exponentsOf(words: Address, count: number, exponent: number, mantissa: number, to: Address): void
  /**
   * Codes of bytes, given as 16 code + length of each, two bytes each; `to` has room for eight more. Returns how many bytes
   * they take.
   */
  writeCodes(from: Address, count: number, codes: Address, to: Address): number
  /** Signs and mantissas; `to` has room for sixteen more. */
  writeOthers(
    words: Address,
    count: number,
    sign: number,
    exponent: number,
    mantissa: number,
    to: Address,
  ): void
  /**
   * Bytes from runs of their codes, as `decodeGaps` reads them. `first` has, for each value of eight bits, 16 byte + length
   * of the code they begin with, two bytes each; `counts` gets how often each of 256 bytes occurs. Returns 0;
   * or 1 where a run is cut off, 2 where something is left of it.
   */
  readCodes(
    body: Address,
    length: number,
    first: Address,
    told: Address,
    runs: number,
    to: Address,
    counts: Address,
  ): number
  /** Words from exponents, a byte each, and what `writeOthers` has written. */
  joinWords(
    exponents: Address,
    count: number,
    others: Address,
    sign: number,
    exponent: number,
    mantissa: number,
    to: Address,
  ): void
  /**
   * to = (bytes − levels) step, with a step of two bytes for every 128. Returns 0; or 1 on a step that is no length, 2 on too
   * many of one.
   */
  scaleSteps(bytes: Address, count: number, levels: number, steps: Address, to: Address): number
  /**
   * bytes = ⌊values / step + u⌋ + levels and to = (bytes − levels) step, with u from 16 bits of `noise` for each value and
   * a step of two bytes, which is written too, for every 128.
   */
  roundToSteps(
    values: Address,
    count: number,
    levels: number,
    noise: Address,
    bytes: Address,
    steps: Address,
    to: Address,
  ): void
}

const binary = new Uint8Array(readFileSync(new URL('kernels/kernels.wasm', import.meta.url)))
const instance = new WebAssembly.Instance(new WebAssembly.Module(binary), {})

export const kernels = instance.exports as unknown as Kernels

const PAGE = 65536
const ALIGNMENT = 16
/** Bytes that kernels may read or overwrite behind an array. */
const MARGIN = 64

let top = aligned(kernels.heapStart())

function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT
}

/** Runs `work`; what it reserves is free again afterwards. Calls may be nested. */
export function inScratch<T>(work: () => T): T {
  const before = top
  try {
    return work()
  } finally {
    top = before
  }
}

/** Memory for so many bytes, with any contents, until the end of the innermost `inScratch`. */
export function reserve(bytes: number): Address {
  const address = top
  const end = aligned(address + bytes + MARGIN)
  const missing = end - kernels.memory.buffer.byteLength
  if (missing > 0) kernels.memory.grow(Math.ceil(missing / PAGE))
  top = end
  return address
}

/** Memory for so many numbers of four bytes. */
export function reserveNumbers(count: number): Address {
  return reserve(4 * count)
}

/** Reserves memory and copies the values there. */
export function copyIn(values: Float32Array | Uint32Array | Uint16Array | Uint8Array): Address {
  const address = reserve(values.byteLength)
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  bytesAt(address, bytes.length).set(bytes)
  return address
}

/** Copies. */
export function copyFloats(address: Address, count: number): Float32Array<ArrayBuffer> {
  const copy = unfilledFloats(count)
  copy.set(floatsAt(address, count))
  return copy
}

export function copyIntegers(address: Address, count: number): Uint32Array<ArrayBuffer> {
  const copy = new Uint32Array(unfilled(4 * count))
  copy.set(integersAt(address, count))
  return copy
}

export function copyBytes(address: Address, count: number): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(unfilled(count))
  copy.set(bytesAt(address, count))
  return copy
}

/** Copies in borrowed memory: of what is to be given back soon. */
export function borrowedFloats(address: Address, count: number): Float32Array<ArrayBuffer> {
  const copy = borrowFloats(count)
  copy.set(floatsAt(address, count))
  return copy
}

export function borrowedIntegers(address: Address, count: number): Uint32Array<ArrayBuffer> {
  const copy = borrowIntegers(count)
  copy.set(integersAt(address, count))
  return copy
}

/** Views are valid until memory is reserved next. */
export function floatsAt(address: Address, count: number): Float32Array {
  return new Float32Array(kernels.memory.buffer, address, count)
}

export function integersAt(address: Address, count: number): Uint32Array {
  return new Uint32Array(kernels.memory.buffer, address, count)
}

export function bytesAt(address: Address, count: number): Uint8Array {
  return new Uint8Array(kernels.memory.buffer, address, count)
}
