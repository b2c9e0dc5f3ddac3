/** The bytes of one message of a round; `round.proto` is the written contract. */

import { giveBack } from '../numeric/spare-memory.ts'
import { firstNonFinite } from '../numeric/vector.ts'
import {
  MalformedMessageError,
  type Message,
  ProtobufWriter,
  readProtobuf,
} from '../runtime/protobuf.ts'
import { MalformedFrameError, NonFiniteValueError, WrongRunError } from './errors.ts'
import { decodeIndices, encodeIndices, maxIndexBytes } from './indices/index.ts'
import type { Letter, Payload, Selection, Space, Values } from './interface.ts'
import { type Pieces, within } from './pieces.ts'
import { randomMask } from './random-mask.ts'
import type { ValueCodec } from './values/codec.ts'
import { decodeFloat32, encodeFloat32 } from './values/float32.ts'
import { type CodecName, codecs } from './values/index.ts'

export const RUN_ID_BYTES = 16

/** Enumeration values of `round.proto`. */
const DOMAINS: Readonly<Record<Payload['domain'], number>> = {
  parameters: 1,
  wavelet: 2,
  changes: 3,
  letter: 4,
}
const CODEC_FLOAT32 = 1
const CODEC_OPAQUE = 2

/** The values start at a multiple of so many bytes in the frame, so that a receiver need not copy them. */
const ALIGNMENT = 4

export interface Frame {
  /** Identity of the run, 16 bytes. */
  readonly run: Uint8Array
  readonly round: number
  readonly phase: number
  readonly payload: Payload
}

/** How many bytes of a frame carry values, indices, and everything else. */
export interface FrameParts {
  readonly values: number
  readonly indices: number
  readonly overhead: number
}

export interface EncodedFrame extends FrameParts {
  readonly bytes: Uint8Array<ArrayBuffer>
}

export interface DecodedFrame extends Frame {
  /** Less than the frame's bytes where it is a letter: what that carries is known to its sender alone. */
  readonly parts: FrameParts
}

export function encodeFrame({ run, round, phase, payload }: Frame): EncodedFrame {
  if (run.length !== RUN_ID_BYTES) {
    throw new RangeError(`a run id has ${RUN_ID_BYTES} bytes, not ${run.length}`)
  }
  const writer = new ProtobufWriter()
    .bytes(1, run)
    .uint(2, round)
    .uint(3, phase)
    .uint(4, DOMAINS[payload.domain])
  const { values, indices } =
    payload.domain === 'letter' ? writeLetter(writer, payload) : writeValues(writer, payload)
  const bytes = writer.finish()
  return { bytes, values, indices, overhead: bytes.length - values - indices }
}

/** What of a message is values and indices, in bytes. */
type Carried = Omit<FrameParts, 'overhead'>

const NOTHING: Carried = { values: 0, indices: 0 }

function writeLetter(writer: ProtobufWriter, { bytes, carries }: Letter): Carried {
  writer.uint(5, CODEC_OPAQUE).uint(6, bytes.length).alignedBytes(7, bytes, ALIGNMENT)
  return carries ?? NOTHING
}

function writeValues(writer: ProtobufWriter, payload: Values): Carried {
  const { coded, selection } = payload
  const code = coded === undefined ? CODEC_FLOAT32 : codecs[coded.codec].code
  const values = coded?.bytes ?? encodeFloat32(payload.values)
  writer.uint(5, code).uint(6, payload.values.length).alignedBytes(7, values, ALIGNMENT)
  return {
    values: values.length,
    indices: selection === undefined ? 0 : writeSelection(writer, selection),
  }
}

/** Returns how many bytes the indices take: none where they follow from a seed. */
function writeSelection(writer: ProtobufWriter, { size, indices, seed, part }: Selection): number {
  writer.uint(8, size)
  if (seed !== undefined) {
    if (part === undefined) writer.uint(10, seed)
    else writer.message(11, (inner) => writePart(inner.uint(1, seed), part))
    return 0
  }
  const encoded = encodeIndices(indices, size)
  writer.bytes(9, encoded)
  return encoded.length
}

