/** Losses from logits beside PyTorch, calibration error beside netcal (double precision) and torchmetrics (single). */
import { beforeAll, expect, it } from 'vitest'
import { CALIBRATION_BINS, expectedCalibrationError } from '../../src/domain/measures/calibration'
import { crossEntropyToLabels, crossEntropyToPeople } from '../../src/domain/measures/crossEntropy'
import { softmaxRows } from '../../src/engine/evaluation/predict'
import { askPeer, describeWithPeers, largestDifference } from './peers'
import { drawPredictions, rows } from './predictions'

interface Answer {
  version: string
  softmax: number[][]
  crossEntropyToPeople: number
  crossEntropyToLabels: number
  netcal: number
  torchmetrics: number
}

describeWithPeers('torch', 'PyTorch, netcal and torchmetrics', () => {
  const drawn = drawPredictions(2, 2000, 10)
  // The program's logits have single precision: both sides begin with the same numbers.
  const logits = Float32Array.from(drawn.logits)
  const values = softmaxRows(logits, drawn.classes)
  let theirs: Answer
  beforeAll(() => {
    theirs = askPeer<Answer>('torch', 'losses.py', {
      logits: rows(Float64Array.from(logits), drawn.classes),
      people: rows(drawn.people, drawn.classes),
      labels: Array.from(drawn.labels),
      bins: CALIBRATION_BINS,
    })
  })

  it('is the PyTorch of Debian 12', () => {
    expect(theirs.version).toMatch(/^1\.13/)
  })

  it('softmax', () => {
    // Computed in double precision, stored in single.
    expect(largestDifference(values, theirs.softmax.flat())).toBeLessThan(2 ** -24)
  })

  it('cross-entropy to people and to labels', () => {
    const exact = { ...drawn, values: Float64Array.from(theirs.softmax.flat()) }
    expect(crossEntropyToPeople(exact)).toBeCloseTo(theirs.crossEntropyToPeople, 12)
    expect(crossEntropyToLabels(exact)).toBeCloseTo(theirs.crossEntropyToLabels, 12)
    expect(crossEntropyToPeople({ ...drawn, values })).toBeCloseTo(theirs.crossEntropyToPeople, 6)
    expect(crossEntropyToLabels({ ...drawn, values })).toBeCloseTo(theirs.crossEntropyToLabels, 6)
  })

  it('expected calibration error', () => {
    const exact = { ...drawn, values: Float64Array.from(theirs.softmax.flat()) }
    expect(theirs.netcal).toBeGreaterThan(0.02)
    expect(expectedCalibrationError(exact)).toBeCloseTo(theirs.netcal, 12)
    expect(expectedCalibrationError(exact)).toBeCloseTo(theirs.torchmetrics, 6)
  })
})
