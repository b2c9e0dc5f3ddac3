/**
 * The learning room: the job file, one round, the exchange with its adaptive deadline, the learner.
 *
 * ```ts
 * const exchange = createExchange({ courier, codec, clock, limits: job.limits, sourcesOf })
 * connection.onFrame = (source, bytes) => exchange.deliver(source, bytes)
 * const state = initialState(job, engine, strategy)
 * for await (const { report, state: next } of learn({ job, rank, engine, strategy, exchange, state, … })) {
 *   // log the report, write a checkpoint of `next`
 * }
 * ```
 */
export { assembleResult } from './assemble-result.ts'
export { CurveCollector } from './curve.ts'
export { type ArrivalHistory, type DeadlineOptions, waitingTime } from './deadline.ts'
export { parametersDigest, runDigest } from './digest.ts'
export { evaluatedRanks, evaluationExamples, isEvaluationDue } from './evaluation.ts'
export { type BufferedExchange, createExchange, type ExchangeInit } from './exchange.ts'
export type { Delivery } from './frame-buffer.ts'
export { createFrameCodec, type FrameCodec } from './frame-codec.ts'
export { initialState } from './initial-state.ts'
export * from './interface.ts'
export { type Job, jobJsonSchema, jobSchema } from './job.ts'
export { isPrivate, jobStrategy, rollOf } from './job-strategy.ts'
export { jobTopology } from './job-topology.ts'
export { learn } from './learner.ts'
export { isSketch, sketchedDistance, withSketch } from './model-sketch.ts'
export { nearest } from './nearest.ts'
export { applyOverrides, InvalidOverrideError } from './overrides.ts'
export { InvalidJobError, parseJob } from './parse-job.ts'
export type { PrivacySummary } from './privacy-tally.ts'
export { ReceiveLimit } from './receive-limit.ts'
export type { CurvePoint, RunResult } from './run-result.ts'
export { isTrainingRound, learningRate } from './schedule.ts'
export type { DayCount } from './send-limit.ts'
