import type { ValueCodec } from './codec.ts'
import { pack, unpack } from './packing.ts'

const FORMAT = { sign: 1, exponent: 8, mantissa: 7 } as const
/** The largest that is finite, without its sign. */
const LARGEST = 0x7f7f

/**
 * The upper half of IEEE 754 binary32 with packed exponents: 10.5 to 10.7 bits for a trained model's value, 8 of
 * precision. Rounded to the nearest, of two to the even one, but never to infinity.
 */
export const bfloat16: ValueCodec = {
  code: 5,
  encode(values) {
    const bits = new Uint32Array(values.buffer, values.byteOffset, values.length)
    const words = new Uint32Array(bits.length)
    for (let i = 0; i < bits.length; i++) {
      const rounded = (bits[i]! + 0x7fff + ((bits[i]! >>> 16) & 1)) >>> 16
      words[i] = (rounded & 0x7fff) > LARGEST ? rounded - 1 : rounded
    }
    return { values: widened(words), bytes: pack(words, FORMAT) }
  },
  decode: (bytes, count) => widened(unpack(bytes, count, FORMAT)),
}

function widened(words: Uint32Array): Float32Array {
  const bits = new Uint32Array(words.length)
  for (let i = 0; i < bits.length; i++) bits[i] = words[i]! << 16
  return new Float32Array(bits.buffer)
}
