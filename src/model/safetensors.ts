/**
 * The safetensors format (huggingface.co/docs/safetensors): eight bytes with the header's length, a JSON header that
 * says where each array lies, then the arrays' bytes without a gap. No code, no pointers, nothing to execute: safe
 * to read from anybody, and PyTorch, JAX and NumPy read it too.
 */
import { StarlingError } from '../runtime/errors.ts'

/** Bytes that are not a safetensors file, or break one of its rules. */
export class InvalidSafetensorsError extends StarlingError {
  override name = 'InvalidSafetensorsError'
  constructor(reason: string) {
    super(`Not a valid safetensors file: ${reason}.`)
  }
}

export type TensorValues = Float32Array | Float64Array | Int32Array | Uint32Array | Uint8Array

/** An array with its shape; the product of `shape` is the number of values. */
export interface NamedTensor {
  readonly name: string
  readonly shape: readonly number[]
  readonly values: TensorValues
}

export interface Safetensors {
  readonly tensors: readonly NamedTensor[]
  /** Free text by key. */
  readonly metadata: Readonly<Record<string, string>>
}

/** The format's own bound on the header. */
const MAX_HEADER_BYTES = 100_000_000
const LENGTH_BYTES = 8

const KINDS = {
  F64: Float64Array,
  F32: Float32Array,
  I32: Int32Array,
  U32: Uint32Array,
  U8: Uint8Array,
} as const
type Kind = keyof typeof KINDS

/** The file's bytes. Arrays lie in the order given, little-endian. */
export function encodeSafetensors({ tensors, metadata }: Safetensors): Uint8Array<ArrayBuffer> {
  // Without a prototype, so that an array may be called `toString`.
  const header: Record<string, unknown> = Object.create(null)
  if (Object.keys(metadata).length > 0) header['__metadata__'] = metadata
  let end = 0
  for (const { name, shape, values } of tensors) {
    if (name in header) throw new InvalidSafetensorsError(`two arrays are named "${name}"`)
    checkShape(name, shape, values.length)
    const start = end
    end += values.byteLength
    header[name] = { dtype: kindOf(values), shape, data_offsets: [start, end] }
  }
  const text = new TextEncoder().encode(JSON.stringify(header))
  // Spaces up to a multiple of eight, so that the arrays are aligned for whoever maps the file.
  const length = Math.ceil(text.length / 8) * 8
  const bytes = new Uint8Array(LENGTH_BYTES + length + end)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true)
  bytes.set(text, LENGTH_BYTES)
  bytes.fill(0x20, LENGTH_BYTES + text.length, LENGTH_BYTES + length)
  let offset = LENGTH_BYTES + length
  for (const { values } of tensors) {
    writeLittleEndian(bytes, offset, values)
    offset += values.byteLength
  }
  return bytes
}

/**
 * Reads a file's bytes; the arrays returned are copies.
 * @throws {InvalidSafetensorsError} unless the arrays cover the data exactly, in order, each of a known kind.
 */
export function decodeSafetensors(bytes: Uint8Array): Safetensors {
  const { header, data } = splitHeader(bytes)
  const { __metadata__: metadata = {}, ...entries } = header
  const tensors = Object.entries(entries)
    .map(([name, entry]) => ({ name, ...checkEntry(name, entry) }))
    .sort((a, b) => a.start - b.start || a.end - b.end)
  let end = 0
  for (const { name, start, ...tensor } of tensors) {
    if (start !== end) throw new InvalidSafetensorsError(`array "${name}" leaves a gap or overlaps`)
    end = tensor.end
  }
  if (end !== data.length) {
    throw new InvalidSafetensorsError(`${data.length} bytes of data where ${end} are described`)
  }
  return {
    metadata: checkMetadata(metadata),
    tensors: tensors.map(({ name, shape, kind, start, end }) => ({
      name,
      shape,
      values: readLittleEndian(data.subarray(start, end), kind),
    })),
  }
}

function splitHeader(bytes: Uint8Array): { header: Record<string, unknown>; data: Uint8Array } {
  if (bytes.length < LENGTH_BYTES) throw new InvalidSafetensorsError('shorter than its first field')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const length = Number(view.getBigUint64(0, true))
  if (length > MAX_HEADER_BYTES || length > bytes.length - LENGTH_BYTES) {
    throw new InvalidSafetensorsError('the header is longer than the file or than allowed')
  }
  const text = bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + length)
  let header: unknown
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text))
  } catch {
    throw new InvalidSafetensorsError('the header is not JSON')
  }
  if (!isRecord(header)) throw new InvalidSafetensorsError('the header is not an object')
  return { header, data: bytes.subarray(LENGTH_BYTES + length) }
}

function checkEntry(name: string, entry: unknown) {
  const fail = (reason: string) => new InvalidSafetensorsError(`array "${name}" ${reason}`)
  if (!isRecord(entry)) throw fail('is not described by an object')
  const { dtype, shape, data_offsets: offsets, ...rest } = entry
  if (Object.keys(rest).length > 0) throw fail(`has an unknown field "${Object.keys(rest)[0]}"`)
  if (typeof dtype !== 'string' || !Object.hasOwn(KINDS, dtype)) {
    throw fail(`is of a kind that is not read here: ${String(dtype)}`)
  }
  if (!isListOfSizes(shape)) throw fail('has no valid shape')
  if (!isListOfSizes(offsets) || offsets.length !== 2) throw fail('has no valid offsets')
  const kind = dtype as Kind
  const [start, end] = offsets as [number, number]
  if (start > end) throw fail('ends before it begins')
  checkShape(name, shape, (end - start) / KINDS[kind].BYTES_PER_ELEMENT)
  return { kind, shape, start, end }
}

function checkShape(name: string, shape: readonly number[], count: number): void {
  const size = shape.reduce((product, length) => product * length, 1)
  if (size === count) return
  throw new InvalidSafetensorsError(`array "${name}" has ${count} values, its shape says ${size}`)
}

function checkMetadata(metadata: unknown): Record<string, string> {
  if (isRecord(metadata) && Object.values(metadata).every((value) => typeof value === 'string')) {
    return metadata as Record<string, string>
  }
  throw new InvalidSafetensorsError('the metadata is not text by key')
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isListOfSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0)
}

function kindOf(values: TensorValues): Kind {
  const found = (Object.keys(KINDS) as Kind[]).find((kind) => values instanceof KINDS[kind])
  return found!
}

const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

function writeLittleEndian(bytes: Uint8Array, offset: number, values: TensorValues): void {
  const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  bytes.set(IS_LITTLE_ENDIAN ? raw : reversed(raw, values.BYTES_PER_ELEMENT), offset)
}

function readLittleEndian(bytes: Uint8Array, kind: Kind): TensorValues {
  // Not bytes.slice(): where the caller's bytes are a Node Buffer, that is a view.
  const copy = IS_LITTLE_ENDIAN
    ? new Uint8Array(bytes)
    : reversed(bytes, KINDS[kind].BYTES_PER_ELEMENT)
  return new KINDS[kind](copy.buffer as ArrayBuffer)
}

/** The same values with the bytes of each in the opposite order. */
function reversed(bytes: Uint8Array, width: number): Uint8Array {
  const result = new Uint8Array(bytes.length)
  for (let i = 0; i < bytes.length; i++)
    result[i] = bytes[i - (i % width) + width - 1 - (i % width)]!
  return result
}
