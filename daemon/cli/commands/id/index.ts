import { Command } from 'commander'
import { examples, run } from '../../command.ts'

export const id = () =>
  new Command('id')
    .description("Print this machine's peer id, and its addresses when the daemon is running.")
    .addHelpText('after', examples('starling id', 'starling id --json'))
    .action(run(() => import('./handler.ts')))
