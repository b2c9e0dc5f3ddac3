/** Integers of few bits as multiples of a step, one for every block of values: `src/sharing/values/block-integers.ts`. */
import { NUMBER } from './lanes'

const BLOCK: i32 = 128
const LARGEST_BFLOAT16: u32 = 0x7f7f

/** How it ended. */
const DONE: i32 = 0
const NO_LENGTH: i32 = 1
const TOO_MANY: i32 = 2

/**
 * to = (words − levels) step, with a step of two bytes, the upper half of a float, for every 128. Returns 0; or 1 on a
 * step that is negative or infinite, 2 on more than `levels` of a step, or any of a step of 0.
 */
export function scaleSteps(words: usize, count: i32, levels: i32, steps: usize, to: usize): i32 {
  for (let start = 0; start < count; start += BLOCK, steps += 2) {
    const bits = <u32>load<u16>(steps)
    if (bits > LARGEST_BFLOAT16) return NO_LENGTH
    const at = <usize>start * NUMBER
    const length = min(BLOCK, count - start)
    const largest = scaleBlock(words + at, length, levels, reinterpret<f32>(bits << 16), to + at)
    if (largest > (bits == 0 ? 0 : levels)) return TOO_MANY
  }
  return DONE
}

/** Returns the largest number of steps. */
@inline
function scaleBlock(words: usize, count: i32, levels: i32, step: f32, to: usize): i32 {
  const offset = i32x4.splat(levels)
  const factor = f32x4.splat(step)
  let most = i32x4.splat(0)
  let i = 0
  for (; i + 4 <= count; i += 4) {
    const k = i32x4.sub(v128.load(words + <usize>i * NUMBER), offset)
    most = i32x4.max_s(most, i32x4.abs(k))
    v128.store(to + <usize>i * NUMBER, f32x4.mul(f32x4.convert_i32x4_s(k), factor))
  }
  let largest = max(
    max(i32x4.extract_lane(most, 0), i32x4.extract_lane(most, 1)),
    max(i32x4.extract_lane(most, 2), i32x4.extract_lane(most, 3)),
  )
  for (; i < count; i++) {
    const k = load<i32>(words + <usize>i * NUMBER) - levels
    largest = max(largest, k < 0 ? -k : k)
    store<f32>(to + <usize>i * NUMBER, <f32>k * step)
  }
  return largest
}