function writePart(writer: ProtobufWriter, { drawn, pieces }: NonNullable<Selection['part']>) {
  writer.uint(2, drawn).uint(3, pieces.count).bytes(4, toBits(pieces))
}

/** Most bytes that values and indices, or a letter, take. */
export function maxPayloadBytes({ domain, size }: Space): number {
  return domain === 'letter' ? size : 4 * size + maxIndexBytes(size)
}

export interface DecodeOptions {
  /** Refuse frames of any other run. @default any */
  readonly run?: Uint8Array
  /** What the run's messages are made of: bounds how many values are accepted, or how long a letter. */
  readonly space: Space
}

/**
 * The payload's values are a view of `bytes` where they happen to be aligned, else a copy. Allocates in proportion to
 * `bytes`, and to the space where parts of what a seed draws are sent.
 *
 * @throws {MalformedFrameError} on anything but the one valid encoding, or more values than allowed
 * @throws {WrongRunError} on a frame of another run than the one given
 * @throws {NonFiniteValueError} on NaN or infinity
 */
export function decodeFrame(bytes: Uint8Array, { run, space }: DecodeOptions): DecodedFrame {
  const message = read(bytes, space)
  if (message.run.length !== RUN_ID_BYTES) {
    throw new MalformedFrameError(`run id of ${message.run.length} bytes`)
  }
  if (run !== undefined && !message.run.every((byte, i) => byte === run[i])) {
    throw new WrongRunError()
  }
  const domain = domainNamed(message.domain)
  const payload: Payload =
    domain === 'letter' ? readLetter(message) : { domain, ...readValues(message) }
  const [values, indices] = [message.values.length, message.indices?.length ?? 0]
  const overhead = bytes.length - values - indices
  const parts = domain === 'letter' ? { ...NOTHING, overhead } : { values, indices, overhead }
  return { run: message.run, round: message.round, phase: message.phase, payload, parts }
}

/** Gives back the memory of a payload's values and indices, where it was borrowed: nobody may read them from now on. */
export function releasePayload(payload: Payload): void {
  if (payload.domain === 'letter') return
  giveBack(payload.values)
  if (payload.selection !== undefined) giveBack(payload.selection.indices)
}

function readLetter({ codec, count, values, size, indices, seed, part }: FrameMessage): Letter {
  if (codec !== CODEC_OPAQUE) throw new MalformedFrameError(`a letter in value codec ${codec}`)
  if (values.length !== count) {
    throw new MalformedFrameError(`${values.length} bytes for a letter of ${count}`)
  }
  if ([size, indices, seed, part].some((field) => field !== undefined)) {
    throw new MalformedFrameError('a letter with indices')
  }
  return { domain: 'letter', bytes: values }
}

function readValues(message: FrameMessage): Omit<Values, 'domain'> {
  const held = message.codec === CODEC_FLOAT32 ? readFloat32(message) : readCoded(message)
  const selection = readSelection(message)
  return { ...held, ...(selection && { selection }) }
}

function readFloat32({ count, values }: FrameMessage) {
  if (values.length !== 4 * count) {
    throw new MalformedFrameError(`${values.length} bytes for ${count} values`)
  }
  return { values: finite(decodeFloat32(values)) }
}

/** Any codec but float32, which is used only where it is smaller. */
function readCoded({ codec: code, count, values: bytes }: FrameMessage) {
  const codec = (Object.keys(codecs) as CodecName[]).find((name) => codecs[name].code === code)
  if (codec === undefined) throw new MalformedFrameError(`unknown value codec ${code}`)
  if (bytes.length >= 4 * count) {
    throw new MalformedFrameError(`${bytes.length} bytes for ${count} values`)
  }
  const { decode, areFinite }: ValueCodec = codecs[codec]
  const values = decode(bytes, count)
  return { values: areFinite?.(bytes) ? values : finite(values), coded: { codec, bytes } }
}

/** @throws {NonFiniteValueError} */
function finite(values: Float32Array): Float32Array {
  const wrong = firstNonFinite(values)
  if (wrong !== -1) throw new NonFiniteValueError(wrong)
  return values
}

