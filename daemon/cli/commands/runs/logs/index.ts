import { Command } from 'commander'
import { examples, run } from '../../../command.ts'
import { addOptions } from './options.ts'

export const logs = () =>
  addOptions(new Command('logs'))
    .description(
      'Print what happened in a run, one line an event; with --json one document a line.',
    )
    .argument('<id>', 'id of the run, or its beginning')
    .addHelpText('after', examples('starling runs logs 3f2a -f', 'starling runs logs 3f2a --json'))
    .action(run(() => import('./handler.ts')))
