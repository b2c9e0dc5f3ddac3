import { Command } from 'commander'
import { examples, run } from '../../../command.ts'

export const resume = () =>
  new Command('resume')
    .description('Continue a stopped run from its last checkpoint.')
    .argument('<id>', 'id of the run, or its beginning')
    .addHelpText('after', examples('starling runs resume 3f2a'))
    .action(run(() => import('./handler.ts')))
