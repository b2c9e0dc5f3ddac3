import { Command } from 'commander'
import { examples, run } from '../../command.ts'

export const status = () =>
  new Command('status')
    .description('Say what the running daemon is doing.')
    .addHelpText('after', examples('starling status', 'starling status --json | jq .runs.active'))
    .action(run(() => import('./handler.ts')))
