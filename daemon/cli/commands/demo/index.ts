import { Command } from 'commander'
import { examples, run } from '../../command.ts'
import { addOptions } from './options.ts'

export const demo = () =>
  addOptions(new Command('demo'))
    .description('Start several daemons on this machine and let them train one model together.')
    .addHelpText('after', examples('starling demo', 'starling demo --nodes 6 --rounds 20 --keep'))
    .action(run(() => import('./handler.ts')))
