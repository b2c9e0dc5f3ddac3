import { expect, test } from 'vitest'
import { driveSharing } from '../../src/learning/drive-sharing.ts'
import { createLayout } from '../../src/model/parameters.ts'
import { randomStream } from '../../src/numeric/random.ts'
import type { SharingStrategy } from '../../src/sharing/interface.ts'

const layout = createLayout([{ name: 'w', shape: [1], initialiser: { kind: 'zeros' } }])
const parameters = new Float32Array(1)

/** Three phases, and whether the last of its rounds came to its end or was told that it will not. */
function attentive() {
  let end = 'none'
  const strategy: SharingStrategy = {
    name: 'attentive',
    init: () => null,
    *round() {
      end = 'running'
      try {
        for (let phase = 0; phase < 3; phase++) yield { outbox: new Map() }
        end = 'complete'
        return { parameters, state: null }
      } finally {
        if (end === 'running') end = 'broken off'
      }
    },
  }
  return { strategy, end: () => end }
}

/** An exchange in which nobody says anything and the connection breaks in a phase. */
async function drive(strategy: SharingStrategy, breaks: number) {
  const context = {
    round: 0,
    self: 0,
    targets: [],
    sources: [],
    weightOf: () => 0,
    layout,
    random: (label: string) => randomStream(1, label),
  }
  const exchange = async (_: number, phase: number) => {
    if (phase === breaks) throw new Error('broken off')
    return {
      inbox: new Map(),
      missing: [],
      quorumMissed: false,
      bytes: { sent: 0, received: 0, values: 0, indices: 0, overhead: 0 },
      skipped: [],
      seconds: { encode: 0, wait: 0 },
    }
  }
  const own = { parameters, state: null }
  return await driveSharing(strategy, own, context, { exchange }, {})
}

test.each([0, 1, 2])(
  'a strategy whose round is broken off in phase %d is told so',
  async (phase) => {
    const { strategy, end } = attentive()
    await expect(drive(strategy, phase)).rejects.toThrow('broken off')
    expect(end()).toBe('broken off')
  },
)

test('one whose round comes to its end is not', async () => {
  const { strategy, end } = attentive()
  await drive(strategy, 3)
  expect(end()).toBe('complete')
})
