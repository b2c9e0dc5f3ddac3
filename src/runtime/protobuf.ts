/**
 * A small, strict reader and writer of the protobuf wire format, for the messages of the `.proto` files beside the
 * codecs. Stricter than the format asks for, so that a message has exactly one encoding: fields in ascending order,
 * varints in their shortest form, nothing unknown, nothing twice, nothing left over. A field that is not marked
 * `optional` or `repeated` must be present, zero or not (in the `.proto` it is declared `optional`, which is how
 * proto3 spells explicit presence).
 */
import { StarlingError } from './errors.ts'

/** Bytes that are not the message they should be. `offset` is where, counted from the start of the message. */
export class MalformedMessageError extends StarlingError {
  override name = 'MalformedMessageError'
  readonly reason: string
  readonly offset: number
  constructor(reason: string, offset: number) {
    super(
      `Malformed message: ${reason} (at byte ${offset}). The sender is broken or speaks another version of the protocol.`,
    )
    this.reason = reason
    this.offset = offset
  }
}

const VARINT = 0
const LENGTH_DELIMITED = 2

interface FieldBase {
  /** Field number of the `.proto`. */
  readonly field: number
  /** Absent is `undefined`. @default false */
  readonly optional?: boolean
  /** The field is a list of at most so many elements. Not packed. */
  readonly repeated?: number
}

/** What a field may hold, with the largest value or length that is accepted. */
type FieldSpec =
  | (FieldBase & {
      readonly kind: 'uint'
      /** Largest value. @default 2^53 − 1 */
      readonly max?: number
    })
  | (FieldBase & {
      readonly kind: 'bytes' | 'string'
      /** Largest length in bytes. */
      readonly max: number
    })
  | (FieldBase & { readonly kind: 'message'; readonly fields: MessageSpec })

/** Fields by name. Messages nest as deep as their specification does, and no deeper. */
export type MessageSpec = { readonly [name: string]: FieldSpec }

type Single<F extends FieldSpec> = F extends { kind: 'uint' }
  ? number
  : F extends { kind: 'bytes' }
    ? Uint8Array
    : F extends { kind: 'string' }
      ? string
      : F extends { kind: 'message'; fields: infer S extends MessageSpec }
        ? Message<S>
        : never

/** The decoded form of a specification. */
export type Message<S extends MessageSpec> = {
  -readonly [K in keyof S]: S[K] extends { repeated: number }
    ? Single<S[K]>[]
    : S[K] extends { optional: true }
      ? Single<S[K]> | undefined
      : Single<S[K]>
}

/**
 * Decodes one message. `bytes` fields are views of `bytes`, not copies.
 *
 * @throws {MalformedMessageError} on anything but the one valid encoding; never reads past the end, and allocates
 * no more than the message's own length and its `repeated` limits allow.
 */
export function readProtobuf<const S extends MessageSpec>(bytes: Uint8Array, spec: S): Message<S> {
  return readMessage(bytes, 0, bytes.length, spec) as Message<S>
}

type Value = number | Uint8Array | string | { [name: string]: unknown }

function readMessage(bytes: Uint8Array, start: number, end: number, spec: MessageSpec) {
  const result: Record<string, Value | Value[] | undefined> = {}
  let offset = start
  let previous = 0
  while (offset < end) {
    const key = readVarint(bytes, offset, end)
    const number = Math.floor(key.value / 8)
    const entry = Object.entries(spec).find(([, field]) => field.field === number)
    if (entry === undefined) throw new MalformedMessageError(`unknown field ${number}`, offset)
    const [name, field] = entry
    const wireType = field.kind === 'uint' ? VARINT : LENGTH_DELIMITED
    if (key.value % 8 !== wireType) {
      throw new MalformedMessageError(`${name} has wire type ${key.value % 8}`, offset)
    }
    if (number < previous) throw new MalformedMessageError(`${name} stands out of order`, offset)
    if (number === previous && field.repeated === undefined) {
      throw new MalformedMessageError(`${name} stands twice`, offset)
    }
    previous = number
    const read = readValue(bytes, key.next, end, name, field)
    if (field.repeated === undefined) result[name] = read.value
    else {
      const list = (result[name] ??= []) as Value[]
      if (list.length >= field.repeated) {
        throw new MalformedMessageError(`${name} has more than ${field.repeated} elements`, offset)
      }
      list.push(read.value)
    }
    offset = read.next
  }
  for (const [name, field] of Object.entries(spec)) {
    if (field.repeated !== undefined) result[name] ??= []
    else if (field.optional !== true && result[name] === undefined) {
      throw new MalformedMessageError(`${name} is missing`, end)
    }
  }
  return result
}

