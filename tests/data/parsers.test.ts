import { encode as encodePng } from 'fast-png'
import { encode as encodeJpeg } from 'jpeg-js'
import { describe, expect, test } from 'vitest'
import { build, cifarRecord, idx, mnistFiles, text } from './support.ts'

describe('mnist', () => {
  const files = { ...mnistFiles(12, 'train'), ...mnistFiles(3, 'test') }

  test('images, labels and the usual normalisation', () => {
    const { train, test: held, input, output } = build({ name: 'mnist' }, files)
    expect([input.shape, output]).toEqual([[28, 28, 1], { kind: 'classes', count: 10 }])
    expect([train.count, held.count]).toEqual([12, 3])
    expect(train.inputs[5 * 784]).toBe(5)
    expect([...train.labels]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1])
    const { scale, offset } = train.affine!
    expect(255 * scale + offset).toBeCloseTo((1 - 0.1307) / 0.3081, 6)
  })

  test('limits take the first examples', () => {
    const { train, test: held } = build({ name: 'mnist', train: 4, test: 1 }, files)
    expect([train.count, train.inputs.length, train.labels.length]).toEqual([4, 4 * 784, 4])
    expect(held.count).toBe(1)
  })

  test('without test files, a fifth is held out', () => {
    const { train, test: held } = build({ name: 'mnist' }, mnistFiles(10, 'train'))
    expect([train.count, held.count]).toEqual([8, 2])
    const all = [...train.inputs, ...held.inputs].filter((_, i) => i % 784 === 0)
    expect(all.sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  test.each([
    ['a short header', { 'train-images': Uint8Array.of(0, 0, 8) }, /train-images: it has 3 bytes/],
    ['another magic number', { 'train-labels': idx([1, 1, 1], [0]) }, /starts with 2051 and not/],
    [
      'missing pixels',
      { 'train-images': idx([12, 28, 28], [1, 2]) },
      /announces 12 × 28 × 28 .* 2\b/,
    ],
    ['huge counts', { 'train-images': idx([2 ** 32 - 1, 28, 28], [1]) }, /announces 4294967295/],
    ['other sizes', { 'train-images': idx([1, 2, 2], [0, 0, 0, 0]) }, /2 × 2 and not 28 × 28/],
    ['other counts', { 'train-labels': idx([2], [0, 1]) }, /2 labels for the 12 images/],
    ['a wrong label', { 'train-labels': idx([12], Array(12).fill(10)) }, /label 0 is 10/],
  ])('%s is an error that names the file', (_, broken, message) => {
    expect(() => build({ name: 'mnist' }, { ...files, ...broken })).toThrow(message)
  })
})

describe('cifar10', () => {
  const pixel = (channel: number, row: number, column: number) => 60 * channel + row + column
  const files = {
    data_batch_1: Uint8Array.from([...cifarRecord(3, pixel), ...cifarRecord(9, () => 1)]),
    data_batch_4: cifarRecord(0, () => 2),
    test_batch: cifarRecord(5, pixel),
  }

  test('planes become pixels, batches follow each other', () => {
    const { train, test: held, notes } = build({ name: 'cifar10' }, files)
    expect([train.count, held.count]).toEqual([3, 1])
    expect([...train.labels]).toEqual([3, 9, 0])
    const at = (row: number, column: number, channel: number) =>
      train.inputs[(row * 32 + column) * 3 + channel]
    expect([at(0, 0, 2), at(7, 3, 1), at(31, 31, 0)]).toEqual([120, 70, 62])
    expect(train.inputs.at(-1)).toBe(2)
    expect(notes).toEqual([expect.stringMatching(/^data_batch_2, data_batch_3, data_batch_5 not/)])
  })

  test.each([
    ['cut off', files.data_batch_1.subarray(0, 4000), /4000 bytes are not a whole number/],
    ['empty', new Uint8Array(0), /0 bytes/],
    ['of another set', cifarRecord(77, pixel), /record 0 has label 77/],
  ])('a batch that is %s is an error that names it', (_, bytes, message) => {
    expect(() => build({ name: 'cifar10' }, { ...files, data_batch_1: bytes })).toThrow(message)
  })
})

describe('shakespeare', () => {
  const play = `Prologue without a speaker.

ANNA:
abcdefghij
klm

BEN:
0123456789

ANNA:
nopqrstuvw
`
  const options = { name: 'shakespeare', window: 4, stride: 3, testShare: 0.4 }

  test('windows stay within a role and within its first or last part', () => {
    const { train, test: held, vocabulary } = build(options, { text: text(play) })
    expect(vocabulary).toEqual([92])
    const written = (examples: typeof train) =>
      Array.from({ length: examples.count }, (_, i) => [
        examples.clients![i],
        letters(examples.inputs.subarray(4 * i, 4 * i + 4)),
        letters([examples.labels[i]!]),
      ])
    // Anna's 26 characters are cut at 15, Ben's 10 at 6.
    expect(written(train)).toEqual([
      [0, 'abcd', 'e'],
      [0, 'defg', 'h'],
      [0, 'ghij', '\n'],
      [0, 'j\nkl', 'm'],
      [1, '0123', '4'],
    ])
    expect(written(held).at(0)).toEqual([0, 'nopq', 'r'])
  })

  test('Windows line endings change nothing; unknown characters are symbol 0', () => {
    const windows = build(options, { text: text(play.replaceAll('\n', '\r\n')) })
    expect(windows.train).toEqual(build(options, { text: text(play) }).train)
    const { train } = build(options, { text: text('A:\n☃~\\bcdefghijklmnop') })
    expect([...train.inputs.subarray(0, 3)]).toEqual([0, 0, 0])
  })

  test('a text without speeches says what is expected', () => {
    expect(() => build(options, { text: text('just prose') })).toThrow(/no speaking role/)
  })

  test('windows beyond a gibibyte are refused before they are made', () => {
    const long = text(`A:\n${'x'.repeat(700_000)}`)
    const greedy = { name: 'shakespeare', window: 4096, stride: 1 }
    expect(() => build(greedy, { text: long })).toThrow('Use a larger "stride"')
  })
})

/** Characters of symbols, by the alphabet's description: 1 is the line break, then printable ASCII but five. */
function letters(symbols: ArrayLike<number>): string {
  const ascii = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i))
  const alphabet = ['?', '\n', ...ascii.filter((character) => !'\\^|~`'.includes(character))]
  return Array.from(symbols, (symbol) => alphabet[symbol]).join('')
}