function domainNamed(code: number): Payload['domain'] {
  for (const [domain, known] of Object.entries(DOMAINS)) {
    if (known === code) return domain as Payload['domain']
  }
  throw new MalformedFrameError(`unknown domain ${code}`)
}

function readSelection({ count, size, indices, seed, part }: FrameMessage): Selection | undefined {
  const given = [indices, seed, part].filter((field) => field !== undefined).length
  if (size === undefined) {
    if (given > 0) throw new MalformedFrameError('indices without the number of coordinates')
    return undefined
  }
  if (given !== 1) throw new MalformedFrameError('indices or their seed missing, or both given')
  if (count > size) throw new MalformedFrameError(`${count} values of ${size} coordinates`)
  if (indices !== undefined) return { size, indices: decodeIndices(indices, count, size) }
  if (part !== undefined) return readPart(part, count, size)
  return { size, indices: randomMask(seed!, count, size), seed: seed! }
}

function readPart({ seed, drawn, ...cut }: DrawnPart, count: number, size: number): Selection {
  if (drawn > size) throw new MalformedFrameError(`${drawn} of ${size} coordinates drawn`)
  const pieces = { count: cut.pieces, held: fromBits(cut.held, cut.pieces) }
  const indices = within(randomMask(seed, drawn, size), pieces, size)
  if (indices.length !== count) {
    throw new MalformedFrameError(`${count} values where ${indices.length} coordinates are drawn`)
  }
  return { size, indices, seed, part: { drawn, pieces } }
}

/** One bit for each piece, the first the least significant. */
function toBits({ count, held }: Pieces): Uint8Array {
  const bits = new Uint8Array(Math.ceil(count / 8))
  for (const piece of held) bits[piece >> 3]! |= 1 << (piece & 7)
  return bits
}

/** @throws {MalformedFrameError} on a set that is empty, all pieces, or of others than these */
function fromBits(bits: Uint8Array, count: number): readonly number[] {
  const held = Array.from({ length: 8 * bits.length }, (_, piece) => piece).filter(
    (piece) => (bits[piece >> 3]! >> (piece & 7)) & 1,
  )
  const isProper = held.length > 0 && held.length < count && held.at(-1)! < count
  if (bits.length === Math.ceil(count / 8) && isProper) return held
  throw new MalformedFrameError(`no proper part of ${count} pieces`)
}

type FrameMessage = Message<ReturnType<typeof specification>>
type DrawnPart = NonNullable<FrameMessage['part']>

/** As many as a model may be cut into. */
const MAX_PIECES = 64

const part = {
  seed: { field: 1, kind: 'uint', max: 2 ** 32 - 1 },
  drawn: { field: 2, kind: 'uint', max: 2 ** 32 - 1 },
  pieces: { field: 3, kind: 'uint', max: MAX_PIECES },
  held: { field: 4, kind: 'bytes', max: MAX_PIECES / 8 },
} as const

const specification = ({ domain, size }: Space) => {
  const [maxValues, maxBytes] = domain === 'letter' ? [0, size] : [size, 4 * size]
  return {
    run: { field: 1, kind: 'bytes', max: RUN_ID_BYTES },
    round: { field: 2, kind: 'uint', max: 2 ** 32 - 1 },
    phase: { field: 3, kind: 'uint', max: 255 },
    domain: { field: 4, kind: 'uint', max: 255 },
    codec: { field: 5, kind: 'uint', max: 255 },
    count: { field: 6, kind: 'uint', max: size },
    values: { field: 7, kind: 'bytes', max: maxBytes },
    size: { field: 8, kind: 'uint', max: maxValues, optional: true },
    indices: { field: 9, kind: 'bytes', max: maxIndexBytes(maxValues), optional: true },
    seed: { field: 10, kind: 'uint', max: 2 ** 32 - 1, optional: true },
    part: { field: 11, kind: 'message', fields: part, optional: true },
  } as const
}

function read(bytes: Uint8Array, space: Space): FrameMessage {
  try {
    return readProtobuf(bytes, specification(space))
  } catch (error) {
    if (!(error instanceof MalformedMessageError)) throw error
    throw new MalformedFrameError(error.reason, { cause: error })
  }
}