function readValue(
  bytes: Uint8Array,
  offset: number,
  end: number,
  name: string,
  field: FieldSpec,
): { value: Value; next: number } {
  const { value, next } = readVarint(bytes, offset, end)
  if (field.kind === 'uint') {
    if (value > (field.max ?? Number.MAX_SAFE_INTEGER)) {
      throw new MalformedMessageError(`${name} is ${value}, more than ${field.max}`, offset)
    }
    return { value, next }
  }
  if (value > end - next) {
    throw new MalformedMessageError(`${name} is longer than the message`, offset)
  }
  if (field.kind === 'message') {
    return { value: readMessage(bytes, next, next + value, field.fields), next: next + value }
  }
  if (value > field.max) {
    throw new MalformedMessageError(`${name} is ${value} bytes, more than ${field.max}`, offset)
  }
  const content = bytes.subarray(next, next + value)
  if (field.kind === 'bytes') return { value: content, next: next + value }
  return { value: readText(content, name, next), next: next + value }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function readText(content: Uint8Array, name: string, offset: number): string {
  try {
    return utf8.decode(content)
  } catch {
    throw new MalformedMessageError(`${name} is not UTF-8`, offset)
  }
}

/** Integers up to 2^53 − 1 in at most 8 bytes of 7 bits, least significant first. */
function readVarint(bytes: Uint8Array, offset: number, end: number) {
  let value = 0
  let scale = 1
  for (let next = offset; next < end; scale *= 128) {
    const byte = bytes[next++]!
    value += (byte & 0x7f) * scale
    if (value > Number.MAX_SAFE_INTEGER) break
    if (byte >= 0x80) continue
    if (byte === 0 && next - offset > 1) {
      throw new MalformedMessageError('a number is not in its shortest form', offset)
    }
    return { value, next }
  }
  throw new MalformedMessageError('a number is cut off or too large', offset)
}

/** Builds one message. Call in ascending order of field numbers: the reader refuses any other. */
export class ProtobufWriter {
  #parts: Uint8Array[] = []
  #length = 0
  /** Bytes of memory left free before the message. */
  #lead = 0
  #previous = 0

  /** An unsigned integer up to 2^53 − 1; zero is written too. */
  uint(field: number, value: number): this {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new RangeError(`field ${field}: ${value} is not an integer from 0 to 2^53 − 1`)
    }
    return this.#key(field, VARINT).#append(varint(value))
  }

  /** `bytes` is copied by `finish`, not before. */
  bytes(field: number, bytes: Uint8Array): this {
    return this.#key(field, LENGTH_DELIMITED).#append(varint(bytes.length)).#append(bytes)
  }

  /**
   * Like `bytes`, for one field of a message: in the memory that `finish` returns it begins at a multiple of
   * `alignment` bytes, so that a receiver in the same process reads numbers where they lie. Adds nothing to the message.
   */
  alignedBytes(field: number, bytes: Uint8Array, alignment: number): this {
    this.#key(field, LENGTH_DELIMITED).#append(varint(bytes.length))
    this.#lead = (alignment - (this.#length % alignment)) % alignment
    return this.#append(bytes)
  }

  string(field: number, text: string): this {
    return this.bytes(field, new TextEncoder().encode(text))
  }

  message(field: number, write: (message: ProtobufWriter) => void): this {
    const inner = new ProtobufWriter()
    write(inner)
    return this.bytes(field, inner.finish())
  }

  finish(): Uint8Array<ArrayBuffer> {
    const result = new Uint8Array(new ArrayBuffer(this.#lead + this.#length), this.#lead)
    let offset = 0
    for (const part of this.#parts) {
      result.set(part, offset)
      offset += part.length
    }
    return result
  }

  #key(field: number, wireType: number): this {
    if (field < this.#previous) {
      throw new RangeError(
        `field ${field} written after ${this.#previous}: write in ascending order`,
      )
    }
    this.#previous = field
    return this.#append(varint(field * 8 + wireType))
  }

  #append(part: Uint8Array): this {
    this.#parts.push(part)
    this.#length += part.length
    return this
  }
}

function varint(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = value
  while (rest >= 128) {
    bytes.push((rest % 128) | 0x80)
    rest = Math.floor(rest / 128)
  }
  bytes.push(rest)
  return Uint8Array.from(bytes)
}
