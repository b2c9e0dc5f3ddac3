/**
 * The recurrence of an LSTM layer (Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000), gates
 * in the order i, f, g, o:
 *
 *   z_t = x_t·W + b + h_{t−1}·U,   c_t = f·c_{t−1} + i·g,   h_t = o·tanh(c_t);   h and c begin as zeros.
 *
 * Sequences are B × T × (·). The products with the inputs concern all steps at once and are made outside. Threads
 * take different sequences, hence never wait for each other between steps.
 */
import { hyperbolicTangent, logistic } from './exponential'
import { multiplyPacked, MULTIPLY_SCRATCH, packedBytes, packWhole } from './gemm'
import { copyRun, FLOAT, loadLanes, storeLanes, zeroRun } from './lanes'

export function lstmScratchBytes(sequences: i32, units: i32): usize {
  const packed = max(packedBytes(4 * units, units), packedBytes(units, 4 * units))
  return MULTIPLY_SCRATCH + packed + <usize>(2 * sequences * units) * FLOAT
}

/** Sequences [begin, end). `gates` holds x·W + b and receives the activated gates. */
export function lstm(
  begin: i32, end: i32, scratch: usize, steps: i32, units: i32, u: usize, gates: usize, c: usize,
  h: usize,
): void {
  const packed = scratch + MULTIPLY_SCRATCH
  const wide = 4 * units,
    rows = end - begin
  const state = <usize>units * FLOAT
  packWhole(false, wide, units, u, wide, packed)
  gates += <usize>begin * steps * 4 * state
  c += <usize>begin * steps * state
  h += <usize>begin * steps * state
  for (let t = 0; t < steps; t++, gates += 4 * state, c += state, h += state) {
    if (t > 0)
      multiplyPacked(
        rows, wide, units, h - state, steps * units, false, u, wide, packed, gates, steps * wide,
        gates, steps * wide, scratch,
      )
    for (let row: usize = 0; row < <usize>rows; row++) {
      const sequence = row * <usize>steps * state
      cell(units, t > 0, gates + 4 * sequence, c + sequence, h + sequence)
    }
  }
}

/** One step of one sequence; the state before lies just in front of `c`. */
function cell(units: i32, hasPast: bool, gates: usize, c: usize, h: usize): void {
  const state = <usize>units * FLOAT
  for (let j = 0; j < units; j += 4) {
    const left = units - j
    const at = <usize>j * FLOAT,
      gate = gates + at
    const i = logistic(loadLanes(gate, left))
    const f = logistic(loadLanes(gate + state, left))
    const g = hyperbolicTangent(loadLanes(gate + 2 * state, left))
    const o = logistic(loadLanes(gate + 3 * state, left))
    storeLanes(gate, i, left)
    storeLanes(gate + state, f, left)
    storeLanes(gate + 2 * state, g, left)
    storeLanes(gate + 3 * state, o, left)
    let next = f32x4.mul(i, g)
    if (hasPast) next = f32x4.add(next, f32x4.mul(f, loadLanes(c + at - state, left)))
    storeLanes(c + at, next, left)
    storeLanes(h + at, f32x4.mul(o, hyperbolicTangent(next)), left)
  }
}

/** Sequences [begin, end), from the last step to the first: dz, the gradient of z at every step. */
export function lstmGradient(
  begin: i32, end: i32, scratch: usize, sequences: i32, steps: i32, units: i32, u: usize,
  gates: usize, c: usize, dh: usize, dz: usize,
): void {
  const wide = 4 * units,
    rows = end - begin
  const state = <usize>units * FLOAT
  const packed = scratch + MULTIPLY_SCRATCH
  const dhNow = packed + max(packedBytes(wide, units), packedBytes(units, wide))
  const dcNow = dhNow + <usize>sequences * state
  packWhole(true, units, wide, u, wide, packed)
  zeroRun(dcNow, rows * units)
  for (let t = steps - 1; t >= 0; t--) {
    for (let row: usize = 0; row < <usize>rows; row++)
      copyRun(dhNow + row * state, dh + ((<usize>begin + row) * steps + t) * state, units)
    const step = <usize>(begin * steps + t) * state
    if (t < steps - 1)
      multiplyPacked(
        rows, units, wide, dz + 4 * (step + state), steps * wide, true, u, wide, packed, dhNow,
        units, dhNow, units, scratch,
      )
    for (let row: usize = 0; row < <usize>rows; row++) {
      const at = step + row * <usize>steps * state
      cellGradient(
        units, t > 0, gates + 4 * at, c + at, dhNow + row * state, dcNow + row * state, dz + 4 * at,
      )
    }
  }
}

/** One step of one sequence; `dc` holds the gradient of c_t that came from later steps and receives c_{t−1}'s. */
function cellGradient(
  units: i32, hasPast: bool, gates: usize, c: usize, dh: usize, dc: usize, dz: usize,
): void {
  const state = <usize>units * FLOAT
  const one = f32x4.splat(1)
  for (let j = 0; j < units; j += 4) {
    const left = units - j
    const at = <usize>j * FLOAT,
      gate = gates + at,
      to = dz + at
    const i = loadLanes(gate, left),
      f = loadLanes(gate + state, left)
    const g = loadLanes(gate + 2 * state, left),
      o = loadLanes(gate + 3 * state, left)
    const squashed = hyperbolicTangent(loadLanes(c + at, left)),
      d = loadLanes(dh + at, left)
    const dcell = f32x4.add(
      loadLanes(dc + at, left),
      f32x4.mul(f32x4.mul(d, o), f32x4.sub(one, f32x4.mul(squashed, squashed))),
    )
    const past = hasPast ? loadLanes(c + at - state, left) : f32x4.splat(0)
    storeLanes(to, f32x4.mul(f32x4.mul(dcell, g), f32x4.mul(i, f32x4.sub(one, i))), left)
    storeLanes(to + state, f32x4.mul(f32x4.mul(dcell, past), f32x4.mul(f, f32x4.sub(one, f))), left)
    storeLanes(
      to + 2 * state,
      f32x4.mul(f32x4.mul(dcell, i), f32x4.sub(one, f32x4.mul(g, g))),
      left,
    )
    storeLanes(
      to + 3 * state,
      f32x4.mul(f32x4.mul(d, squashed), f32x4.mul(o, f32x4.sub(one, o))),
      left,
    )
    storeLanes(dc + at, f32x4.mul(dcell, f), left)
  }
}

/** h_{t−1} of every step of sequences [begin, end), zeros at the first: what U's gradient is multiplied with. */
export function shiftSteps(
  begin: i32, end: i32, scratch: usize, steps: i32, units: i32, h: usize, to: usize,
): void {
  const sequence = steps * units
  for (let row = begin; row < end; row++) {
    const at = <usize>(row * sequence) * FLOAT
    zeroRun(to + at, units)
    copyRun(to + at + <usize>units * FLOAT, h + at, sequence - units)
  }
}
