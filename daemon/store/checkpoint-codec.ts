/**
 * A checkpoint is a safetensors file, so that other programs can look into it: arrays `parameters`, `optimiser`,
 * `velocity` where there is slow momentum, and those of the sharing state; in the metadata round, steps, the sharing
 * state's plain part and a SHA-256 over all of it, which tells a torn or altered file from a whole one.
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

const FORMAT = 'starling-checkpoint-2'

/** What the names of the sharing state's arrays begin with; their numbers follow. */
const SHARING = 'sharing/'

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
    ...(state.velocity.length > 0 ? [tensor('velocity', state.velocity)] : []),
    ...sharing.arrays.map((values, i) => tensor(`${SHARING}${i}`, values)),
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
  const floats = (name: string) => {
    const values = tensors.find((tensor) => tensor.name === name)?.values
    return values instanceof Float32Array ? values : undefined
  }
  const [parameters, optimiserState] = [floats('parameters'), floats('optimiser')]
  if (parameters === undefined || optimiserState === undefined) {
    throw new InvalidCheckpointError('it lacks parameters or optimiser state')
  }
  const arrays = tensors.filter(({ name }) => name.startsWith(SHARING)).map(({ values }) => values)
  return {
    round: whole(facts['round']),
    steps: whole(facts['steps']),
    parameters,
    optimiserState,
    velocity: floats('velocity') ?? new Float32Array(0),
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
