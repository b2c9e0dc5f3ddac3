/** Weighted differences to one vector, summed in double precision. */
import { doubles, NUMBER, rounded, upper, VECTOR } from './lanes'
import { heldBy, indicesOf, MESSAGE, readOf, readOn, valuesOf, weightOf } from './message'

/** Coordinates summed up at a time: what is known of them stays in the processor's nearest memory. A multiple of four. */
export const BLOCK: i32 = 1024
const DOUBLE: usize = 8
export const sums: usize = memory.data(BLOCK * 8, 16)

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
      addMessage(messages + <usize>j * MESSAGE, own + at, at, first + begin, length, 0)
    }
    if (onto == 0) roundSums(length, to + at)
    else roundSumsOnto(length, onto + at, to + at)
  }
}

/**
 * Adds weight (value − own) to the sums of `count` coordinates from `begin` on, `at` bytes behind the vector's first; and,
 * unless `weights` is 0, the weight to those there.
 */
@inline
export function addMessage(
  message: usize, own: usize, at: usize, begin: i32, count: i32, weights: usize,
): void {
  if (indicesOf(message) == 0) addAll(message, at, own, count, weights)
  else addSelected(message, own, begin, count, weights)
}

@inline
function addAll(message: usize, at: usize, own: usize, count: i32, weights: usize): void {
  const weight = f64x2.splat(weightOf(message))
  const singleWeight = f32x4.splat(<f32>weightOf(message))
  let values = valuesOf(message) + at
  let sum = sums
  for (let i = 0; i < count; i += 4) {
    const theirs = v128.load(values)
    const ours = v128.load(own)
    const low = f64x2.sub(doubles(theirs), doubles(ours))
    const high = f64x2.sub(doubles(upper(theirs)), doubles(upper(ours)))
    v128.store(sum, f64x2.add(v128.load(sum), f64x2.mul(weight, low)))
    v128.store(sum, f64x2.add(v128.load(sum, VECTOR), f64x2.mul(weight, high)), VECTOR)
    if (weights != 0) {
      v128.store(weights, f32x4.add(v128.load(weights), singleWeight))
      weights += VECTOR
    }
    values += VECTOR
    own += VECTOR
    sum += 2 * VECTOR
  }
}

/** Reads on where it stopped before. */
@inline
function addSelected(message: usize, own: usize, begin: i32, count: i32, weights: usize): void {
  const indices = indicesOf(message)
  const values = valuesOf(message)
  const weight = f64x2.splat(weightOf(message))
  const single = <f32>weightOf(message)
  const end = begin + count
  // Where the vectors' first coordinates would be.
  const ours = own - <usize>begin * NUMBER
  const added = sums - <usize>begin * DOUBLE
  const heavier = weights - <usize>begin * NUMBER
  let at = indices + <usize>readOf(message) * NUMBER
  const last = indices + <usize>heldBy(message) * NUMBER
  const toValues = values - indices
  for (; at + 12 < last; at += VECTOR) {
    const d = load<i32>(at, 12)
    if (d >= end) break
    const four = v128.load(at + toValues)
    const a = load<i32>(at)
    const b = load<i32>(at, 4)
    const c = load<i32>(at, 8)
    addTwo(doubles(four), ours, added, a, b, weight)
    addTwo(doubles(upper(four)), ours, added, c, d, weight)
    if (weights != 0) {
      addWeight(heavier, a, single)
      addWeight(heavier, b, single)
      addWeight(heavier, c, single)
      addWeight(heavier, d, single)
    }
  }
  for (; at < last; at += NUMBER) {
    const k = load<i32>(at)
    if (k >= end) break
    const sum = added + <usize>k * DOUBLE
    const theirs = <f64>load<f32>(at + toValues)
    const difference = theirs - <f64>load<f32>(ours + <usize>k * NUMBER)
    store<f64>(sum, load<f64>(sum) + weightOf(message) * difference)
    if (weights != 0) addWeight(heavier, k, single)
  }
  readOn(message, <i32>((at - indices) / NUMBER))
}

@inline
function addTwo(theirs: v128, own: usize, sums: usize, a: i32, b: i32, weight: v128): void {
  const ownA = v128.load32_zero(own + <usize>a * NUMBER)
  const ours = doubles(v128.load_lane<f32>(own + <usize>b * NUMBER, ownA, 1))
  const sumA = sums + <usize>a * DOUBLE
  const sumB = sums + <usize>b * DOUBLE
  const before = v128.load_lane<f64>(sumB, v128.load64_zero(sumA), 1)
  const after = f64x2.add(before, f64x2.mul(weight, f64x2.sub(theirs, ours)))
  v128.store_lane<f64>(sumA, after, 0)
  v128.store_lane<f64>(sumB, after, 1)
}

@inline
function addWeight(weights: usize, k: i32, weight: f32): void {
  const at = weights + <usize>k * NUMBER
  store<f32>(at, load<f32>(at) + weight)
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
