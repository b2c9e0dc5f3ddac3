import { Command } from 'commander'
import { examples, run } from '../../command.ts'

export const doctor = () =>
  new Command('doctor')
    .description('Check this machine: Node, data directory, network, memory, and what computes.')
    .addHelpText('after', examples('starling doctor', 'starling doctor --json | jq .engine'))
    .action(run(() => import('./handler.ts')))
