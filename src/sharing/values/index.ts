/** How precisely values travel, and their bytes: one file a codec, one line in `codecs`. */
import { z } from 'zod'
import type { RandomStream } from '../../numeric/random.ts'
import type { Values } from '../interface.ts'
import { bfloat16 } from './bfloat16.ts'
import { blockIntegers } from './block-integers.ts'
import type { ValueCodec } from './codec.ts'
import { float16 } from './float16.ts'
import { lossless } from './lossless.ts'
import { zstd } from './zstd.ts'

/** Beside float32, in which values travel as they are. */
export const codecs = {
  lossless,
  zstd,
  float16,
  bfloat16,
  int8: blockIntegers(6, 8),
  int6: blockIntegers(7, 6),
  int4: blockIntegers(8, 4),
} satisfies Record<string, ValueCodec>

export type CodecName = keyof typeof codecs

/** Option of every strategy that sends values. */
export const valuesSchema = z
  .enum(['float32', ...(Object.keys(codecs) as CodecName[])])
  .default('lossless')
  .describe('How precisely values travel.')

export type Precision = z.output<typeof valuesSchema>

const EXACT: readonly Precision[] = ['float32', 'lossless', 'zstd']

/** Whether values arrive to the last bit. */
export function isExact(precision: Precision): boolean {
  return EXACT.includes(precision)
}

/** Bits that a value of a trained model takes at most, as a rule: what limits on bytes reckon with. */
export const USUAL_BITS: Readonly<Record<Precision, number>> = {
  float32: 32,
  lossless: 28,
  zstd: 28,
  float16: 16,
  bfloat16: 13,
  int8: 8,
  int6: 6,
  int4: 4,
}

/**
 * What a message holds of `values`: they are as the receiver will have them. Falls back to float32 where that is no
 * larger, as for a handful of values.
 *
 * @param random named streams of this node and round
 */
export function encodeValues(
  values: Float32Array,
  precision: Precision,
  random: (label: string) => RandomStream,
): Pick<Values, 'values' | 'coded'> {
  if (precision === 'float32' || values.length === 0) return { values }
  const encoded = codecs[precision].encode(values, () => random('rounding'))
  if (encoded.bytes.length >= values.byteLength) return { values }
  return { values: encoded.values, coded: { codec: precision, bytes: encoded.bytes } }
}
