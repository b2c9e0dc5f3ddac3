/**
 * Murmur's average, and what its neighbours' silence says: `src/sharing/murmur.ts` and `src/sharing/silence.ts` have the
 * equations.
 */
import { doubles, everywhere, MAGNITUDES, NUMBER, rounded, upper, VECTOR } from './lanes'
import { heldBy, indicesOf, MESSAGE, readOf, readOn, valuesOf, weightOf } from './message'
import { addMessage, BLOCK, sums } from './pull'

const FLOATS: usize = <usize>BLOCK * NUMBER
const DOUBLES: usize = 2 * FLOATS

/** W, the weight of those heard; Σ w (v − c) is where `pull` has its sums. */
const weights: usize = memory.data(BLOCK * 4, 16)
/** Beyond what distance a neighbour is heard: less than any where it has told. */
const least: usize = memory.data(BLOCK * 4, 16)
const TOLD: f32 = -1
/** What is known of a neighbour of which nothing is remembered. */
const nothing: usize = memory.data(BLOCK * 4, 16)
const UNKNOWN: i32 = 0x7fc00000

const ONE: usize = memory.data<f32>([1], 16)
const SIGN: usize = memory.data<u32>([0x80000000], 16)

/**
 * to = Σ w (v − own) / (W + a³ (1 − W)), a = min(1, |news| / τ), over the messages that are heard, in their order; 0 where
 * none is. For `count` coordinates from `first` on, where the vectors begin; they are read, and `to` and memories written,
 * up to the next multiple of four. `memories` has the address of each neighbour's, 0 for none; they become what it told.
 * Where `memories` itself is 0 a neighbour is heard where it tells, and nowhere else.
 */
export function averageNews(
  own: usize, news: usize, tau: f64, first: i32, count: i32, messages: usize, memories: usize,
  heard: i32, to: usize,
): void {
  for (let begin = 0; begin < count; begin += BLOCK) {
    const length = min(BLOCK, count - begin)
    const at = <usize>begin * NUMBER
    memory.fill(sums, 0, DOUBLES)
    memory.fill(weights, 0, FLOATS)
    for (let j = 0; j < heard; j++) {
      const message = messages + <usize>j * MESSAGE
      if (memories == 0) {
        addMessage(message, own + at, at, first + begin, length, weights)
        continue
      }
      const remembered = <usize>load<u32>(memories + <usize>j * NUMBER)
      const known = remembered == 0 ? unknown() : remembered + at
      listen(message, at, first + begin, length, <f32>tau, known)
      addVoice(known, own + at, weightOf(message), length)
    }
    average(news + at, tau, length, to + at)
  }
}

function unknown(): usize {
  fill(nothing, UNKNOWN)
  return nothing
}

/** Writes down what a message tells of a block, and beyond what distance it is heard. */
@inline
function listen(
  message: usize, at: usize, begin: i32, count: i32, tau: f32, known: usize,
): void {
  if (indicesOf(message) == 0) {
    fill(least, reinterpret<i32>(TOLD))
    memory.copy(known, valuesOf(message) + at, <usize>count * NUMBER)
  } else {
    fill(least, reinterpret<i32>(tau))
    hearTold(message, begin, count, known)
  }
}

/** Reads on where it stopped before. */
@inline
function hearTold(message: usize, begin: i32, count: i32, known: usize): void {
  const indices = indicesOf(message)
  const values = valuesOf(message)
  const held = heldBy(message)
  let i = readOf(message)
  for (; i < held; i++) {
    const k = load<i32>(indices + <usize>i * NUMBER) - begin
    if (k >= count) break
    const at = <usize>k * NUMBER
    store<f32>(known + at, load<f32>(values + <usize>i * NUMBER))
    store<f32>(least + at, TOLD)
  }
  readOn(message, i)
}

/** Adds w (v − c) and w where a neighbour is heard. */
@inline
function addVoice(known: usize, own: usize, weight: f64, count: i32): void {
  const w = f64x2.splat(weight)
  const single = f32x4.splat(<f32>weight)
  const sign = everywhere(SIGN)
  const magnitudes = everywhere(MAGNITUDES)
  const zero = i32x4.splat(0)
  for (let i: usize = 0; i < <usize>count * NUMBER; i += VECTOR) {
    const theirs = v128.load(known + i)
    const ours = v128.load(own + i)
    const bound = v128.load(least + i)
    const distance = f32x4.sub(theirs, ours)
    // Not where nothing is known: NaN is larger than nothing.
    const isHeard = f32x4.gt(v128.and(distance, magnitudes), bound)
    // Nearer by τ; what was told itself, as it is; where nothing is heard, what adds nothing.
    const nearer = v128.or(f32x4.pmax(bound, zero), v128.and(distance, sign))
    const voice = v128.bitselect(f32x4.sub(theirs, nearer), ours, isHeard)
    const sum = sums + 2 * i
    addTerm(f64x2.mul(w, f64x2.sub(doubles(voice), doubles(ours))), sum)
    addTerm(f64x2.mul(w, f64x2.sub(doubles(upper(voice)), doubles(upper(ours)))), sum + VECTOR)
    v128.store(weights + i, f32x4.add(v128.load(weights + i), v128.and(isHeard, single)))
  }
}

@inline
function addTerm(term: v128, sum: usize): void {
  v128.store(sum, f64x2.add(v128.load(sum), term))
}

/** The sum is rounded before it is divided. */
@inline
function average(news: usize, tau: f64, count: i32, to: usize): void {
  const inverse = f32x4.splat(<f32>(1 / tau))
  const one = everywhere(ONE)
  const sign = everywhere(MAGNITUDES)
  for (let i: usize = 0; i < <usize>count * NUMBER; i += VECTOR) {
    const sum = rounded(v128.load(sums + 2 * i), v128.load(sums + 2 * i, VECTOR))
    const W = v128.load(weights + i)
    const change = v128.and(v128.load(news + i), sign)
    // In this order also 0 times infinity is 1.
    const a = f32x4.pmin(one, f32x4.mul(change, inverse))
    const cube = f32x4.mul(f32x4.mul(a, a), a)
    const votes = f32x4.add(W, f32x4.mul(cube, f32x4.sub(one, W)))
    const silent = f32x4.eq(W, i32x4.splat(0))
    v128.store(to + i, v128.bitselect(sum, f32x4.div(sum, votes), silent))
  }
}

function fill(block: usize, bits: i32): void {
  const four = i32x4.splat(bits)
  for (let at = block; at < block + FLOATS; at += VECTOR) v128.store(at, four)
}
