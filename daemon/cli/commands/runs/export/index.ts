import { Command } from 'commander'
import { examples, run } from '../../../command.ts'
import { addOptions } from './options.ts'

export const exportRun = () =>
  addOptions(new Command('export'))
    .description('Write a run into a folder: model (safetensors), metrics, CSV, report, manifest.')
    .argument('<id>', 'id of the run, or its beginning')
    .addHelpText('after', examples('starling runs export 3f2a -o my-run'))
    .action(run(() => import('./handler.ts')))
