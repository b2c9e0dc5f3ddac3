import { Command } from 'commander'
import { examples, run } from '../../../command.ts'

export const bytes = () =>
  new Command('bytes')
    .description('Bytes sent and received: in all, today, by protocol, by peer and by run.')
    .addHelpText('after', examples('starling stats bytes', 'starling stats bytes --json'))
    .action(run(() => import('./handler.ts')))
