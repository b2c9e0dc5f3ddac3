import { initialParameters } from '../model/index.ts'
import type { SharingStrategy } from '../sharing/interface.ts'
import type { LearnerEngine, LearnerState } from './interface.ts'
import type { Job } from './job.ts'
import { noVelocity } from './slow-momentum.ts'

/** The state before the first round. Equal on all nodes of a run: D-PSGD starts from consensus. */
export function initialState(
  { seed, train }: Pick<Job, 'seed' | 'train'>,
  engine: Pick<LearnerEngine, 'layout' | 'optimiserStateSize'>,
  strategy: SharingStrategy,
): LearnerState {
  const parameters = initialParameters(engine.layout, seed)
  return {
    round: 0,
    parameters,
    optimiserState: new Float32Array(engine.optimiserStateSize),
    steps: 0,
    velocity: noVelocity(train.slowMomentum, parameters.length),
    sharing: strategy.init(parameters, engine.layout),
  }
}