describe('csv', () => {
  const table = `size,colour,"kind, exactly",who
1,red,a,u
3,"dark ""red""",b,v

?,red,a,u
5, blue ,b,w
`
  const options = {
    name: 'csv',
    file: 'x.csv',
    label: 'kind, exactly',
    client: 'who',
    testFile: 'y.csv',
  }

  test('numbers are standardised, categories one-hot, missing fields zero', () => {
    const {
      train,
      test: held,
      input,
    } = build(options, {
      train: text(table),
      test: text('who,kind, size,colour\nz,b,9,green\n'.replace('kind,', '"kind, exactly",')),
    })
    // colour: blue, dark "red", red; then size with mean 3 and deviation √(8/3).
    expect(input.shape).toEqual([4])
    const unit = Math.fround(2 / Math.sqrt(8 / 3))
    expect([...train.inputs]).toEqual([
      ...[0, 0, 1, -unit],
      ...[0, 1, 0, 0],
      ...[0, 0, 1, 0],
      ...[1, 0, 0, unit],
    ])
    expect([...train.labels]).toEqual([0, 1, 0, 1])
    expect([...train.clients!]).toEqual([0, 1, 0, 2])
    // A colour that training did not have, and the statistics of the training file.
    expect([...held.inputs]).toEqual([0, 0, 0, Math.fround(6 / Math.sqrt(8 / 3))])
    expect(held.labels[0]).toBe(1)
  })

  test('declared columns and classes fix the encoding', () => {
    const { train, output } = build(
      {
        name: 'csv',
        file: 'x.csv',
        label: 'kind, exactly',
        classes: ['b', 'c', 'a'],
        columns: { size: { mean: 1, deviation: 2 }, colour: ['red', 'green'], who: 'ignore' },
        testShare: 0.25,
      },
      { train: text(table) },
    )
    expect(output).toEqual({ kind: 'classes', count: 3 })
    expect(train.inputShape).toEqual([3])
    expect(train.count).toBe(3)
  })

  test('`positive` makes two classes', () => {
    const { train, test: held } = build(
      {
        name: 'csv',
        file: 'x.csv',
        label: 'colour',
        positive: ['red', 'blue'],
        columns: { who: 'ignore' },
      },
      { train: text(table) },
    )
    const labels = [...train.labels, ...held.labels]
    expect(labels.sort()).toEqual([0, 1, 1, 1])
  })

  test.each([
    ['', {}, /it has no rows/],
    ['a,b\n', {}, /it has no rows/],
    ['a,b\n1,2\n3\n', {}, /data row 2 has 1 fields instead of 2/],
    ['a,a\n1,2\n', {}, /two columns are called "a"/],
    ['a,b\n1,2\n3,4\n', { label: 'c' }, /no column "c" \(its columns: a, b\)/],
    ['a,b\n"1,2\n', {}, /never closed/],
    ['a,b\n"1"x,2\n', {}, /followed by "x"/],
    ['a,b\n1,2\n3,2\n', { label: 'b' }, /label "b" has 1 different/],
    ['a,b\n1,x\n2,y\n', { columns: { a: 'ignore' } }, /no column is left/],
    ['a,b\n1,x\nz,y\n', { columns: { a: 'number' } }, /holds "z", which is no number/],
    ['a,b\n1,x\n2,y\n', { classes: ['x', 'z'] }, /data row 2 has the label "y"/],
  ])('%j is refused with a reason', (content, more, message) => {
    const asked = { name: 'csv', file: 'x.csv', label: 'b', ...more }
    expect(() => build(asked, { train: text(content) })).toThrow(message)
  })

  test('bytes that are no UTF-8, and a column of names, are refused', () => {
    const asked = { name: 'csv', file: 'x.csv', label: 'b' }
    expect(() => build(asked, { train: Uint8Array.of(0x61, 0xff, 0xfe) })).toThrow(/not UTF-8/)
    const names = Array.from({ length: 1001 }, (_, i) => `name${i},${i % 2}`).join('\n')
    expect(() => build(asked, { train: text(`a,b\n${names}`) })).toThrow(/"a" = "ignore"/)
  })
})

