import { Command } from 'commander'
import { examples, run } from '../../command.ts'
import { addOptions } from './options.ts'

export const emulate = () =>
  addOptions(new Command('emulate'))
    .description('Run a job with any number of nodes inside this one process, on a virtual clock.')
    .argument('<job.toml>', 'the job file; see docs/job-file.md')
    .addHelpText(
      'after',
      '\nNeeds no daemon. Progress goes to standard error; standard output gets a summary, or with --json the\n' +
        'document described in docs/json.md.\n' +
        examples(
          'starling emulate examples/jobs/clusters.toml',
          'starling emulate job.toml --nodes 1024 --set train.rounds=20 --json',
          'starling emulate job.toml --set share.method=none --out out/alone',
        ),
    )
    .action(run(() => import('./handler.ts')))
