/** The runs that are attacked: linear models on small clusters, so that fifty rounds take a moment. */
import type { Job } from '../../src/learning/index.ts'
import { SLOW_MOMENTUM_OF_SUMS } from '../../src/sharing/private/index.ts'
import { smallJob } from '../support/small-job.ts'
import type { Mode } from './messages.ts'

type Overrides = Readonly<Record<string, unknown>>

/** What a run that shares so has where its job does not say. */
export function usualIn(mode: Mode): Overrides {
  return { 'train.slowMomentum': mode === 'plain' ? 0 : SLOW_MOMENTUM_OF_SUMS }
}

function attackedJob(overrides: Overrides): Job {
  return smallJob({
    'data.classes': 10,
    'data.separation': 0.6,
    'share.method': 'jwins',
    ...overrides,
  })
}

/** Sixteen nodes of degree 4, each with two labels of ten, that learn steadily for fifty rounds. */
export function steadyJob(overrides: Overrides = {}): Job {
  return attackedJob({
    nodes: 16,
    'data.train': 800,
    'data.dim': 16,
    'topology.degree': 4,
    'train.rounds': 50,
    'train.localSteps': 1,
    'train.batch': 25,
    'privacy.minMaskers': 1,
    ...overrides,
  })
}

/** Twenty nodes, each with two labels of ten. */
export function skewedJob(overrides: Overrides = {}): Job {
  return attackedJob({
    nodes: 20,
    'data.train': 1000,
    'data.dim': 24,
    'topology.degree': 4,
    'train.rounds': 8,
    'privacy.scoreBlock': 8,
    ...overrides,
  })
}

/** Ways to rank whose choice of coefficients may tell labels. */
export const RANKED: Readonly<Record<string, Overrides>> = {
  'top-k': { 'share.method': 'top-k', 'share.budget': 0.2 },
  jwins: {},
  'jwins, the same share in every round': { 'share.randomCutoff': false },
}

/** Twelve nodes of degree 3 with twenty examples each in many dimensions: every model remembers its own. */
export function memorisingJob(overrides: Overrides = {}): Job {
  return attackedJob({
    nodes: 12,
    partition: { kind: 'iid' },
    'data.train': 240,
    'data.test': 100,
    'data.dim': 48,
    'data.separation': 0.3,
    'train.rounds': 30,
    'train.localSteps': 4,
    'train.batch': 10,
    'topology.degree': 3,
    'privacy.minMaskers': 1,
    ...overrides,
  })
}

/** The protocol itself on whole models, seven nodes of degree 4. */
export function maskedJob(overrides: Overrides): Job {
  return attackedJob({
    nodes: 7,
    'data.train': 600,
    'data.dim': 12,
    'topology.degree': 4,
    'share.method': 'full',
    'train.localSteps': 1,
    'train.batch': 25,
    'privacy.secureAggregation': 'cesar',
    ...overrides,
  })
}
