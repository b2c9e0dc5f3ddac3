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
import type { Payload } from './interface.ts'

export const RUN_ID_BYTES = 16

/** Enumeration values of `round.proto`. */
const DOMAIN_PARAMETERS = 1
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
  const values = encodeFloat32(payload.values)
  const bytes = new ProtobufWriter()
    .bytes(1, run)
    .uint(2, round)
    .uint(3, phase)
    .uint(4, DOMAIN_PARAMETERS)
    .uint(5, CODEC_FLOAT32)
    .uint(6, payload.values.length)
    .bytes(7, values)
    .finish()
  return { bytes, values: values.length, indices: 0, overhead: bytes.length - values.length }
}

export interface DecodeOptions {
  /** Refuse frames of any other run. @default any */
  readonly run?: Uint8Array
  /** Most values accepted: the size of the run's model. */
  readonly maxValues: number
}

/**
 * The payload's values are a view of `bytes` where they happen to be aligned, else a copy.
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
  if (message.domain !== DOMAIN_PARAMETERS) {
    throw new MalformedFrameError(`unknown domain ${message.domain}`)
  }
  if (message.codec !== CODEC_FLOAT32) {
    throw new MalformedFrameError(`unknown value codec ${message.codec}`)
  }
  if (message.values.length !== 4 * message.count) {
    throw new MalformedFrameError(`${message.values.length} bytes for ${message.count} values`)
  }
  const values = decodeFloat32(message.values)
  const wrong = firstNonFinite(values)
  if (wrong !== -1) throw new NonFiniteValueError(wrong)
  const payload: Payload = { domain: 'parameters', values }
  return { run: message.run, round: message.round, phase: message.phase, payload }
}

const specification = (maxValues: number) =>
  ({
    run: { field: 1, kind: 'bytes', max: RUN_ID_BYTES },
    round: { field: 2, kind: 'uint', max: 2 ** 32 - 1 },
    phase: { field: 3, kind: 'uint', max: 255 },
    domain: { field: 4, kind: 'uint', max: 255 },
    codec: { field: 5, kind: 'uint', max: 255 },
    count: { field: 6, kind: 'uint', max: maxValues },
    values: { field: 7, kind: 'bytes', max: 4 * maxValues },
  }) as const

function read(bytes: Uint8Array, maxValues: number): Message<ReturnType<typeof specification>> {
  try {
    return readProtobuf(bytes, specification(maxValues))
  } catch (error) {
    if (!(error instanceof MalformedMessageError)) throw error
    throw new MalformedFrameError(error.reason, { cause: error })
  }
}
