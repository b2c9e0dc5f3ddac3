import type { ValueCodec } from './codec.ts'
import { pack, unpack } from './packing.ts'

const FORMAT = { sign: 1, exponent: 5, mantissa: 10 } as const
const INFINITE = 0x7c00

/**
 * IEEE 754 binary16 with packed exponents: 13.5 to 13.7 bits for a trained model's value, 11 of precision. Rounded to
 * the nearest, of two to the even one; what is larger than 65504 becomes that, what is smaller than 6e-5 loses precision.
 */
export const float16: ValueCodec = {
  code: 4,
  encode(values) {
    const halves = new Uint16Array(new Float16Array(values).buffer)
    const words = new Uint32Array(halves.length)
    for (let i = 0; i < words.length; i++) {
      const half = halves[i]!
      words[i] = (half & INFINITE) === INFINITE ? half - 1 : half
    }
    return { values: widened(words), bytes: pack(words, FORMAT) }
  },
  decode: (bytes, count) => widened(unpack(bytes, count, FORMAT)),
}

function widened(words: Uint32Array): Float32Array {
  return new Float32Array(new Float16Array(new Uint16Array(words).buffer))
}
