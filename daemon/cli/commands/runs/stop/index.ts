import { Command } from 'commander'
import { examples, run } from '../../../command.ts'

export const stop = () =>
  new Command('stop')
    .description('Stop a run after its current round; it can be resumed.')
    .argument('<id>', 'id of the run, or its beginning')
    .addHelpText('after', examples('starling runs stop 3f2a'))
    .action(run(() => import('./handler.ts')))
