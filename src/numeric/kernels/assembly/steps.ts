/** Integers of few bits as multiples of a step, one for every block of values: `src/sharing/values/block-integers.ts`. */
import { doubles, fourBytes, largest, largestLane, NUMBER, upper, VECTOR } from './lanes'

const BLOCK: i32 = 128
const LARGEST_BFLOAT16: u32 = 0x7f7f
const LARGEST_FLOAT32: f64 = f32.MAX_VALUE

/** How it ended. */
const DONE: i32 = 0
const NO_LENGTH: i32 = 1
const TOO_MANY: i32 = 2

/**
 * to = (bytes − levels) step, with a step of two bytes, the upper half of a float, for every 128. Returns 0; or 1 on a
 * step that is negative or infinite, 2 on more than `levels` of a step, or any of a step of 0.
 */
export function scaleSteps(bytes: usize, count: i32, levels: i32, steps: usize, to: usize): i32 {
  for (let start = 0; start < count; start += BLOCK, steps += 2) {
    const bits = <u32>load<u16>(steps)
    if (bits > LARGEST_BFLOAT16) return NO_LENGTH
    const at = <usize>start * NUMBER
    const length = min(BLOCK, count - start)
    const most = scaleBlock(bytes + start, length, levels, reinterpret<f32>(bits << 16), to + at)
    if (most > (bits == 0 ? 0 : levels)) return TOO_MANY
  }
  return DONE
}

/** Returns the largest number of steps. */
@inline
function scaleBlock(bytes: usize, count: i32, levels: i32, step: f32, to: usize): i32 {
  const offset = i32x4.splat(levels)
  const factor = f32x4.splat(step)
  let most = i32x4.splat(0)
  let i = 0
  for (; i + 4 <= count; i += 4) {
    const k = i32x4.sub(fourBytes(bytes + i), offset)
    most = i32x4.max_s(most, i32x4.abs(k))
    v128.store(to + <usize>i * NUMBER, f32x4.mul(f32x4.convert_i32x4_s(k), factor))
  }
  let result = largestLane(most)
  for (; i < count; i++) {
    const k = <i32>load<u8>(bytes + i) - levels
    result = max(result, k < 0 ? -k : k)
    store<f32>(to + <usize>i * NUMBER, <f32>k * step)
  }
  return result
}

/** For four values of two numbers of noise: the upper half of each is the first's, the lower half the second's. */
const HALVES: usize = memory.data<u8>([2, 3, 16, 16, 0, 1, 16, 16, 6, 7, 16, 16, 4, 5, 16, 16], 16)

/**
 * Rounds to multiples of a step at random: bytes = ⌊values / step + u⌋ + levels and to = (bytes − levels) step, where step
 * is, for every 128, the smallest bfloat16 of which `levels` reach their largest magnitude, and u has 16 bits of `noise`.
 * Values, noise, bytes and `to` are read and written up to the next multiple of four.
 */
export function roundToSteps(
  values: usize, count: i32, levels: i32, noise: usize, bytes: usize, steps: usize, to: usize,
): void {
  for (let start = 0; start < count; start += BLOCK, steps += 2) {
    const at = <usize>start * NUMBER
    const length = min(BLOCK, count - start)
    const bits = stepOf(reinterpret<f32>(largest(values + at, length)), levels)
    store<u16>(steps, <u16>bits)
    const step = reinterpret<f32>(bits << 16)
    roundBlock(values + at, length, levels, noise + (at >> 1), step, bytes + start, to + at)
  }
}

/** Bits of the smallest bfloat16 of which `levels` reach so far. */
@inline
function stepOf(reach: f32, levels: i32): u32 {
  const bits = reinterpret<u32>(<f32>(<f64>reach / <f64>levels))
  return min<u32>(LARGEST_BFLOAT16, (bits + 0xffff) >>> 16)
}

@inline
function roundBlock(
  values: usize, count: i32, levels: i32, noise: usize, step: f32, bytes: usize, to: usize,
): void {
  const wide = <f64>step
  const inverse = f64x2.splat(step == 0 ? 0 : 1 / wide)
  // Of the largest steps fewer than `levels` fit into a float.
  const fitting = step == 0 ? levels : <i32>min(<f64>levels, floor(LARGEST_FLOAT32 / wide))
  const lowest = i32x4.splat(levels - fitting)
  const highest = i32x4.splat(levels + fitting)
  const offset = i32x4.splat(levels)
  const wideOffset = f64x2.splat(<f64>levels)
  const factor = f32x4.splat(step)
  const halves = v128.load(HALVES)
  // Half a unit keeps u from 0, so that a multiple of the step stays what it is.
  const half = f64x2.splat(0.5)
  const unit = f64x2.splat(1 / 65536)
  for (let i = 0; i < count; i += 4, noise += 8, values += VECTOR, to += VECTOR) {
    const four = v128.load(values)
    const drawn = i8x16.swizzle(v128.load64_zero(noise), halves)
    const low = f64x2.mul(f64x2.add(f64x2.convert_low_i32x4_u(drawn), half), unit)
    const drawnHigh = v128.shuffle<i64>(drawn, drawn, 1, 1)
    const high = f64x2.mul(f64x2.add(f64x2.convert_low_i32x4_u(drawnHigh), half), unit)
    const first = f64x2.add(f64x2.mul(doubles(four), inverse), wideOffset)
    const last = f64x2.add(f64x2.mul(doubles(upper(four)), inverse), wideOffset)
    // Not negative, and so rounded down.
    const floors = v128.shuffle<i64>(
      i32x4.trunc_sat_f64x2_s_zero(f64x2.add(first, low)),
      i32x4.trunc_sat_f64x2_s_zero(f64x2.add(last, high)),
      0, 2,
    )
    const word = i32x4.min_s(i32x4.max_s(floors, lowest), highest)
    const halfWords = i16x8.narrow_i32x4_u(word, word)
    v128.store32_lane(bytes + i, i8x16.narrow_i16x8_u(halfWords, halfWords), 0)
    v128.store(to, f32x4.mul(f32x4.convert_i32x4_s(i32x4.sub(word, offset)), factor))
  }
}
