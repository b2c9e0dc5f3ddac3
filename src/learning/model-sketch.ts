/**
 * How far apart models are, without anybody holding them all: each node adds up its parameters in 256 buckets, with
 * buckets and signs that all nodes draw alike, and differently each round. This is a count sketch (Charikar, Chen and
 * Farach-Colton, "Finding frequent items in data streams", ICALP 2002): linear, and a squared length of what is
 * sketched is met in the mean, with a variance of at most 2/256 of its square (as in Alon, Matias and Szegedy, STOC
 * 1996). A squared distance is thus off by sqrt(2/256) = 8.8 % at most, one standard deviation, and a distance by half
 * of that. Sketches are float32: distances below a ten-millionth of the models' own length are lost in rounding.
 */
import { fromBase64url, toBase64url } from '../../crypto/index.ts'
import { randomStream } from '../numeric/random.ts'
import { consensusDistance } from '../numeric/vector.ts'
import { isEvaluationDue } from './evaluation.ts'
import type { RoundReport } from './interface.ts'
import type { Job } from './job.ts'
import { isPrivate } from './job-strategy.ts'

const BUCKETS = 256
const BYTES = 4 * BUCKETS
const CHARACTERS = Math.ceil((8 * BYTES) / 6)

/** Values that share a draw of 32 bits, nine each: eight for the bucket, one for the sign. */
const PER_DRAW = 3
const BITS = 9

/**
 * The report with a sketch of the model after its round, where evaluation is due. Never in a private run: 256 sums of a
 * model's values are more than anybody may learn of it there.
 */
export function withSketch(job: Job, report: RoundReport, parameters: Float32Array): RoundReport {
  if (isPrivate(job) || !isEvaluationDue(job, report.round)) return report
  const sums = sketchOf(job.seed, report.round, parameters)
  // Finite parameters may have sums that are not; no owner would take such a report.
  if (!sums.every(Number.isFinite)) return report
  return { ...report, sketch: encode(sums) }
}

/** Whether a text is one that `withSketch` writes: 256 finite numbers. */
export function isSketch(text: string): boolean {
  return decode(text) !== null
}

/** Estimate of the root mean square distance to the mean model. @param sketches of one round, one a node, all valid */
export function sketchedDistance(sketches: readonly string[]): number {
  return consensusDistance(sketches.map((sketch) => decode(sketch)!))
}

function sketchOf(seed: number, round: number, parameters: Float32Array): Float32Array {
  const random = randomStream(seed, 'model-sketch', round)
  // Added up apart by sign: a branch on a random bit would cost more than all the rest.
  const bySign = new Float64Array(2 * BUCKETS)
  let bits = 0
  for (let i = 0; i < parameters.length; i++) {
    bits = i % PER_DRAW === 0 ? random.uint32() : bits >>> BITS
    bySign[bits & (2 * BUCKETS - 1)]! += parameters[i]!
  }
  return Float32Array.from({ length: BUCKETS }, (_, i) => bySign[i]! - bySign[BUCKETS + i]!)
}

function encode(sums: Float32Array): string {
  const view = new DataView(new ArrayBuffer(BYTES))
  for (const [i, sum] of sums.entries()) view.setFloat32(4 * i, sum, true)
  return toBase64url(new Uint8Array(view.buffer))
}

function decode(text: string): Float32Array | null {
  try {
    if (text.length !== CHARACTERS) return null
    const bytes = fromBase64url(text)
    const view = new DataView(bytes.buffer, bytes.byteOffset, BYTES)
    const sums = Float32Array.from({ length: BUCKETS }, (_, i) => view.getFloat32(4 * i, true))
    return sums.every(Number.isFinite) ? sums : null
  } catch {
    return null
  }
}
