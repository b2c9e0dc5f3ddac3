/**
 * Integers of few bits with a step for every block of values, rounded at random so that the mean of what is received is
 * what was sent: D. Alistarh, D. Grubic, J. Li, R. Tomioka, M. Vojnovic, "QSGD: Communication-Efficient SGD via
 * Gradient Quantization and Encoding", NeurIPS 2017.
 *
 * With L = 2^(b−1) − 1 and a block's largest magnitude m, the step s is m / L rounded up to a bfloat16, and
 *
 *   k = ⌊v / s + u⌋, u uniform in [0, 1);  v̂ = k s;  E v̂ = v,  |v̂ − v| < s
 *
 * Layout: the steps, two bytes each, the least significant first; then k + L of all values, as symbols (`symbols.ts`).
 *
 * Deviations: the largest magnitude instead of the Euclidean norm; Huffman's code instead of Elias's; u has 16 bits.
 */
import {
  type Address,
  borrowedFloats,
  bytesAt,
  copyIn,
  inScratch,
  integersAt,
  kernels,
  reserve,
  reserveNumbers,
} from '../../numeric/kernels.ts'
import type { RandomStream } from '../../numeric/random.ts'
import { MalformedFrameError } from '../errors.ts'
import type { ValueCodec } from './codec.ts'
import { readSymbols, writeSymbols } from './symbols.ts'

/** Values with a step in common: it costs an eighth of a bit for each. The kernel's too. */
const BLOCK = 128

/** @param bits of an integer, 2 to 8 */
export function blockIntegers(code: number, bits: number): ValueCodec {
  const levels = 2 ** (bits - 1) - 1
  return {
    code,
    encode(values, random) {
      const count = values.length
      const head = 2 * Math.ceil(count / BLOCK)
      return inScratch(() => {
        const [symbols, steps, rounded] = [reserve(count), reserve(head), reserveNumbers(count)]
        const noise = noiseFor(count, random())
        kernels.roundToSteps(copyIn(values), count, levels, noise, symbols, steps, rounded)
        const { from, end } = writeSymbols(symbols, count, bits)
        const bytes = new Uint8Array(head + end - from)
        bytes.set(bytesAt(steps, head))
        bytes.set(bytesAt(from, end - from), head)
        return { values: borrowedFloats(rounded, count), bytes }
      })
    },
    decode(bytes, count) {
      const head = 2 * Math.ceil(count / BLOCK)
      if (bytes.length < head) throw new MalformedFrameError('steps are cut off')
      return inScratch(() => {
        const steps = copyIn(bytes.subarray(0, head))
        const symbols = readSymbols(bytes.subarray(head), count, bits)
        const values = reserveNumbers(count)
        const error = kernels.scaleSteps(symbols, count, levels, steps, values)
        if (error !== 0) throw new MalformedFrameError(REASONS[error]!)
        return borrowedFloats(values, count)
      })
    },
  }
}

/** By the number that the kernel returns. */
const REASONS: Readonly<Record<number, string>> = {
  1: 'a step that is no length',
  2: 'more steps than there can be',
}

/** Two values share 32 bits. */
function noiseFor(count: number, draw: RandomStream): Address {
  const draws = Math.ceil(count / 2)
  const noise = reserveNumbers(draws)
  draw.fill(integersAt(noise, draws))
  return noise
}
