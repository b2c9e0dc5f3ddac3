/**
 * The official files of the data sets that have some. Lengths and SHA-256 of MNIST, MovieLens and tinyshakespeare are
 * those that TensorFlow Datasets publishes (url_checksums); tinyshakespeare's and Adult's were computed from copies;
 * CIFAR-10's is the one on which many public repositories agree.
 */
export interface OfficialFile {
  /** The same file on several servers, tried in order. */
  readonly urls: readonly string[]
  readonly bytes: number
  readonly sha256: string
  /** How it is kept: as it comes under `name`, or unpacked, each member as the last part of its path. */
  readonly keep:
    | { readonly kind: 'file'; readonly name: string }
    | { readonly kind: 'tar.gz' | 'zip'; readonly members: readonly string[] }
}

export interface Source {
  /** Folder below the place for data. */
  readonly folder: string
  readonly files: readonly OfficialFile[]
  /** Terms that its authors ask users to know. */
  readonly terms?: string
}

const MNIST_MIRRORS = [
  'https://storage.googleapis.com/cvdf-datasets/mnist/',
  'https://ossci-datasets.s3.amazonaws.com/mnist/',
]

function mnistFile(name: string, bytes: number, sha256: string): OfficialFile {
  return {
    urls: MNIST_MIRRORS.map((mirror) => mirror + name),
    bytes,
    sha256,
    keep: { kind: 'file', name },
  }
}

function adultFile(name: string, bytes: number, sha256: string): OfficialFile {
  const url = `https://archive.ics.uci.edu/ml/machine-learning-databases/adult/${name}`
  return { urls: [url], bytes, sha256, keep: { kind: 'file', name } }
}

const CIFAR_MEMBERS = [1, 2, 3, 4, 5].map((i) => `data_batch_${i}`).concat('test_batch')

export const SOURCES = {
  mnist: {
    folder: 'mnist',
    files: [
      mnistFile(
        'train-images-idx3-ubyte.gz',
        9912422,
        '440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609',
      ),
      mnistFile(
        'train-labels-idx1-ubyte.gz',
        28881,
        '3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c',
      ),
      mnistFile(
        't10k-images-idx3-ubyte.gz',
        1648877,
        '8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6',
      ),
      mnistFile(
        't10k-labels-idx1-ubyte.gz',
        4542,
        'f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6',
      ),
    ],
  },
  cifar10: {
    folder: 'cifar10',
    files: [
      {
        urls: ['https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz'],
        bytes: 170052171,
        sha256: 'c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd',
        keep: {
          kind: 'tar.gz',
          members: CIFAR_MEMBERS.map((name) => `cifar-10-batches-bin/${name}.bin`),
        },
      },
    ],
  },
  shakespeare: {
    folder: 'tinyshakespeare',
    files: [
      {
        urls: [
          'https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt',
        ],
        bytes: 1115394,
        sha256: '86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed',
        keep: { kind: 'file', name: 'input.txt' },
      },
    ],
  },
  adult: {
    folder: 'adult',
    files: [
      adultFile(
        'adult.data',
        3974305,
        '5b00264637dbfec36bdeaab5676b0b309ff9eb788d63554ca0a249491c86603d',
      ),
      adultFile(
        'adult.test',
        2003153,
        'a2a9044bc167a35b2361efbabec64e89d69ce82d9790d2980119aac5fd7e9c05',
      ),
    ],
  },
  movielens: {
    folder: 'movielens',
    terms: 'MovieLens is for research; see its README for the terms and the paper to cite.',
    files: [
      {
        urls: ['https://files.grouplens.org/datasets/movielens/ml-latest-small.zip'],
        bytes: 978202,
        sha256: '696d65a3dfceac7c45750ad32df2c259311949efec81f0f144fdfb91ebc9e436',
        keep: {
          kind: 'zip',
          members: ['ml-latest-small/ratings.csv', 'ml-latest-small/README.txt'],
        },
      },
    ],
  },
} satisfies Record<string, Source>

/** Whether `starling data pull` knows the data set. */
export function isPullable(name: string): name is keyof typeof SOURCES {
  return Object.hasOwn(SOURCES, name)
}
