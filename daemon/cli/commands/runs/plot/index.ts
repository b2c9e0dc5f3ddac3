import { Command } from 'commander'
import { examples, run } from '../../../command.ts'
import { addOptions } from './options.ts'

export const plot = () =>
  addOptions(new Command('plot'))
    .description('Write one HTML report that compares runs; it needs no network to be looked at.')
    .argument('<runs...>', 'ids of runs, or folders written by emulate --out and runs export')
    .addHelpText(
      'after',
      examples(
        'starling runs plot 3f2a -o report.html',
        'starling runs plot out/full out/alone 3f2a',
      ),
    )
    .action(run(() => import('./handler.ts')))
