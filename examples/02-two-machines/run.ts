/**
 * Two daemons, each with an identity and digits of its own, train one model. Every command is shown as one would type
 * it on machine a or b; the token is all that has to get from the one to the other.
 *
 *     node daemon/bootstrap.mjs examples/02-two-machines/run.ts [--set KEY=VALUE …]
 */
import type { RunSummary } from '../../daemon/api/index.ts'
import type { RunResult } from '../../src/learning/index.ts'
import { withTwoMachines } from '../machines.ts'
import { here } from '../starling.ts'

withTwoMachines(['a', 'b'], (a, b) => {
  for (const machine of [a, b]) {
    machine.type('init')
    machine.type('up', '--detach')
  }
  const words = ['train', here('02-two-machines/job.toml'), ...process.argv.slice(2)]
  const { run, token } = a.ask<{ run: RunSummary; token: string }>(...words)
  b.type('join', token)
  a.type('runs', 'logs', '--follow', run.id)

  const { final, nodes, bytes } = a.ask<RunResult>('runs', 'show', run.id)
  const accuracy = (100 * final.accuracy!.mean).toFixed(1)
  console.log(
    `${nodes} nodes reached ${accuracy} %, sending ${bytes.perNodePerRound} bytes a round.`,
  )
})
