/** The bytes of one message of a round; `round.proto` is the written contract. */

import { firstNonFinite } from '../numeric/vector.ts'
import {
  MalformedMessageError,
  type Message,
  ProtobufWriter,
  readProtobuf,
} from '../runtime/protobuf.ts'
import { MalformedFrameError, NonFiniteValueError, WrongRunError } from './errors.ts'
import { decodeFloat32, encodeFloat32 } from './float32-codec.ts'
import { decodeIndices, encodeIndices, maxIndexBytes } from './indices/index.ts'
import type { Domain, Payload, Selection } from './interface.ts'
import { randomMask } from './random-mask.ts'

export const RUN_ID_BYTES = 16

/** Enumeration values of `round.proto`. */
const DOMAINS: Readonly<Record<Domain, number>> = { parameters: 1, wavelet: 2, changes: 3 }
const CODEC_FLOAT32 = 1

export interface Frame {
  /** Identity of the run, 16 bytes. */
  readonly run: Uint8Array
  readonly round: number
  readonly phase: number
  readonly payload: Payload
}

/** A frame's bytes, and how many of them carry values, indices, and everything else. */
export interface EncodedFrame {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly values: number
  readonly indices: number
  readonly overhead: number
}

export function encodeFrame({ run, round, phase, payload }: Frame): EncodedFrame {
  if (run.length !== RUN_ID_BYTES) {
    throw new RangeError(`a run id has ${RUN_ID_BYTES} bytes, not ${run.length}`)
  }
  const { domain, selection } = payload
  const values = encodeFloat32(payload.values)
  const writer = new ProtobufWriter()
    .bytes(1, run)
    .uint(2, round)
    .uint(3, phase)
    .uint(4, DOMAINS[domain])
    .uint(5, CODEC_FLOAT32)
    .uint(6, payload.values.length)
    .alignedBytes(7, values, Float32Array.BYTES_PER_ELEMENT)
  const indices = selection === undefined ? 0 : writeSelection(writer, selection)
  const bytes = writer.finish()
  const overhead = bytes.length - values.length - indices
  return { bytes, values: values.length, indices, overhead }
}

/** Returns how many bytes the indices take: none where they follow from a seed. */
function writeSelection(writer: ProtobufWriter, { size, indices, seed }: Selection): number {
  writer.uint(8, size)
  if (seed !== undefined) {
    writer.uint(10, seed)
    return 0
  }
  const encoded = encodeIndices(indices, size)
  writer.bytes(9, encoded)
  return encoded.length
}

/** Most bytes that values and indices of a vector of `size` coordinates take together. */
export function maxPayloadBytes(size: number): number {
  return 4 * size + maxIndexBytes(size)
}

export interface DecodeOptions {
  /** Refuse frames of any other run. @default any */
  readonly run?: Uint8Array
  /** Most values accepted: the size of the vectors that the run's nodes exchange. */
  readonly maxValues: number
}

/**
 * The payload's values are a view of `bytes` where they happen to be aligned, else a copy. Allocates in proportion to
 * `bytes`.
 *
 * @throws {MalformedFrameError} on anything but the one valid encoding, or more values than allowed
 * @throws {WrongRunError} on a frame of another run than the one given
 * @throws {NonFiniteValueError} on NaN or infinity
 */
export function decodeFrame(bytes: Uint8Array, { run, maxValues }: DecodeOptions): Frame {
  const message = read(bytes, maxValues)
  if (message.run.length !== RUN_ID_BYTES) {
    throw new MalformedFrameError(`run id of ${message.run.length} bytes`)
  }
  if (run !== undefined && !message.run.every((byte, i) => byte === run[i])) {
    throw new WrongRunError()
  }
  const domain = domainNamed(message.domain)
  if (message.codec !== CODEC_FLOAT32) {
    throw new MalformedFrameError(`unknown value codec ${message.codec}`)
  }
  if (message.values.length !== 4 * message.count) {
    throw new MalformedFrameError(`${message.values.length} bytes for ${message.count} values`)
  }
  const values = decodeFloat32(message.values)
  const wrong = firstNonFinite(values)
  if (wrong !== -1) throw new NonFiniteValueError(wrong)
  const selection = readSelection(message)
  const payload: Payload = { domain, values, ...(selection && { selection }) }
  return { run: message.run, round: message.round, phase: message.phase, payload }
}

function domainNamed(code: number): Domain {
  for (const [domain, known] of Object.entries(DOMAINS)) {
    if (known === code) return domain as Domain
  }
  throw new MalformedFrameError(`unknown domain ${code}`)
}

function readSelection({ count, size, indices, seed }: FrameMessage): Selection | undefined {
  const given = [indices, seed].filter((part) => part !== undefined).length
  if (size === undefined) {
    if (given > 0) throw new MalformedFrameError('indices without the number of coordinates')
    return undefined
  }
  if (given !== 1) throw new MalformedFrameError('neither or both of indices and seed')
  if (count > size) throw new MalformedFrameError(`${count} values of ${size} coordinates`)
  if (indices !== undefined) return { size, indices: decodeIndices(indices, count, size) }
  return { size, indices: randomMask(seed!, count, size), seed: seed! }
}

type FrameMessage = Message<ReturnType<typeof specification>>

const specification = (maxValues: number) =>
  ({
    run: { field: 1, kind: 'bytes', max: RUN_ID_BYTES },
    round: { field: 2, kind: 'uint', max: 2 ** 32 - 1 },
    phase: { field: 3, kind: 'uint', max: 255 },
    domain: { field: 4, kind: 'uint', max: 255 },
    codec: { field: 5, kind: 'uint', max: 255 },
    count: { field: 6, kind: 'uint', max: maxValues },
    values: { field: 7, kind: 'bytes', max: 4 * maxValues },
    size: { field: 8, kind: 'uint', max: maxValues, optional: true },
    indices: { field: 9, kind: 'bytes', max: maxIndexBytes(maxValues), optional: true },
    seed: { field: 10, kind: 'uint', max: 2 ** 32 - 1, optional: true },
  }) as const

function read(bytes: Uint8Array, maxValues: number): FrameMessage {
  try {
    return readProtobuf(bytes, specification(maxValues))
  } catch (error) {
    if (!(error instanceof MalformedMessageError)) throw error
    throw new MalformedFrameError(error.reason, { cause: error })
  }
}
