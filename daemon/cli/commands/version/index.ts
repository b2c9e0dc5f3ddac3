import { Command } from 'commander'
import { run } from '../../command.ts'

export const version = () =>
  new Command('version')
    .description('Print the version of Starling, Node and the machine.')
    .action(run(() => import('./handler.ts')))
