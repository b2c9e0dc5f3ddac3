import { Command } from 'commander'
import { examples, run } from '../../command.ts'

export const peers = () =>
  new Command('peers')
    .description('List the daemons this one is connected to.')
    .addHelpText('after', examples('starling peers', 'starling peers --json'))
    .action(run(() => import('./handler.ts')))
