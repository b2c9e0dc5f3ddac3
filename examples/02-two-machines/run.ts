/**
 * Two daemons, each with its own identity and its own part of the digits, train one model. Every command is shown as
 * one would type it on machine a or b; the token is all that has to get from the one to the other.
 *
 *     node daemon/bootstrap.mjs examples/02-two-machines/run.ts [--set KEY=VALUE …]
 */
import type { DaemonStatus, RunSummary } from '../../daemon/api/index.ts'
import { withTwoMachines } from '../machines.ts'
import { here } from '../starling.ts'

withTwoMachines((a, b) => {
  for (const machine of [a, b]) {
    console.log(machine('init'))
    const { peerId, addresses } = JSON.parse(machine('up', '--detach', '--json')) as DaemonStatus
    console.log(`${peerId} listens on ${addresses}`)
  }
  const job = here('02-two-machines/job.toml')
  const created = a('train', job, '--json', ...process.argv.slice(2))
  const { run, token } = JSON.parse(created) as { run: RunSummary; token: string }
  console.log(`Created run ${run.id}`)

  console.log(b('join', token, '--watch'))
  a('runs', 'logs', '--follow', run.id) // until machine a, too, has made its last round
  console.log(a('runs', 'show', run.id))
})
