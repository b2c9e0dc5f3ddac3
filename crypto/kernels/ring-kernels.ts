/**
 * The ring's arithmetic in WebAssembly, whose four lanes make a mask cost little more than its key stream:
 * JavaScript adds a million words in 0.9 ms, this in 0.1 ms, and the copies there and back take another 0.25
 * ms.
 *
 * Vectors of any length pass through areas of 64 KiB in pieces. What an area holds is nobody's after the call
 * that filled it; callers wipe it.
 */
import { fromBase64url } from '../bytes.ts'
import { RING_BINARY } from './ring-binary.ts'

/**
 * Small enough for a processor's second-level cache with the areas in use, and where ChaCha20 is at its
 * fastest.
 */
export const PIECE_BYTES: number = 1 << 16

/** Begins at a page of 64 KiB; the one at address 0 is the compiler's. */
export const AREA = { a: 1 << 16, b: 2 << 16, c: 3 << 16, d: 4 << 16, e: 5 << 16 } as const
export type Area = (typeof AREA)[keyof typeof AREA]

/** Lengths are in bytes; addresses are areas. See assembly/index.ts. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer }
  add32(a: Area, b: Area, bytes: number): void
  subtract32(a: Area, b: Area, bytes: number): void
  add16(a: Area, b: Area, bytes: number): void
  subtract16(a: Area, b: Area, bytes: number): void
  quantise(values: Area, words: Area, bytes: number, scale: number, limit: number): number
  quantiseStochastically(
    values: Area,
    random: Area,
    words: Area,
    bytes: number,
    scale: number,
    limit: number,
  ): number
  narrow(words: Area, bytes: number): void
  widen(from: Area, to: Area, bytes: number): void
  dequantise(words: Area, bytes: number, scale: number): void
  dot(a: Area, b: Area, bytes: number): number
}

export interface RingKernels extends Exports {
  /** Copies at most 64 KiB into an area. @returns the length with its padding of zeros, a multiple of 32. */
  load(area: Area, bytes: Uint8Array): number
  /** Fills `bytes` from an area. */
  store(area: Area, bytes: Uint8Array): void
  /** Leaves nothing behind. */
  wipe(): void
}

let instance: RingKernels | undefined

/** The one instance of this thread, compiled at the first use (about a millisecond). */
export function ringKernels(): RingKernels {
  instance ??= instantiate()
  return instance
}

/** Two vectors: `narrow` reads as much at once. */
const PADDING = 32

function instantiate(): RingKernels {
  const module = new WebAssembly.Module(new Uint8Array(fromBase64url(RING_BINARY)))
  const { exports } = new WebAssembly.Instance(module, {})
  const kernels = exports as unknown as Exports
  // The memory never grows, so that this view stays valid.
  const memory = new Uint8Array(kernels.memory.buffer)
  let longest = 0
  return {
    ...kernels,
    load(area, bytes) {
      const padded = Math.ceil(bytes.length / PADDING) * PADDING
      longest = Math.max(longest, padded)
      memory.set(bytes, area)
      memory.fill(0, area + bytes.length, area + padded)
      return padded
    },
    store: (area, bytes) => bytes.set(memory.subarray(area, area + bytes.length)),
    wipe() {
      // Widened words take twice the length of those that were loaded.
      const end = Math.min(2 * longest, PIECE_BYTES)
      for (const area of Object.values(AREA)) memory.fill(0, area, area + end)
      longest = 0
    },
  }
}
