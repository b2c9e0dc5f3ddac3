import { Command } from 'commander'
import { examples, run } from '../../command.ts'

export const down = () =>
  new Command('down')
    .description('Stop the daemon: it saves its runs, says goodbye and ends.')
    .addHelpText('after', examples('starling down', 'starling down --dir /srv/starling'))
    .action(run(() => import('./handler.ts')))
