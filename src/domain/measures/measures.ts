/** Every measure of one set of predictions by name: the `metrics` command and the figures of a run. */

import { StudioError } from '../errors'
import { accuracy } from './accuracy'
import { accuracyToPeople, distributionPearson, overlapWithPeople } from './agreement'
import { expectedCalibrationError, expectedCalibrationErrorToPeople } from './calibration'
import { confidence } from './confidence'
import { conformal } from './conformal'
import { entropies, pearson, spearman } from './correlation'
import { crossEntropyToLabels, crossEntropyToPeople } from './crossEntropy'
import { brierToLabels, brierToPeople, jensenShannonToPeople, klToPeople } from './divergence'
import { generalisedEnergyDistance } from './energyDistance'
import { checkPredictions, type Predictions } from './predictions'
import { riskCoverage } from './riskCoverage'
import { secondBestAccuracy, secondBestAccuracyReleased } from './secondBest'
import { mean } from '../averages'

/** Measures of one set of predictions, by name; the names are those of `metrics --json`. */
export type Measures = Record<string, number>

/** What only people's distributions can tell; labels stand in for them in the others. */
export const OF_PEOPLE: ReadonlySet<string> = new Set([
  'accuracyToPeople',
  'crossEntropyToPeople',
  'secondBestAccuracy',
  'secondBestImages',
  'secondBestAccuracyReleased',
  'klToPeople',
  'jensenShannonToPeople',
  'brierToPeople',
  'generalisedEnergyDistance',
  'overlapWithPeople',
  'distributionPearson',
  'expectedCalibrationErrorToPeople',
  'areaUnderRiskCoverageToPeople',
  'conformalPeopleCovered',
  'meanHumanEntropy',
  'entropyPearson',
  'entropySpearman',
])

/** (n, classes); a label out of range leaves its row at 0, for the check of the rows to name. */
function oneHotRows(labels: Predictions['labels'], classes: number): Float32Array {
  const rows = new Float32Array(labels.length * classes)
  labels.forEach((label: number, row: number) => {
    if (label >= 0 && label < classes) rows[row * classes + label] = 1
  })
  return rows
}

/**
 * A measure that is not defined (a correlation with something constant, second-best accuracy where nobody had a
 * second choice, conformal sets of fewer than 20 images) is absent; all that are present are finite.
 *
 * @param values network distributions (n, classes)
 * @param labels publisher's labels (n)
 * @param people human distributions (n, classes); null where there are none, and then all measures of people are absent
 * @throws StudioError('bad-input') naming the row that is not a distribution, a label out of range or a wrong length
 */
export function measures(
  values: Predictions['values'],
  labels: Predictions['labels'],
  people: Predictions['people'] | null,
  classes: number,
): Measures {
  const predictions: Predictions = { values, labels, people: people ?? oneHotRows(labels, classes), classes }
  checkPredictions(predictions)
  const entropy = entropies(predictions)
  const second = secondBestAccuracy(predictions)
  const confident = confidence(predictions)
  const selective = riskCoverage(predictions)
  const sets = conformal(predictions)
  const found: Record<string, number | null> = {
    accuracy: accuracy(predictions),
    accuracyToPeople: accuracyToPeople(predictions),
    crossEntropyToPeople: crossEntropyToPeople(predictions),
    crossEntropyToLabels: crossEntropyToLabels(predictions),
    secondBestAccuracy: second.accuracy,
    secondBestImages: second.images,
    secondBestAccuracyReleased: secondBestAccuracyReleased(predictions),
    klToPeople: klToPeople(predictions),
    jensenShannonToPeople: jensenShannonToPeople(predictions),
    brierToPeople: brierToPeople(predictions),
    brierToLabels: brierToLabels(predictions),
    generalisedEnergyDistance: generalisedEnergyDistance(predictions),
    overlapWithPeople: overlapWithPeople(predictions),
    distributionPearson: distributionPearson(predictions),
    expectedCalibrationError: expectedCalibrationError(predictions),
    expectedCalibrationErrorToPeople: expectedCalibrationErrorToPeople(predictions),
    confidenceWhenRight: confident.right,
    confidenceWhenWrong: confident.wrong,
    areaUnderRiskCoverage: selective.area,
    excessAreaUnderRiskCoverage: selective.excess,
    areaUnderRiskCoverageToPeople: selective.areaToPeople,
    conformalCoverage: sets?.coverage ?? null,
    conformalPeopleCovered: sets?.peopleCovered ?? null,
    conformalSetSize: sets?.setSize ?? null,
    meanEntropy: mean(entropy.network),
    meanHumanEntropy: mean(entropy.people),
    entropyPearson: pearson(entropy.network, entropy.people),
    entropySpearman: spearman(entropy.network, entropy.people),
  }
  const result: Measures = {}
  for (const [name, value] of Object.entries(found)) {
    if (value === null || (people === null && OF_PEOPLE.has(name))) continue
    if (!Number.isFinite(value)) throw new StudioError('internal', `The measure ${name} came out as ${value}.`)
    result[name] = value
  }
  return result
}
