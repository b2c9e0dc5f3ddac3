/**
 * The mulberry32 generator (T. Ettinger, 2017, public domain): 32 bits of state, uniform over [0, 1) in steps of
 * 2⁻³². Only for data sets whose definition names it; everything else uses `numeric/random.ts`.
 */
export function mulberry32(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
