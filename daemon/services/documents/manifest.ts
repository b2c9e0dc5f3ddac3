/**
 * The run manifest: everything on which the nodes of a run must agree, written once by its creator, signed, and
 * named by its hash. It holds no secret: the join secret is there as a hash.
 */
import { z } from 'zod'
import {
  type Identity,
  InvalidEnvelopeError,
  open,
  seal,
  sha256,
  toHex,
} from '../../../crypto/index.ts'
import type { DataShape } from '../../../src/data/index.ts'
import { InvalidJobError, type Job, parseJob } from '../../../src/learning/index.ts'
import type { ParameterLayout } from '../../../src/model/index.ts'
import { RUN_ID_BYTES } from '../../../src/sharing/index.ts'
import { InvalidManifestError } from './errors.ts'
import { readSignedJson } from './signed-json.ts'

/** Each keeps a connection to every member and gets its reports: a few are enough to survive one. */
export const MAX_OWNERS = 16

const CONTEXT = 'starling/manifest/1'

const digest = z.string().regex(/^[0-9a-f]{64}$/)

const manifestSchema = z.strictObject({
  version: z.literal(1),
  job: z.unknown(),
  /** SHA-256 of the model's layout: names, shapes and initialisers of its tensors. */
  layoutSha256: digest,
  /** SHA-256 of the data's shape, which every node's data must have. */
  shapeSha256: digest,
  /** SHA-256 of the user's model file, where the job names one. */
  modelSha256: digest.nullable(),
  /** Ed25519 public keys that may sign rosters; the creator's first. */
  owners: z.array(digest).min(1).max(MAX_OWNERS),
  /** SHA-256 of the join token's secret. */
  secretSha256: digest,
  /** Until when the token can be used. */
  joinUntil: z.iso.datetime(),
  createdAt: z.iso.datetime(),
})

export type Manifest = Readonly<Omit<z.output<typeof manifestSchema>, 'job'>> & {
  readonly job: Job
}

/** A manifest that was checked, with the bytes that travel. */
export interface SignedManifest {
  readonly manifest: Manifest
  readonly bytes: Uint8Array
  /** 32 hexadecimal digits: the first 16 bytes of the payload's SHA-256. */
  readonly run: string
}

export function signManifest(identity: Identity, manifest: Manifest): SignedManifest {
  const payload = new TextEncoder().encode(JSON.stringify(manifest))
  return { manifest, bytes: seal(identity, CONTEXT, payload), run: runIdOf(payload) }
}

/**
 * Reads a manifest and checks its signature.
 * @param run the id that a token or a folder promised.
 * @throws {InvalidManifestError}
 */
export function readManifest(bytes: Uint8Array, run: string): SignedManifest {
  const { payload, publicKey } = openEnvelope(bytes)
  if (runIdOf(payload) !== run) throw new InvalidManifestError('it belongs to another run')
  const data = readSignedJson(payload, manifestSchema, 'manifest', InvalidManifestError)
  if (!data.owners.includes(toHex(publicKey))) {
    throw new InvalidManifestError('it is signed by a key that is none of its owners')
  }
  return { manifest: { ...data, job: readJob(data.job) }, bytes, run }
}

/** Two models with equal digests have the same tensors, started alike. */
export function layoutDigest(layout: ParameterLayout): Uint8Array {
  const facts = layout.entries.map(({ name, shape, initialiser }) => [name, shape, initialiser])
  return sha256(new TextEncoder().encode(JSON.stringify(facts)))
}

export function shapeDigest({ input, output, vocabulary }: DataShape): Uint8Array {
  const facts = [
    [input.kind, input.shape],
    output.kind === 'classes' ? output.count : [output.minimum, output.maximum],
    vocabulary ?? null,
  ]
  return sha256(new TextEncoder().encode(JSON.stringify(facts)))
}

function openEnvelope(bytes: Uint8Array) {
  try {
    return open(bytes, CONTEXT)
  } catch (error) {
    if (!(error instanceof InvalidEnvelopeError)) throw error
    throw new InvalidManifestError(error.message)
  }
}

function readJob(data: unknown): Job {
  try {
    return parseJob(data)
  } catch (error) {
    if (!(error instanceof InvalidJobError)) throw error
    throw new InvalidManifestError(`its job: ${error.problems.join('; ')}`)
  }
}

function runIdOf(payload: Uint8Array): string {
  return toHex(sha256(payload).subarray(0, RUN_ID_BYTES))
}
