import { Command } from 'commander'
import { examples } from '../../command.ts'
import { bytes } from './bytes/index.ts'

export const stats = () =>
  new Command('stats')
    .description('What the daemon has used.')
    .addHelpText('after', examples('starling stats bytes', 'starling stats bytes --json'))
    .addCommand(bytes())
