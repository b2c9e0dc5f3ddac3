/** Weighted differences to one vector, summed in double precision. */
import { NUMBER, VECTOR } from './lanes'

/** Coordinates summed up at a time: their sums stay in the processor's nearest memory. */
const BLOCK: i32 = 256
const DOUBLE: usize = 8
const sums: usize = memory.data(256 * 8, 16)

/**
 * A message: address of its indices, 0 where it holds all; address of its values; how many there are; how many were read;
 * its weight, a double.
 */
const MESSAGE: usize = 24

/**
 * to[k] = onto[k] + Σ weight (value[k] − own[k]) over the messages that hold k, in their order, each sum rounded once,
 * for `count` coordinates from `first` on, where the vectors begin. With `onto` 0 nothing is added to the sum. Vectors
 * are read, and `to` written, up to the next multiple of four.
 */
export function pull(
  own: usize, first: i32, count: i32, messages: usize, heard: i32, onto: usize, to: usize,
): void {
  for (let begin = 0; begin < count; begin += BLOCK) {
    const length = min(BLOCK, count - begin)
    const at = <usize>begin * NUMBER
    memory.fill(sums, 0, <usize>BLOCK * DOUBLE)
    for (let j = 0; j < heard; j++) {
      const message = messages + <usize>j * MESSAGE
      if (load<u32>(message) == 0) addAll(message, at, own + at, length)
      else addSelected(message, own + at, first + begin, length)
    }
    if (onto == 0) roundSums(length, to + at)
    else roundSumsOnto(length, onto + at, to + at)
  }
}

function addAll(message: usize, at: usize, own: usize, count: i32): void {
  const weight = f64x2.splat(load<f64>(message, 16))
  let values = load<u32>(message, 4) + at
  let sum = sums
  for (let i = 0; i < count; i += 4) {
    const theirs = v128.load(values)
    const ours = v128.load(own)
    const low = f64x2.sub(doubles(theirs), doubles(ours))
    const high = f64x2.sub(doubles(upper(theirs)), doubles(upper(ours)))
    v128.store(sum, f64x2.add(v128.load(sum), f64x2.mul(weight, low)))
    v128.store(sum, f64x2.add(v128.load(sum, VECTOR), f64x2.mul(weight, high)), VECTOR)
    values += VECTOR
    own += VECTOR
    sum += 2 * VECTOR
  }
}

/** Reads on where it stopped before. */
function addSelected(message: usize, own: usize, begin: i32, count: i32): void {
  const indices = load<u32>(message)
  const values = load<u32>(message, 4)
  const last = load<i32>(message, 8)
  const weight = load<f64>(message, 16)
  let i = load<i32>(message, 12)
  for (; i < last; i++) {
    const k = load<i32>(indices + <usize>i * NUMBER) - begin
    if (k >= count) break
    const sum = sums + <usize>k * DOUBLE
    const theirs = <f64>load<f32>(values + <usize>i * NUMBER)
    const difference = theirs - <f64>load<f32>(own + <usize>k * NUMBER)
    store<f64>(sum, load<f64>(sum) + weight * difference)
  }
  store<i32>(message, i, 12)
}

function roundSums(count: i32, to: usize): void {
  let sum = sums
  for (let i = 0; i < count; i += 4, sum += 2 * VECTOR, to += VECTOR) {
    v128.store(to, rounded(v128.load(sum), v128.load(sum, VECTOR)))
  }
}

function roundSumsOnto(count: i32, onto: usize, to: usize): void {
  let sum = sums
  for (let i = 0; i < count; i += 4, sum += 2 * VECTOR, onto += VECTOR, to += VECTOR) {
    const four = v128.load(onto)
    const low = f64x2.add(doubles(four), v128.load(sum))
    const high = f64x2.add(doubles(upper(four)), v128.load(sum, VECTOR))
    v128.store(to, rounded(low, high))
  }
}

/**
 * What murmur makes of `sums`, coordinate by coordinate, with W the weight of the messages that hold it:
 * sum / (W + a³ (1 − W)), a = min(1, |news| / least). `weights` takes `count` numbers.
 */
export function averageNews(
  sumsAt: usize, news: usize, least: f64, first: i32, count: i32, messages: usize, heard: i32,
  weights: usize,
): void {
  memory.fill(weights, 0, <usize>count * NUMBER)
  for (let j = 0; j < heard; j++) addWeights(messages + <usize>j * MESSAGE, first, count, weights)
  for (let k: usize = 0; k < <usize>count; k++) {
    const theirs = <f64>load<f32>(weights + k * NUMBER)
    if (theirs == 0) continue
    const change = <f64>abs(load<f32>(news + k * NUMBER))
    const loudness = change >= least ? 1 : change / least
    const voices = theirs + loudness * loudness * loudness * (1 - theirs)
    store<f32>(sumsAt + k * NUMBER, <f32>(<f64>load<f32>(sumsAt + k * NUMBER) / voices))
  }
}

function addWeights(message: usize, first: i32, count: i32, weights: usize): void {
  const indices = load<u32>(message)
  const held = load<i32>(message, 8)
  const weight = load<f64>(message, 16)
  for (let i = 0; i < held; i++) {
    const k = indices == 0 ? i : load<i32>(indices + <usize>i * NUMBER) - first
    const at = weights + <usize>k * NUMBER
    store<f32>(at, <f32>(<f64>load<f32>(at) + weight))
  }
}

/** Of four floats the first two. */
@inline
function doubles(four: v128): v128 {
  return f64x2.promote_low_f32x4(four)
}

@inline
function upper(four: v128): v128 {
  return v128.shuffle<f64>(four, four, 1, 1)
}

@inline
function rounded(low: v128, high: v128): v128 {
  const first = f32x4.demote_f64x2_zero(low)
  const last = f32x4.demote_f64x2_zero(high)
  return v128.shuffle<f64>(first, last, 0, 2)
}
