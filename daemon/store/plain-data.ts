/**
 * A sharing strategy's state is plain data with typed arrays in it. Its arrays are taken out so that they can be
 * stored as arrays; what remains is JSON with a note where each one was.
 */
import type { TensorValues } from '../../src/model/safetensors.ts'
import { StarlingError } from '../../src/runtime/errors.ts'

export interface PackedData {
  readonly json: string
  readonly arrays: readonly TensorValues[]
}

/** A value that a checkpoint cannot hold. */
export class NotPlainDataError extends StarlingError {
  override name = 'NotPlainDataError'
  constructor(what: string) {
    super(`A sharing strategy's state must be plain data; this holds ${what}.`)
  }
}

type Packed =
  | null
  | boolean
  | number
  | string
  | readonly Packed[]
  | { readonly [key: string]: Packed }

/** @throws {NotPlainDataError} on functions, class instances, undefined inside a list, NaN and infinities. */
export function packPlainData(value: unknown): PackedData {
  const arrays: TensorValues[] = []
  return { json: JSON.stringify(pack(value, arrays)), arrays }
}

export function unpackPlainData({ json, arrays }: PackedData): unknown {
  return unpack(JSON.parse(json) as Packed, arrays)
}

/** Objects become `{ fields }`, so that no key of the state's own can look like a note of ours. */
function pack(value: unknown, arrays: TensorValues[]): Packed {
  if (value === undefined) return { nothing: true }
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return value
    throw new NotPlainDataError(`the number ${value}`)
  }
  if (Array.isArray(value)) return value.map((item) => pack(item, arrays))
  if (isTensorValues(value)) return { array: arrays.push(value) - 1 }
  if (value instanceof Map) return { map: [...value].map((entry) => pack(entry, arrays)) }
  if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) {
    const fields = Object.entries(value).map(([key, item]) => [key, pack(item, arrays)] as const)
    return { fields: Object.fromEntries(fields) }
  }
  throw new NotPlainDataError(`a ${(value as object).constructor?.name ?? typeof value}`)
}

function unpack(packed: Packed, arrays: readonly TensorValues[]): unknown {
  if (packed === null || typeof packed !== 'object') return packed
  if (isList(packed)) return packed.map((item) => unpack(item, arrays))
  if ('nothing' in packed) return undefined
  if ('array' in packed) return arrays[packed['array'] as number]
  if ('map' in packed) return new Map(unpack(packed['map']!, arrays) as [unknown, unknown][])
  const fields = packed['fields'] as { readonly [key: string]: Packed }
  return Object.fromEntries(
    Object.entries(fields).map(([key, item]) => [key, unpack(item, arrays)]),
  )
}

function isList(packed: Packed): packed is readonly Packed[] {
  return Array.isArray(packed)
}

function isTensorValues(value: unknown): value is TensorValues {
  return (
    value instanceof Float32Array ||
    value instanceof Float64Array ||
    value instanceof Int32Array ||
    value instanceof Uint32Array ||
    value instanceof Uint8Array
  )
}
