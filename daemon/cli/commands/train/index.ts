import { Command } from 'commander'
import { examples, run } from '../../command.ts'
import { addOptions } from './options.ts'

export const train = () =>
  addOptions(new Command('train'))
    .description('Create a run from a job file; prints the token with which other machines join.')
    .argument('<job.toml>', 'the job file; see docs/job-file.md')
    .addHelpText(
      'after',
      '\nStarts the daemon in the background when none is running. With --json: one document with the run and\n' +
        'its token; with --watch also one document an event.\n' +
        examples(
          'starling train job.toml --watch',
          'starling train job.toml --set nodes=2 --data /srv/patients.csv',
          'starling train job.toml --owner /dns4/b.example.org/tcp/4040/p2p/12D3Koo…',
        ),
    )
    .action(run(() => import('./handler.ts')))
