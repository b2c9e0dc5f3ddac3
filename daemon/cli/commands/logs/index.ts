import { Command } from 'commander'
import { examples, run } from '../../command.ts'
import { addOptions } from './options.ts'

export const logs = () =>
  addOptions(new Command('logs'))
    .description("Print the daemon's log, also when it is not running.")
    .addHelpText('after', examples('starling logs -f', 'starling logs -n 1000 --json | jq .msg'))
    .action(run(() => import('./handler.ts')))
