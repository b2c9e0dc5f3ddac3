/**
 * Integers of few bits with a step for every block of values, rounded at random so that the mean of what is received is
 * what was sent: D. Alistarh, D. Grubic, J. Li, R. Tomioka, M. Vojnovic, "QSGD: Communication-Efficient SGD via
 * Gradient Quantization and Encoding", NeurIPS 2017.
 *
 * With L = 2^(b−1) − 1 and a block's largest magnitude m, the step s is m / L rounded up to a bfloat16, and
 *
 *   k = ⌊v / s + u⌋, u uniform in [0, 1);  v̂ = k s;  E v̂ = v,  |v̂ − v| < s
 *
 * Layout: the steps, two bytes each, the least significant first; then k + L of all values, packed.
 *
 * Deviations: the largest magnitude instead of the Euclidean norm; Huffman's code instead of Elias's; u has 16 bits.
 */
import { copyIn, floatsAt, inScratch, kernels } from '../../numeric/kernels.ts'
import type { RandomStream } from '../../numeric/random.ts'
import { MalformedFrameError } from '../errors.ts'
import type { ValueCodec } from './codec.ts'
import { pack, unpackAt } from './packing.ts'

/** Values with a step in common: it costs an eighth of a bit for each. The kernel's too. */
const BLOCK = 128

const LARGEST_BFLOAT16 = 0x7f7f
const LARGEST_FLOAT32 = 2 ** 128 - 2 ** 104

/** @param bits of an integer, 2 to 8 */
export function blockIntegers(code: number, bits: number): ValueCodec {
  const levels = 2 ** (bits - 1) - 1
  const format = { sign: 0, exponent: bits, mantissa: 0 } as const
  return {
    code,
    encode(values, random) {
      const draw = random()
      const words = new Uint32Array(values.length)
      const rounded = new Float32Array(values.length)
      const steps: number[] = []
      for (let start = 0; start < values.length; start += BLOCK) {
        const end = Math.min(values.length, start + BLOCK)
        const step = stepOf(values, start, end, levels)
        roundBlock(values, start, end, fromBfloat16(step), levels, draw, words, rounded)
        steps.push(step & 255, step >>> 8)
      }
      const packed = pack(words, format)
      const bytes = new Uint8Array(steps.length + packed.length)
      bytes.set(steps)
      bytes.set(packed, steps.length)
      return { values: rounded, bytes }
    },
    decode(bytes, count) {
      const head = 2 * Math.ceil(count / BLOCK)
      if (bytes.length < head) throw new MalformedFrameError('steps are cut off')
      return inScratch(() => {
        const steps = copyIn(bytes.subarray(0, head))
        const words = unpackAt(bytes.subarray(head), count, format)
        const error = kernels.scaleSteps(words, count, levels, steps, words)
        if (error !== 0) throw new MalformedFrameError(REASONS[error]!)
        return floatsAt(words, count).slice()
      })
    },
  }
}

/** By the number that the kernel returns. */
const REASONS: Readonly<Record<number, string>> = {
  1: 'a step that is no length',
  2: 'more steps than there can be',
}

/** Bits of the smallest bfloat16 of which `levels` reach the block's largest magnitude. */
function stepOf(values: Float32Array, start: number, end: number, levels: number): number {
  let largest = 0
  for (let i = start; i < end; i++) largest = Math.max(largest, Math.abs(values[i]!))
  const [bits] = new Uint32Array(Float32Array.of(largest / levels).buffer)
  return Math.min(LARGEST_BFLOAT16, Math.ceil(bits! / 2 ** 16))
}

function fromBfloat16(bits: number): number {
  return new Float32Array(Uint32Array.of(bits << 16).buffer)[0]!
}

/** Writes k + L and k s. */
function roundBlock(
  values: Float32Array,
  start: number,
  end: number,
  step: number,
  levels: number,
  draw: RandomStream,
  words: Uint32Array,
  rounded: Float32Array,
): void {
  const inverse = step === 0 ? 0 : 1 / step
  // Of the largest steps fewer than L fit into a float32.
  const most = Math.min(levels, Math.floor(LARGEST_FLOAT32 / step))
  const lowest = levels - most
  const highest = levels + most
  let noise = 0
  for (let i = start; i < end; i++) {
    // Two values share 32 bits. Half a unit keeps u from 0, so that a multiple of the step stays what it is.
    noise = ((i - start) & 1) === 0 ? draw.uint32() | 0 : noise << 16
    const u = ((noise >>> 16) + 0.5) / 65536
    // Not negative, and so rounded down.
    let word = (values[i]! * inverse + levels + u) | 0
    if (word > highest) word = highest
    else if (word < lowest) word = lowest
    words[i] = word
    rounded[i] = (word - levels) * step
  }
}
