import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type RunReportData, renderReport } from '../../src/reporting/index.ts'
import { createTopology, type TopologyOptions } from '../../src/topology/index.ts'
import { curvePoint, runResult } from './runs.ts'
import { checkMarkup } from './well-formed.ts'

function topology(options: TopologyOptions, nodes: number): RunReportData['topology'] & object {
  const { name, dynamic, graph } = createTopology(options, { nodes, seed: 1 })
  return { name, dynamic, graph: graph(0), spectralGap: 0.125 }
}

describe('one run', () => {
  const data: RunReportData = {
    result: runResult(),
    topology: topology({ kind: 'regular', degree: 4 }, 8),
    jobText: 'version = 1 # <&>',
  }
  const html = renderReport([data])

  test('is a well-formed page that needs nothing from elsewhere', () => {
    const elements = checkMarkup(html)
    expect(elements.has('script')).toBe(false)
    expect(html).not.toMatch(/(src|href)=|https?:|@import|url\((?!#)/)
    expect(html).toContain('prefers-color-scheme:dark')
  })

  test('shows accuracy against rounds, bytes and time, loss and consensus distance', () => {
    const captions = Array.from(html.matchAll(/<figcaption>([^<]*)/g), ([, caption]) => caption)
    expect(captions).toEqual([
      'Accuracy by round',
      'Accuracy by bytes',
      'Accuracy by time',
      'Loss by round',
      'Consensus distance by round',
      'regular, spectral gap 0.125',
    ])
    expect(html).toContain('sent by a node (MB)')
    expect(html).toContain('time (s)')
  })

  test('draws a line with a band and a point to hover for every evaluation', () => {
    const chart = /<figure>[\s\S]*?<\/figure>/.exec(html)![0]
    expect(chart.match(/class="band"/g)).toHaveLength(1)
    expect(chart.match(/class="target"/g)).toHaveLength(4)
    expect(chart).toContain('accuracy 72.1 %, nodes from 67.1 % to 77.1 %')
  })

  test('draws each node and each edge of the topology once', () => {
    const figure = html.slice(html.indexOf('regular, spectral'))
    expect(figure.match(/<g class="node">/g)).toHaveLength(8)
    expect(/class="edge" d="([^"]*)"/.exec(figure)![1]!.match(/M/g)).toHaveLength(16)
  })

  test('lists key figures and the job file', () => {
    for (const text of ['72.2 %', '154 kB', '9,610 parameters', '0.125', '24.3 s', '312 MB']) {
      expect(html).toContain(text)
    }
    expect(html).toContain('version = 1 # &#60;&#38;&#62;')
  })

  test('needs no legend', () => {
    expect(html).not.toContain('<ul class="legend">')
  })
})

describe('several runs', () => {
  const alone = runResult({
    share: 'none',
    curve: [0, 10].map((round) => curvePoint(round, { bytes: 0, consensusDistance: null })),
  })
  const ring = topology({ kind: 'ring' }, 8)
  const html = renderReport([
    { result: runResult(), topology: ring },
    { result: alone, topology: ring },
    { result: runResult(), label: '<b>third</b>' },
  ])

  test('are told apart by label and colour', () => {
    checkMarkup(html)
    const legend = /<ul class="legend">[\s\S]*?<\/ul>/.exec(html)![0]
    expect(legend.replace(/<[^>]*>/g, '|')).toMatch(/demo, full.*demo, none.*&#60;b&#62;third/)
    for (const colour of [0, 1, 2]) expect(html).toContain(`class="series c${colour}"`)
  })

  test('share one drawing where they share the topology', () => {
    expect(html.match(/<figcaption>demo, full, demo, none: ring/g)).toHaveLength(1)
  })

  test('draw a run that sends nothing as a level against bytes', () => {
    expect(html.match(/class="line level"/g)).toHaveLength(1)
    expect(html).toContain('a run that sends nothing')
  })

  test('have a column each', () => {
    const head = /<thead>[\s\S]*?<\/thead>/.exec(html)![0]
    expect(head.match(/<th>/g)).toHaveLength(4)
  })

  test('get numbers where nothing else tells them apart', () => {
    const same = renderReport([{ result: runResult() }, { result: runResult() }])
    expect(same).toContain('demo, full (1)')
    expect(same).toContain('demo, full (2)')
  })
})

test('a run without evaluations has a page too', () => {
  const final = { accuracy: null, loss: null, nodes: 0 }
  const html = renderReport([
    {
      result: runResult({
        curve: [],
        final,
        consensusDistance: null,
        wallSeconds: null,
        nodeRoundsPerSecond: null,
        peakRssBytes: null,
        parametersSha256: null,
      }),
    },
  ])
  checkMarkup(html)
  expect(html).not.toMatch(/null|node-rounds/i)
  expect(html).toContain('No evaluation has been made yet')
})

test.each<[TopologyOptions, number, RegExp]>([
  [{ kind: 'el-local', degree: 2 }, 12, /class="edge arrow"><path/],
  [{ kind: 'star' }, 64, /<g class="node"><circle/],
  [{ kind: 'star' }, 65, /64 nodes hear 1 others/],
  [{ kind: 'erdos-renyi', p: 0.05 }, 300, /<rect/],
  [{ kind: 'ring' }, 1, /sends to nobody/],
])('topology %j of %i nodes', (options, nodes, expected) => {
  const html = renderReport([{ result: runResult(), topology: topology(options, nodes) }])
  checkMarkup(html)
  expect(html).toMatch(expected)
})

test('whatever the numbers, no coordinate is broken', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true })
  const size = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e15, noNaN: true }))
  const point = fc.record({
    round: fc.nat(10_000),
    accuracy: share,
    accuracyMin: share,
    accuracyMax: share,
    loss: size,
    trainLoss: fc.option(size),
    bytes: size,
    seconds: size,
    consensusDistance: fc.option(size),
  })
  fc.assert(
    fc.property(fc.array(point, { maxLength: 6 }), fc.string(), (curve, label) => {
      const html = renderReport([{ result: runResult({ curve }), label }])
      checkMarkup(html)
      for (const [, , value] of html.matchAll(/ (d|cx|cy|x|y|width|height)="([^"]*)"/g)) {
        expect(value).not.toMatch(/NaN|Infinity|undefined/)
      }
    }),
    { numRuns: 60 },
  )
})
