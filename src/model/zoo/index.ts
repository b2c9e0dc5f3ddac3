import { charLstm } from './char-lstm.ts'
import { femnistCnn } from './femnist-cnn.ts'
import { gnLenet } from './gn-lenet.ts'
import { matrixFactorisation } from './matrix-factorisation.ts'
import { mlp } from './mlp.ts'
import type { ZooModel } from './zoo-model.ts'

/** All models that are described as data. A new one is a file in this folder and a line here. */
export const zoo = {
  mlp,
  'gn-lenet': gnLenet,
  'femnist-cnn': femnistCnn,
  'char-lstm': charLstm,
  'matrix-factorisation': matrixFactorisation,
} satisfies Record<string, ZooModel>
