/**
 * How much the attacks of tests/attacks find, by how neighbours share: each figure the mean over three seeds, which draw other
 * graphs, parts and batches. Each way of sharing has the slow momentum that it has by default; nodes
 * that leave have none. What they mean is said in SECURITY.md.
 */
import { type Difference, type Leaving, leave } from '../attacks/churn.ts'
import { invert } from '../attacks/inversion.ts'
import { memorisingJob, RANKED, skewedJob, steadyJob, usualIn } from '../attacks/jobs.ts'
import { labelAuc } from '../attacks/labels.ts'
import { mean } from '../attacks/measures.ts'
import { membershipAttack } from '../attacks/membership.ts'
import { MODES, type Mode } from '../attacks/messages.ts'
import { record } from '../attacks/record.ts'
import { unmixed } from '../attacks/unmixing.ts'
import { type Bench, type Row, row } from './bench.ts'

const SEEDS = [5, 6, 7]
const DEPARTURES: Readonly<Record<string, Leaving>> = {
  'cool-down 0': { cooldown: 0 },
  'cool-down 3': { cooldown: 3 },
  'cool-down 8': { cooldown: 8 },
  'in mid-round, cool-down 3': { cooldown: 3, isMidRound: true },
}

export const attacks: Bench = async (say) => {
  const rows: Row[] = []
  for (const minMaskers of [1, 2, 3]) {
    say(`unmixing, s = ${minMaskers}`)
    rows.push(
      ...(await byMode(`unmixing over 50 rounds, s = ${minMaskers} of 4`, async (mode, seed) => {
        const job = steadyJob({ seed, 'privacy.minMaskers': minMaskers, ...usualIn(mode) })
        return { 'R²': unmixed(await record(mode, job)).r2 }
      })),
    )
  }
  for (const [share, overrides] of Object.entries(RANKED)) {
    say(`labels from the indices of ${share}`)
    rows.push(
      ...(await byMode(`labels from the indices of ${share}`, async (mode, seed) => ({
        AUC: labelAuc(await record(mode, skewedJob({ seed, ...overrides, ...usualIn(mode) }))),
      }))),
      ...(await byMode(`labels of who asks, ${share}`, async (mode, seed) => ({
        AUC: labelAuc(
          await record(mode, skewedJob({ seed, ...overrides, ...usualIn(mode) })),
          'receiver',
        ),
      }))),
    )
  }
  say('membership')
  rows.push(
    ...(await byMode('membership from the last round', async (mode, seed) => {
      const { linked, attributed, member } = await membershipAttack(
        await record(mode, memorisingJob({ seed, ...usualIn(mode) })),
      )
      return { linked, 'AUC whose': attributed, 'AUC member': member }
    })),
    ...(await byMode('membership from 30 rounds', async (mode, seed) => {
      const trace = await record(mode, memorisingJob({ seed, ...usualIn(mode) }))
      const { linked, attributed, member } = await membershipAttack(trace, unmixed(trace).models)
      return { linked, 'AUC whose': attributed, 'AUC member': member }
    })),
  )
  for (const [name, leaving] of Object.entries(DEPARTURES)) {
    say(`a neighbour leaves, ${name}`)
    const found: Difference[] = []
    for (const seed of SEEDS) found.push(await leave({ ...leaving, seed }))
    rows.push(row(`a neighbour leaves, ${name}`, mean(found.map(({ r2 }) => r2)), 'R²'))
    if (leaving.cooldown > 0) continue
    rows.push(row('the same, from one sum alone', mean(found.map((one) => one.sumAlone)), 'R²'))
  }
  say('images')
  for (const nodes of [1, 3, 4, 8]) {
    const batches = Array.from({ length: nodes }, (_, node) =>
      Int32Array.from({ length: 8 }, (_, i) => 13 * node + i),
    )
    const { psnr, ssim } = await invert(batches)
    rows.push(row(`images from the first update of ${nodes}, 8 examples each`, ssim, 'SSIM'))
    rows.push(row(`images from the first update of ${nodes}, 8 examples each`, psnr, 'dB'))
  }
  return rows
}

/** One row a mode and figure. */
async function byMode(
  attack: string,
  measure: (mode: Mode, seed: number) => Promise<Record<string, number>>,
): Promise<Row[]> {
  const rows: Row[] = []
  for (const mode of MODES) {
    const found: Record<string, number>[] = []
    for (const seed of SEEDS) found.push(await measure(mode, seed))
    for (const unit of Object.keys(found[0]!)) {
      rows.push(row(`${attack}: ${mode}`, mean(found.map((figures) => figures[unit]!)), unit))
    }
  }
  return rows
}
