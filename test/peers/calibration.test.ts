/** Calibration and log loss beside scikit-learn in double precision; torch.test.ts has netcal and torchmetrics. */
import { expect, it } from 'vitest'
import { CALIBRATION_BINS, expectedCalibrationError } from '../../src/domain/measures/calibration'
import { crossEntropyToLabels } from '../../src/domain/measures/crossEntropy'
import { askPeer, describeWithPeers } from './peers'
import { drawPredictions, rows } from './predictions'

describeWithPeers('data', 'scikit-learn', () => {
  it('has the same calibration error and log loss of 3,000 images in 10 classes', () => {
    const drawn = drawPredictions(1, 3000, 10)
    const theirs = askPeer<{ calibrationError: number; logLoss: number }>('data', 'calibration.py', {
      values: rows(drawn.values, drawn.classes),
      labels: Array.from(drawn.labels),
      bins: CALIBRATION_BINS,
    })
    expect(theirs.calibrationError).toBeGreaterThan(0.02)
    expect(expectedCalibrationError(drawn)).toBeCloseTo(theirs.calibrationError, 12)
    expect(crossEntropyToLabels(drawn)).toBeCloseTo(theirs.logLoss, 12)
  })
})