describe('adult', () => {
  const row =
    '39, State-gov, 77516, Bachelors, 13, Never-married, ?, Not-in-family, White, Male, 2174, 0, 40, United-States'
  const files = {
    train: text(`${row}, <=50K\n${row}, >50K\n`),
    test: text(`|1x3 Cross validator\n${row}, >50K.\n`),
  }

  test('105 inputs, labels with and without full stop, missing as zeros', () => {
    const { train, test: held } = build({ name: 'adult' }, files)
    expect(train.inputShape).toEqual([105])
    expect([...train.labels, ...held.labels]).toEqual([0, 1, 1])
    expect(held.inputs).toEqual(train.inputs.subarray(105))
    // Seven of the eight categories are known, and six numbers.
    expect([...held.inputs].filter((value) => value === 1)).toHaveLength(7)
    expect([...held.inputs].filter((value) => value !== 0)).toHaveLength(13)
  })

  test('a row of another length is an error', () => {
    const broken = { ...files, train: text('39, State-gov\n') }
    expect(() => build({ name: 'adult' }, broken)).toThrow('data row 1 has 2 fields instead of 15')
  })
})

describe('movielens', () => {
  const rows = (list: readonly (readonly number[])[]) =>
    text(`userId,movieId,rating,timestamp\n${list.map((row) => `${row},964982703`).join('\n')}\n`)
  const ratings = rows([
    ...[10, 20, 30, 40].map((movie) => [7, movie, 4.5]),
    ...[20, 90, 30, 40, 50].map((movie) => [3, movie, 1]),
  ])

  test('users and items are renumbered, each user is split, a client is a user', () => {
    const { train, test: held, vocabulary, output } = build({ name: 'movielens' }, { ratings })
    expect(vocabulary).toEqual([2, 6])
    expect(output).toEqual({ kind: 'rating', minimum: 0.5, maximum: 5 })
    // ⌊0.3 × 4⌋ and ⌊0.3 × 5⌋ ratings are held out.
    expect([train.count, held.count]).toEqual([7, 2])
    expect(new Set(held.clients)).toEqual(new Set([0, 1]))
    const triples = [train, held].flatMap((part) =>
      Array.from({ length: part.count }, (_, i) => [
        ...part.inputs.subarray(2 * i, 2 * i + 2),
        part.labels[i],
      ]),
    )
    expect(new Set(triples.map(String))).toEqual(
      new Set([
        '0,1,1',
        '0,5,1',
        '0,2,1',
        '0,3,1',
        '0,4,1',
        '1,0,4.5',
        '1,1,4.5',
        '1,2,4.5',
        '1,3,4.5',
      ]),
    )
    expect([...train.clients!]).toEqual([...train.inputs].filter((_, i) => i % 2 === 0))
  })

  test('with `users` and `items` the ids are used as they are', () => {
    const asked = { name: 'movielens', users: 610, items: 9724 }
    const { vocabulary, train } = build(asked, { ratings })
    expect(vocabulary).toEqual([610, 9724])
    expect(new Set(train.clients)).toEqual(new Set([2, 6]))
    expect(() => build({ ...asked, items: 50 }, { ratings })).toThrow('names item 90')
  })

  test.each([
    [text('user,movie\n1,2\n'), /no column "userId"/],
    [rows([[1, 2, 9]]), /row 2 is user "1", movie "2", rating "9"/],
    [rows([[1.5, 2, 3]]), /Ids are positive integers/],
    [rows([[1, 2, 3]]), /no user has two ratings/],
  ])('a wrong table is refused (%#)', (broken, message) => {
    expect(() => build({ name: 'movielens' }, { ratings: broken })).toThrow(message)
  })
})

