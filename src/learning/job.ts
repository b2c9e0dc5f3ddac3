/**
 * The job file: what a run trains, on what, with whom, how. One schema serves the command line, the emulator, the
 * run manifest and `starling job schema`. Unknown keys are errors.
 */
import { z } from 'zod'
import { datasetSchema, partitionSchema } from '../data/index.ts'
import { modelSchema } from '../model/index.ts'
import { privacySchema, shareSchema, usualSlowMomentum } from '../sharing/index.ts'
import { topologySchema } from '../topology/index.ts'

const positive = z.number().positive()
const count = z.number().int().positive()
const fraction = z.number().min(0).max(1)

const trainSchema = z.strictObject({
  rounds: count.describe('Communication rounds.'),
  localSteps: count.default(1).describe('Mini-batch steps between two exchanges (τ).'),
  batch: count.default(8).describe('Examples a mini-batch.'),
  optimiser: z.enum(['sgd', 'adam']).default('sgd'),
  lr: positive.describe('Learning rate.'),
  momentum: fraction.default(0).describe('SGD momentum.'),
  slowMomentum: z
    .number()
    .min(0)
    .lt(1)
    .optional()
    .describe(
      'Share of what the model moved in the last round, averaging included, that it moves again. Default: 0; 0.2 with "murmur", 0.35 in private runs.',
    ),
  weightDecay: z.number().min(0).default(0).describe('L2 penalty.'),
  schedule: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('constant') }),
      z.strictObject({ kind: z.literal('step'), every: count, factor: positive }),
      z.strictObject({ kind: z.literal('cosine'), floor: fraction.default(0) }),
      z.strictObject({ kind: z.literal('warmup'), rounds: count }),
    ])
    .default({ kind: 'constant' })
    .describe('How the learning rate changes with the round.'),
  skip: z
    .strictObject({
      train: count.describe('Rounds that train and average (Γ_train).'),
      sync: count.describe('Rounds after them that only average (Γ_sync).'),
    })
    .optional()
    .describe('Train in some rounds only (SkipTrain). Default: in all.'),
})

const evalSchema = z.strictObject({
  every: count.default(10).describe('Evaluate after every so many rounds, and after the last.'),
  samples: count.optional().describe('Test examples used. Default: all.'),
  nodes: count.optional().describe('Emulation: nodes evaluated at each point. Default: all.'),
})

const limitsSchema = z.strictObject({
  deadline: z
    .union([z.literal('adaptive'), positive])
    .default('adaptive')
    .describe('Seconds to wait for neighbours; adaptive follows the arrivals observed.'),
  maxDeadline: positive.default(60).describe('Seconds no round waits longer than.'),
  quorum: fraction
    .default(0)
    .describe('Share of neighbours that must be heard for a round to mix.'),
  up: positive.optional().describe('Bytes a second that a node sends at most. Default: unlimited.'),
  down: positive
    .optional()
    .describe('Bytes a second that a node takes at most. Default: unlimited.'),
  daily: positive
    .optional()
    .describe('Bytes a day that a node sends and receives at most. Default: unlimited.'),
})

const emulationSchema = z.strictObject({
  latency: z.number().min(0).default(0).describe('Seconds from node to node.'),
  jitter: z.number().min(0).default(0).describe('Standard deviation of the latency, seconds.'),
  bandwidth: positive.optional().describe('Bytes per second of each node, up. Default: unlimited.'),
  loss: fraction.default(0).describe('Share of messages lost.'),
  stepSeconds: z.number().min(0).default(0.01).describe('Virtual seconds of one local step.'),
  stragglers: z
    .strictObject({ share: fraction, slowdown: z.number().min(1) })
    .optional()
    .describe('Share of nodes that compute slower, and by which factor.'),
  churn: z
    .union([
      z.strictObject({ leave: fraction, rejoin: fraction }),
      z.strictObject({ trace: z.string() }),
    ])
    .optional()
    .describe(
      'Chance per node and round to leave or come back, or a CSV trace: round,node,leave|join.',
    ),
})

const writtenSchema = z.strictObject({
  version: z.literal(1).describe('Version of this format.'),
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'lower-case letters, digits and hyphens, at most 64')
    .describe('Name of the run.'),
  seed: z
    .number()
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(1),
  nodes: count
    .max(100_000)
    .default(4)
    .describe('Nodes that take part; a real run starts when so many have joined.'),
  model: modelSchema,
  data: datasetSchema,
  partition: partitionSchema.default({ kind: 'iid' }),
  train: trainSchema,
  topology: topologySchema.default({ kind: 'regular', degree: 3 }),
  weights: z.enum(['metropolis-hastings', 'uniform']).default('metropolis-hastings'),
  fragments: count
    .max(64)
    .default(1)
    .describe(
      'Pieces of the model, each with neighbours of its own in a topology drawn at random.',
    ),
  share: shareSchema.prefault({}),
  privacy: privacySchema.prefault({}),
  eval: evalSchema.prefault({}),
  limits: limitsSchema.prefault({}),
  checkpoint: z
    .strictObject({ every: count.default(10).describe('Rounds between checkpoints.') })
    .prefault({}),
  emulation: emulationSchema.prefault({}),
  compare: z
    .strictObject({
      variants: z
        .record(z.string().min(1), z.array(z.string()))
        .describe('What `starling compare` runs: overrides such as "share.method=full", by name.'),
    })
    .optional(),
})

/** The job file, checked, with all defaults filled in. */
export const jobSchema = writtenSchema.transform((job) => {
  const slowMomentum = job.train.slowMomentum ?? usualSlowMomentum(job.share, job.privacy)
  return { ...job, train: { ...job.train, slowMomentum } }
})

/** A validated job with all defaults filled in. */
export type Job = z.output<typeof jobSchema>

/** The job file's format as JSON Schema (draft 2020-12), for editors and `starling job schema`. */
export function jobJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(jobSchema, { io: 'input' })
}
