/** The JSON of a report, checked field by field: it comes from the network and ends up in files and on screens. */
import { z } from 'zod'
import { isSketch, type RoundReport } from '../../../../src/learning/index.ts'
import { InvalidReportError } from './errors.ts'

const count = z.number().int().min(0)
const seconds = z.number().min(0)
const fraction = z.number().min(0).max(1)

const roundReportSchema = z.strictObject({
  round: count,
  rank: count,
  trainLoss: z.number().nullable(),
  accuracy: fraction.nullable(),
  testLoss: z.number().nullable(),
  bytes: z.strictObject({
    sent: count,
    received: count,
    values: count,
    indices: count,
    overhead: count,
  }),
  neighbours: z.strictObject({
    expected: count,
    heard: count,
    missing: z
      .array(z.strictObject({ rank: count, reason: z.enum(['late', 'unreachable', 'invalid']) }))
      .max(1024),
    quorumMissed: z.literal(true).optional(),
    skipped: count.optional(),
  }),
  seconds: z.strictObject({
    train: seconds,
    encode: seconds,
    wait: seconds,
    mix: seconds,
    evaluate: seconds,
  }),
  elapsed: seconds,
  neighbourDistance: seconds.nullable(),
  caughtUpFrom: count.nullable(),
  privacy: z
    .strictObject({
      outcome: z.enum(['adopted', 'refused', 'cooling-down']),
      reason: z.string().max(500).nullable(),
      survivors: count,
      maskers: z.strictObject({ min: count, mean: z.number().min(0) }).nullable(),
      droppedShare: fraction,
      clippedShare: fraction,
      refusedReceivers: count,
      refusals: z.array(z.string().max(500)).max(4),
    })
    .optional(),
  sketch: z.string().refine(isSketch, 'no sketch of a model').optional(),
})

const finalReportSchema = z.strictObject({
  rank: count,
  /** SHA-256 of the final parameters as little-endian float32. */
  parametersSha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Values of the model. */
  parameters: count,
  peakRssBytes: count,
})

const reportSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('round'), report: roundReportSchema }),
  z.strictObject({ type: z.literal('final'), final: finalReportSchema }),
])

/** What a member says when its last round is over. */
export type FinalReport = z.output<typeof finalReportSchema>

export type MemberReport =
  | { readonly type: 'round'; readonly report: RoundReport }
  | { readonly type: 'final'; readonly final: FinalReport }

/** Where both types say the same, it; else never, so that schema and `RoundReport` cannot drift apart unnoticed. */
type Same<A, B> = Identical<Mutable<A>, Mutable<B>> extends true ? A : never

/** Unlike assignability, it tells an optional property from one that is not there. */
type Identical<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

type Mutable<T> = { -readonly [K in keyof T]: Mutable<T[K]> }

export function encodeReport(report: MemberReport): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(report))
}

/** @throws {InvalidReportError} on anything but a report with exactly the known fields, in range. */
export function decodeReport(bytes: Uint8Array): MemberReport {
  let data: unknown
  try {
    data = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new InvalidReportError('not JSON')
  }
  const result = reportSchema.safeParse(data)
  if (result.success) return result.data satisfies Same<typeof result.data, MemberReport>
  const [issue] = result.error.issues
  throw new InvalidReportError(`${issue?.path.join('.')}: ${issue?.message}`)
}
