/**
 * A checkpoint is a safetensors file, so that other programs can look into it: arrays `parameters`, `optimiser` and
 * those of the sharing state; in the metadata round, steps, the sharing state's plain part and a SHA-256 over all of
 * it, which tells a torn or altered file from a whole one.
 */
import { concat, sha256, toHex } from '../../crypto/index.ts'
import type { LearnerState } from '../../src/learning/interface.ts'
import {
  decodeSafetensors,
  encodeSafetensors,
  type NamedTensor,
  type TensorValues,
} from '../../src/model/safetensors.ts'
import { StarlingError } from '../../src/runtime/errors.ts'
import { packPlainData, unpackPlainData } from './plain-data.ts'

const FORMAT = 'starling-checkpoint-1'

/** Bytes that are not a whole checkpoint. */
class InvalidCheckpointError extends StarlingError {
  override name = 'InvalidCheckpointError'
  constructor(reason: string) {
    super(`Not a whole checkpoint: ${reason}.`)
  }
}

export function encodeCheckpoint(state: LearnerState): Uint8Array {
  const sharing = packPlainData(state.sharing)
  const tensors: NamedTensor[] = [
    tensor('parameters', state.parameters),
    tensor('optimiser', state.optimiserState),
    ...sharing.arrays.map((values, i) => tensor(`sharing/${i}`, values)),
  ]
  const facts = {
    format: FORMAT,
    round: String(state.round),
    steps: String(state.steps),
    sharing: sharing.json,
  }
  return encodeSafetensors({ tensors, metadata: { ...facts, sha256: digest(facts, tensors) } })
}

/** @throws {InvalidCheckpointError | InvalidSafetensorsError} unless every byte is as it was written. */
export function decodeCheckpoint(bytes: Uint8Array): LearnerState {
  const { tensors, metadata } = decodeSafetensors(bytes)
  const { sha256: expected, ...facts } = metadata
  if (facts['format'] !== FORMAT) throw new InvalidCheckpointError('its format is not known')
  if (digest(facts, tensors) !== expected)
    throw new InvalidCheckpointError('its hash does not match')
  const [parameters, optimiser, ...arrays] = tensors.map(({ values }) => values)
  if (!(parameters instanceof Float32Array) || !(optimiser instanceof Float32Array)) {
    throw new InvalidCheckpointError('it lacks parameters or optimiser state')
  }
  return {
    round: whole(facts['round']),
    steps: whole(facts['steps']),
    parameters,
    optimiserState: optimiser,
    sharing: unpackPlainData({ json: facts['sharing'] ?? '', arrays }),
  }
}

function tensor(name: string, values: TensorValues): NamedTensor {
  return { name, shape: [values.length], values }
}

function digest(facts: Record<string, string>, tensors: readonly NamedTensor[]): string {
  const parts: Uint8Array[] = [new TextEncoder().encode(JSON.stringify(facts))]
  for (const { name, values } of tensors) {
    parts.push(new TextEncoder().encode(name))
    parts.push(sha256(new Uint8Array(values.buffer, values.byteOffset, values.byteLength)))
  }
  return toHex(sha256(concat(...parts)))
}

function whole(text: string | undefined): number {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= 0) return value
  throw new InvalidCheckpointError(`"${text}" is not a count`)
}
