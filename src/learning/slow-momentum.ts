/**
 * Momentum over whole rounds, averaging included: J. Wang, V. Tantia, N. Ballas, M. Rabbat, "SlowMo: Improving
 * Communication-Efficient Distributed SGD with Slow Momentum", ICLR 2020, arXiv 1910.00643, with a slow learning rate of 1
 * and without its exact averages. With x the model that a round begins with, y what sharing makes of it, and v = 0 at first,
 *
 *   v ← y − x + β v,   x ← x + v
 *
 * What a node learns from its own examples alone averages out in y, and what neighbours have in common remains: v is
 * momentum towards where all of them go. Nobody sends it.
 *
 * Deviation: v is not divided by the round's learning rate, so that it also outlives one that falls to 0.
 */
import type { LearnerState } from './interface.ts'

/** v before the first round, and where what was learnt is left behind; empty where there is no slow momentum. */
export function noVelocity(slowMomentum: number, size: number): Float32Array {
  return new Float32Array(slowMomentum === 0 ? 0 : size)
}

/** x and v after a round. @param shared y */
export function carriedOn(
  slowMomentum: number,
  { parameters: before, velocity }: Pick<LearnerState, 'parameters' | 'velocity'>,
  shared: Float32Array,
): Pick<LearnerState, 'parameters' | 'velocity'> {
  if (slowMomentum === 0) return { parameters: shared, velocity }
  const parameters = shared.map((y, k) => y + slowMomentum * velocity[k]!)
  return { parameters, velocity: parameters.map((x, k) => x - before[k]!) }
}