describe('images', () => {
  const grey = (width: number, height: number, value: (x: number, y: number) => number) => {
    const data = Uint8Array.from({ length: width * height }, (_, i) =>
      value(i % width, Math.floor(i / width)),
    )
    return encodePng({ width, height, data, channels: 1, depth: 8 })
  }
  const options = { name: 'images', folder: 'pets', size: 4, channels: 1 }

  test('classes are sub-folders; area averaging', () => {
    const files = {
      'cat/1.png': grey(8, 8, (x) => (x % 2) * 100),
      'cat/2.png': grey(4, 4, (x, y) => 10 * y + x),
      'dog/1.png': grey(6, 6, () => 7),
      'dog/2.png': grey(2, 2, (x, y) => 100 * x + y),
    }
    const { train, test: held, output } = build({ ...options, testShare: 0.25 }, files)
    expect(output).toEqual({ kind: 'classes', count: 2 })
    const pictures = [train, held].flatMap((part) =>
      Array.from({ length: part.count }, (_, i) =>
        [part.labels[i], ...part.inputs.subarray(16 * i, 16 * i + 16)].join(),
      ),
    )
    expect(new Set(pictures)).toEqual(
      new Set([
        [0, ...Array(16).fill(50)].join(),
        [0, 0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23, 30, 31, 32, 33].join(),
        [1, ...Array(16).fill(7)].join(),
        [
          1,
          ...[0, 0, 100, 100],
          ...[0, 0, 100, 100],
          ...[1, 1, 101, 101],
          ...[1, 1, 101, 101],
        ].join(),
      ]),
    )
  })

  test('JPEG, colour, palettes, 1-bit and 16-bit PNG become the same kind of array', () => {
    const red = (width: number) =>
      Uint8Array.from({ length: width * 4 * 4 }, (_, i) => (i % 4 === 0 || i % 4 === 3 ? 255 : 0))
    const files = {
      'a/jpeg.jpg': Uint8Array.from(encodeJpeg({ width: 4, height: 4, data: red(4) }, 95).data),
      'a/rgba.png': encodePng({ width: 4, height: 4, data: red(4), channels: 4, depth: 8 }),
      'b/deep.png': encodePng({
        ...{ width: 4, height: 4, channels: 3, depth: 16 },
        data: Uint16Array.from({ length: 48 }, (_, i) => (i % 3 === 0 ? 65535 : 0)),
      }),
    }
    const { train, test: held } = build({ ...options, channels: 3, testShare: 0.3 }, files)
    for (const part of [train, held]) {
      part.inputs.forEach((value, i) => {
        expect(Math.abs(value - (i % 3 === 0 ? 255 : 0))).toBeLessThan(4)
      })
    }
  })

  test.each([
    [
      'neither format',
      { 'a/1.png': text('hello'), 'b/1.png': grey(4, 4, () => 0) },
      /neither a PNG/,
    ],
    ['one class', { 'a/1.png': grey(4, 4, () => 0) }, /1 sub-folder/],
    ['nothing', {}, /0 sub-folder/],
    [
      'a broken file',
      { 'a/1.png': grey(4, 4, () => 0).slice(0, 50), 'b/1.png': grey(4, 4, () => 0) },
      /a\/1.png: it cannot be decoded/,
    ],
  ])('%s is refused by name', (_, files, message) => {
    expect(() => build(options, files)).toThrow(message)
  })

  test('a header that announces billions of pixels is refused before decoding', () => {
    const bomb = grey(4, 4, () => 0)
    new DataView(bomb.buffer, bomb.byteOffset).setUint32(16, 2 ** 31)
    expect(() => build(options, { 'a/1.png': bomb, 'b/1.png': bomb })).toThrow(
      'more than 50 million',
    )
  })

  test('a folder outside `classes` is refused by name', () => {
    const files = { 'cat/1.png': grey(4, 4, () => 0), 'cow/1.png': grey(4, 4, () => 0) }
    expect(() => build({ ...options, classes: ['cat', 'dog'] }, files)).toThrow('folder "cow"')
  })
})
