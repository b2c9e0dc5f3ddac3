/**
 * Ascending indices in the kernels' memory, and what the codes of their gaps have in common: they are written in runs
 * (`runs.ts`), and every gap counts from the index before it, also where that is the last of another run.
 */
import {
  type Address,
  inScratch,
  integersAt,
  kernels,
  reserveNumbers,
} from '../../numeric/kernels.ts'
import { MalformedFrameError } from '../errors.ts'
import { readRuns, runMargin } from '../runs.ts'

export interface Ascending {
  readonly at: Address
  readonly count: number
  /** Sums of the gaps that are known already, for three k from this one on. */
  readonly known?: { readonly first: number; readonly sums: Uint32Array }
}

/** Most bytes that the codes take for the gaps of some indices; a gap is at least 1, the first counts from −1. */
export interface GapCosts {
  readonly gammaBytes: number
  /** Of Rice's code with the best k, the least of equals; its first byte included. */
  readonly riceBytes: number
  readonly k: number
}

/** Sums are taken for three k at a time, of which the largest is 31. */
const LARGEST_FIRST = 29

export function gapCosts({ at, count, known }: Ascending): GapCosts {
  if (count === 0) return { gammaBytes: 0, riceBytes: 1, k: 0 }
  return inScratch(() => {
    const measured = (first: number) => {
      const sums = reserveNumbers(4)
      kernels.sumGaps(at, count, first, sums)
      return integersAt(sums, 4)
    }
    // The number of bits is convex in k, so that walking downhill from the usual place finds the least.
    const last = integersAt(at, count)[count - 1]!
    const usual = Math.floor(Math.log2(Math.max(1, (Math.LN2 * (last + 1)) / count)))
    let first = known?.first ?? Math.min(LARGEST_FIRST, Math.max(0, usual - 1))
    for (;;) {
      const [unary0, unary1, unary2, logarithms] =
        first === known?.first ? known.sums : measured(first)
      const bits = [unary0!, unary1!, unary2!].map((unary, j) => unary + count * (first + j + 1))
      const best = bits.indexOf(Math.min(...bits))
      if (best === 0 && first > 0) first--
      else if (best === 2 && first < LARGEST_FIRST) first++
      else {
        const bytes = (bits: number) => Math.ceil(bits / 8) + runMargin(count)
        const gammaBytes = bytes(count + 2 * logarithms!)
        return { gammaBytes, riceBytes: 1 + bytes(bits[best]!), k: first + best }
      }
    }
  })
}

/** By the number that the kernel returns. */
const REASONS: Readonly<Record<number, string>> = {
  1: 'indices are cut off',
  2: 'something stands behind the indices',
  3: 'an index beyond the last coordinate',
}

/**
 * `count` indices below `size` from gaps in the code that the kernel knows as `code`.
 *
 * @throws {MalformedFrameError} on anything else
 */
export function decodeGaps(body: Uint8Array, code: number, count: number, size: number): Ascending {
  const at = reserveNumbers(count)
  const sums = reserveNumbers(4)
  const error = inScratch(() => {
    const { body: from, length, told, runs } = readRuns(body, count)
    return kernels.decodeGaps(from, length, code, told, runs, size, at, sums)
  })
  if (error !== 0) throw new MalformedFrameError(REASONS[error]!)
  const first = Math.min(LARGEST_FIRST, Math.max(0, code - 1))
  return { at, count, known: { first, sums: integersAt(sums, 4).slice() } }
}
