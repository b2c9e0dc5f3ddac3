import { borrowedFloats, inScratch } from '../../numeric/kernels.ts'
import type { ValueCodec } from './codec.ts'
import { areAllFinite, pack, unpackAt } from './packing.ts'

const FORMAT = { sign: 1, exponent: 8, mantissa: 23 } as const

/** IEEE 754 binary32, to the last bit, with packed exponents: 26.5 to 26.7 bits for a trained model's value. */
export const lossless: ValueCodec = {
  code: 3,
  encode(values) {
    const words = new Uint32Array(values.buffer, values.byteOffset, values.length)
    return { values, bytes: pack(words, FORMAT) }
  },
  decode: (bytes, count) => inScratch(() => borrowedFloats(unpackAt(bytes, count, FORMAT), count)),
  areFinite: (bytes) => areAllFinite(bytes, FORMAT),
}
