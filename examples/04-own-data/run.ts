/**
 * Each node trains on a CSV file of its own: the normal case on real machines. North has no emergency ward and south no
 * surgery, yet both models are tested on patients of every ward: together they know them all, alone they do not.
 *
 *     node daemon/bootstrap.mjs examples/04-own-data/run.ts [--set KEY=VALUE …]
 */
import type { RunSummary } from '../../daemon/api/index.ts'
import type { RunResult } from '../../src/learning/index.ts'
import { withTwoMachines } from '../machines.ts'
import { here } from '../starling.ts'
import { writeHospital } from './hospital.ts'

withTwoMachines(['north', 'south'], (north, south, folder) => {
  const northData = writeHospital(folder, 'north', ['surgery', 'medicine'])
  const southData = writeHospital(folder, 'south', ['medicine', 'emergency'])

  const accuracyWith = (method: string) => {
    const sets = ['--set', `share.method=${method}`, ...process.argv.slice(2)]
    const words = ['train', here('04-own-data/job.toml'), '--data', northData, ...sets]
    const { run, token } = north.ask<{ run: RunSummary; token: string }>(...words)
    south.type('join', token, '--data', southData)
    north.type('runs', 'logs', '--follow', run.id)
    const { final } = north.ask<RunResult>('runs', 'show', run.id)
    return `${(100 * final.accuracy!.mean).toFixed(1)} %`
  }
  const [alone, together] = [accuracyWith('none'), accuracyWith('full')]
  console.log(`\nPatients of all wards: ${alone} right alone, ${together} together.`)
})
