import { Command } from 'commander'
import { examples, run } from '../../../command.ts'

export const show = () =>
  new Command('show')
    .description('Show one run: state, accuracy, bytes, each round with the neighbours it missed.')
    .argument('<id>', 'id of the run, or its beginning')
    .addHelpText('after', examples('starling runs show 3f2a', 'starling runs show 3f2a --json'))
    .action(run(() => import('./handler.ts')))
