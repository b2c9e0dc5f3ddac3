/** What a node does once it has run its last round. */
import { toHex } from '../../crypto/index.ts'
import { type LearnerState, parametersDigest } from '../../src/learning/index.ts'
import { type ParameterLayout, viewOf } from '../../src/model/index.ts'
import { encodeSafetensors } from '../../src/model/safetensors.ts'
import type { FinalReport } from '../network/index.ts'
import type { Member } from './documents/index.ts'
import type { RunContext } from './run-context.ts'
import type { RunRecords } from './run-records.ts'

/** Seconds an owner waits for the last reports of connected members before it calls the run finished. */
const LAST_REPORTS_SECONDS = 20
const POLL_SECONDS = 0.1

interface LastFacts {
  readonly layout: ParameterLayout
  /** The job's name. */
  readonly name: string
  readonly rank: number
  readonly peakRssBytes: number
}

/** Writes down the last state, the model as a safetensors file, and the report of both, which it returns. */
export async function writeLast(
  records: RunRecords,
  state: LearnerState,
  { layout, name, rank, peakRssBytes }: LastFacts,
): Promise<FinalReport> {
  const { files, run } = records
  await files.checkpoints.save(state)
  await files.writeFinal(encodeModel(state, layout, { run, name }))
  const final: FinalReport = {
    rank,
    parametersSha256: toHex(parametersDigest(state.parameters)),
    parameters: layout.size,
    peakRssBytes,
  }
  await records.addOwnFinal(final)
  return final
}

/** An owner's result is whole when the last report of every member that is there has come. */
export async function awaitLastReports(
  { ledger }: RunRecords,
  members: () => readonly Member[],
  { clock, network }: RunContext,
  signal: AbortSignal,
): Promise<void> {
  const deadline = clock.now() + LAST_REPORTS_SECONDS
  const isAwaited = ({ rank, peerId, left }: Member) =>
    !left && !ledger.hasFinal(rank) && network.isConnected(peerId)
  while (clock.now() < deadline && members().some(isAwaited)) {
    await clock.sleep(POLL_SECONDS, { signal })
  }
}

/** One array a tensor, by the layout's names. */
function encodeModel(
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
