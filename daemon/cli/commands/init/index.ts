import { Command } from 'commander'
import { examples, run } from '../../command.ts'

export const init = () =>
  new Command('init')
    .description('Make a data directory with a new identity. Done once; harmless when repeated.')
    .addHelpText('after', examples('starling init', 'starling init --dir /srv/starling'))
    .action(run(() => import('./handler.ts')))
