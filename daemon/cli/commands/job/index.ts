import { Command } from 'commander'
import { collect, examples, run } from '../../command.ts'

export const job = () =>
  new Command('job')
    .description('Check a job file, or print the schema of job files.')
    .addCommand(
      new Command('schema')
        .description('Print the JSON Schema of job files, for editors and scripts.')
        .addHelpText('after', examples('starling job schema > job.schema.json'))
        .action(run(async () => ({ handle: (await import('./handler.ts')).schema }))),
    )
    .addCommand(
      new Command('check')
        .description('Check a job file and print it with all defaults filled in.')
        .argument('<job.toml>', 'the job file')
        .option('--set <key=value>', 'override a key of the job', collect)
        .addHelpText(
          'after',
          examples('starling job check job.toml', 'starling job check job.toml --json'),
        )
        .action(run(async () => ({ handle: (await import('./handler.ts')).check }))),
    )
