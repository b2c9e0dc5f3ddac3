import { Command } from 'commander'
import { examples, run } from '../../command.ts'
import { addOptions } from './options.ts'

export const compare = () =>
  addOptions(new Command('compare'))
    .description('Run one job in several ways by emulation, and print accuracy and bytes of each.')
    .argument('<job.toml>', 'the job file; see docs/job-file.md')
    .addHelpText(
      'after',
      '\nMethods of --share may be cut short (random) and may have options (choco:gamma=0.1). Without --share the\n' +
        "job's own variants are compared, [compare.variants] of the job file. What --out holds already is not run\n" +
        'again, so that a comparison that was interrupted goes on where it was. More in docs/compare.md.\n' +
        examples(
          'starling compare examples/jobs/frugal.toml --share full,random,top-k,choco,jwins --budget 34,20,10 --seeds 3',
          'starling compare job.toml --share jwins,jwins:wavelet=false,randomCutoff=false --budget 20 --out out/ablation',
          'starling compare job.toml --share jwins,choco:gamma=0.3,choco:gamma=0.6 --budget 20,10 --reference choco',
          'starling compare job.toml --vary topology.kind=ring,regular,full --seeds 90,91 --json',
        ),
    )
    .action(run(() => import('./handler.ts')))
