import { Command } from 'commander'
import { environmentName } from '../../../config/index.ts'
import { examples, run } from '../../command.ts'
import { addOptions } from './options.ts'

export const up = () =>
  addOptions(new Command('up'))
    .description('Start the daemon; the data directory is made when there is none.')
    .addHelpText(
      'after',
      `\nEach setting can also stand in config.toml of the data directory or in an environment variable\n` +
        `such as ${environmentName('network', 'listen')}; flags win, then the environment, then the file.\n` +
        examples(
          'starling up',
          'starling up --detach --listen /ip4/0.0.0.0/tcp/4001',
          'starling up --dir /srv/starling --log-level debug',
        ),
    )
    .action(run(() => import('./handler.ts')))
