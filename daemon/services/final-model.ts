import { toHex } from '../../crypto/index.ts'
import { type LearnerState, parametersDigest } from '../../src/learning/index.ts'
import { type ParameterLayout, viewOf } from '../../src/model/index.ts'
import { encodeSafetensors } from '../../src/model/safetensors.ts'

/** The trained model as a safetensors file: one array a tensor, by the layout's names. */
export function encodeFinalModel(
  state: LearnerState,
  layout: ParameterLayout,
  facts: { readonly run: string; readonly name: string },
): Uint8Array {
  const tensors = layout.entries.map((entry) => ({
    name: entry.name,
    shape: entry.shape,
    values: viewOf(state.parameters, entry),
  }))
  return encodeSafetensors({ tensors, metadata: { ...facts, rounds: String(state.round) } })
}

/** SHA-256 of a node's final parameters, as its last report has it. */
export function finalDigest(state: LearnerState): string {
  return toHex(parametersDigest(state.parameters))
}
