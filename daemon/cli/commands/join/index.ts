import { Command } from 'commander'
import { examples, run } from '../../command.ts'
import { addOptions } from './options.ts'

export const join = () =>
  addOptions(new Command('join'))
    .description('Take part in a run; all that a machine needs is the token.')
    .argument('<token>', 'what `starling train` printed on the machine that created the run')
    .addHelpText(
      'after',
      '\nMakes a data directory and starts the daemon in the background when there is none.\n' +
        examples('starling join TOKEN --watch', 'starling join TOKEN --data /srv/patients.csv'),
    )
    .action(run(() => import('./handler.ts')))
