/** A node's whole run: round after round, catching up where it has fallen behind. */
import type { LearnerInit, LearnerState, RoundReport } from './interface.ts'
import { runRound } from './round.ts'
import { noVelocity } from './slow-momentum.ts'

/** A neighbour is at most one round ahead of a node that keeps pace, see `FrameBuffer`. */
const BEHIND = 2

/**
 * Runs from `init.state` to the last round of the job and yields after each one. The state yielded is complete: a
 * learner started from it later goes on with the same bits.
 */
export async function* learn(
  init: LearnerInit,
  { signal }: { signal?: AbortSignal } = {},
): AsyncGenerator<{ readonly report: RoundReport; readonly state: LearnerState }, void, void> {
  const { exchange, job } = init
  const start = init.clock.now()
  let { state } = init
  let askNeighbours = true
  while (state.round < job.train.rounds) {
    signal?.throwIfAborted()
    let caughtUpFrom: number | null = null
    const ahead = askNeighbours ? await init.catchUp?.(state.round, { signal }) : null
    // The last round is always run, so that every node ends with a report.
    const target = Math.min(ahead?.round ?? 0, job.train.rounds - 1)
    if (ahead && target > state.round) {
      const { parameters, from } = ahead
      if (parameters === null) state = { ...state, round: target }
      else {
        state = adopt(init, target, parameters)
        caughtUpFrom = from
      }
    }
    const { report, state: next } = await runRound(init, state, { start, caughtUpFrom, signal })
    state = next
    askNeighbours = (exchange.majorityRound?.() ?? 0) >= state.round + BEHIND
    yield { report, state }
  }
  await exchange.flush?.()
}

/**
 * The state at the start of `round` with a neighbour's model. Momentum and the strategy's memory belong to the
 * model left behind and start anew.
 */
function adopt(
  { engine, job, strategy }: LearnerInit,
  round: number,
  parameters: Float32Array,
): LearnerState {
  return {
    round,
    parameters,
    optimiserState: new Float32Array(engine.optimiserStateSize),
    steps: 0,
    velocity: noVelocity(job.train.slowMomentum, parameters.length),
    sharing: strategy.init(parameters, engine.layout),
  }
}
