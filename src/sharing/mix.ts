/**
 * One row of the mixing matrix applied to parameter vectors,
 *
 *   x'_i = x_i + Σ_j w_ij (x_j − x_i),
 *
 * which is w_ii x_i + Σ_j w_ij x_j with w_ii = 1 − Σ_j w_ij. In this form a source that is missing leaves its weight to
 * the node itself, and equal inputs stay equal to the last bit: every difference is exactly zero, whereas
 * weights that are rounded need not sum to exactly one.
 *
 * Each value is computed in double precision, sources in the given order, and rounded to float32 once: the result does
 * not depend on how the loops are arranged, so a daemon and an emulator agree bit for bit.
 */

/** A neighbour's vector and its weight w_ij. */
export interface Weighted {
  readonly weight: number
  readonly values: Float32Array
}

/** Most sources taken in one pass over memory. Up to four take a pass of their own, in two thirds of the time. */
const WIDTH = 8

/** Returns x'_i; mutates nothing. All vectors have `own`'s length. */
export function mix(own: Float32Array, received: readonly Weighted[]): Float32Array {
  const result = new Float32Array(own.length)
  // Between passes the sums stay in double precision; only the last pass rounds.
  const sums = received.length > WIDTH ? new Float64Array(own.length) : result
  for (let first = 0; first === 0 || first < received.length; first += WIDTH) {
    const from = first === 0 ? own : sums
    const to = first + WIDTH < received.length ? sums : result
    const sources = received.slice(first, first + WIDTH)
    if (sources.length > 4) passOfEight(from, own, sources, to)
    else passOfFour(from, own, sources, to)
  }
  return result
}

/** to ← from + Σ_j w_j (x_j − own) over up to four sources; weight 0 fills the places left. */
function passOfFour(
  from: Float32Array | Float64Array,
  own: Float32Array,
  sources: readonly Weighted[],
  to: Float32Array | Float64Array,
): void {
  const values = (place: number) => sources[place]?.values ?? own
  const weight = (place: number) => sources[place]?.weight ?? 0
  const [x1, x2, x3, x4] = [values(0), values(1), values(2), values(3)]
  const [w1, w2, w3, w4] = [weight(0), weight(1), weight(2), weight(3)]
  for (let i = 0; i < own.length; i++) {
    const x = own[i]!
    to[i] = from[i]! + w1 * (x1[i]! - x) + w2 * (x2[i]! - x) + w3 * (x3[i]! - x) + w4 * (x4[i]! - x)
  }
}

/** The same over up to eight sources. */
function passOfEight(
  from: Float32Array | Float64Array,
  own: Float32Array,
  sources: readonly Weighted[],
  to: Float32Array | Float64Array,
): void {
  const values = (place: number) => sources[place]?.values ?? own
  const weight = (place: number) => sources[place]?.weight ?? 0
  const [x1, x2, x3, x4] = [values(0), values(1), values(2), values(3)]
  const [x5, x6, x7, x8] = [values(4), values(5), values(6), values(7)]
  const [w1, w2, w3, w4] = [weight(0), weight(1), weight(2), weight(3)]
  const [w5, w6, w7, w8] = [weight(4), weight(5), weight(6), weight(7)]
  for (let i = 0; i < own.length; i++) {
    const x = own[i]!
    to[i] =
      from[i]! +
      w1 * (x1[i]! - x) +
      w2 * (x2[i]! - x) +
      w3 * (x3[i]! - x) +
      w4 * (x4[i]! - x) +
      w5 * (x5[i]! - x) +
      w6 * (x6[i]! - x) +
      w7 * (x7[i]! - x) +
      w8 * (x8[i]! - x)
  }
}
