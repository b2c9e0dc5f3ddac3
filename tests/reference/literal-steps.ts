import type { RandomStream } from '../../src/numeric/random.ts'

const BLOCK = 128
const LARGEST_BFLOAT16 = 0x7f7f

/** Values as integers of a step leave them, by the equations of `src/sharing/values/block-integers.ts`. */
export function literalSteps(values: Float32Array, levels: number, draw: RandomStream) {
  const rounded = new Float32Array(values.length)
  for (let start = 0; start < values.length; start += BLOCK) {
    const block = values.subarray(start, start + BLOCK)
    const step = bfloat16Above(Math.max(...block.map(Math.abs)) / levels)
    const most = step === 0 ? levels : Math.min(levels, Math.floor((2 ** 128 - 2 ** 104) / step))
    let noise = 0
    for (const [i, value] of block.entries()) {
      noise = i % 2 === 0 ? draw.uint32() : (noise << 16) >>> 0
      const u = ((noise >>> 16) + 0.5) / 65536
      const k = Math.floor((step === 0 ? 0 : value * (1 / step)) + levels + u) - levels
      rounded[start + i] = Math.max(-most, Math.min(most, k)) * step
    }
  }
  return rounded
}

function bfloat16Above(value: number): number {
  const [bits] = new Uint32Array(Float32Array.of(value).buffer)
  const upper = Math.min(LARGEST_BFLOAT16, Math.ceil(bits! / 65536))
  return new Float32Array(Uint32Array.of(upper << 16).buffer)[0]!
}
