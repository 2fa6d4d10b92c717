/**
 * The measures on CIFAR-10H against NumPy, which computed them by other roads (total variation, sorted scores, grouped
 * cumulative risks) from the published counts; and the ceilings of its people.
 */
import { describe, expect, it } from 'vitest'
import { splitHalfCeiling } from '../../../src/domain/measures/ceiling'
import { entropyFloor } from '../../../src/domain/measures/entropyFloor'
import { measures } from '../../../src/domain/measures/measures'
import { blurred, byCategory, cifar10h, nothing } from './cifar10h'

/** Null: absent. */
const NUMPY: Record<string, Record<string, number | null>> = {
  people: {
    confidenceWhenRight: 0.9574118876306867,
    confidenceWhenWrong: 0.5808831773583015,
    accuracy: 0.9921,
    accuracyToPeople: 0.99985,
    overlapWithPeople: 1.0,
    distributionPearson: 1.0,
    generalisedEnergyDistance: 0.0,
    areaUnderRiskCoverage: 0.0003717749855851868,
    excessAreaUnderRiskCoverage: 0.00034009249950692384,
    areaUnderRiskCoverageToPeople: 0.006680227285969973,
    conformalCoverage: 0.902,
    conformalPeopleCovered: 0.8835994654072314,
    conformalSetSize: 0.9024,
  },
  category: {
    confidenceWhenRight: 0.9523460386492753,
    confidenceWhenWrong: null,
    accuracy: 1.0,
    accuracyToPeople: 0.99215,
    overlapWithPeople: 0.9370663045576135,
    distributionPearson: 0.9904857765093958,
    generalisedEnergyDistance: 0.016629201152607177,
    areaUnderRiskCoverage: 0.0,
    excessAreaUnderRiskCoverage: 0.0,
    areaUnderRiskCoverageToPeople: 0.03075833359577008,
    conformalCoverage: 0.9499,
    conformalPeopleCovered: 0.9073116817610051,
    conformalSetSize: 0.9499,
  },
  labels: {
    confidenceWhenRight: 1.0,
    confidenceWhenWrong: null,
    accuracy: 1.0,
    accuracyToPeople: 0.99215,
    overlapWithPeople: 0.9523460386492749,
    distributionPearson: 0.9899500382655154,
    generalisedEnergyDistance: 0.020335908543328726,
    areaUnderRiskCoverage: 0.0,
    excessAreaUnderRiskCoverage: 0.0,
    areaUnderRiskCoverageToPeople: 0.047653961350723105,
    conformalCoverage: 1.0,
    conformalPeopleCovered: 0.9523460386492748,
    conformalSetSize: 1.0,
  },
  uniform: {
    confidenceWhenRight: 0.10000000000000002,
    confidenceWhenWrong: 0.09999999999999998,
    accuracy: 0.1,
    accuracyToPeople: 0.09999999999999999,
    overlapWithPeople: 0.1350932944547345,
    distributionPearson: null,
    generalisedEnergyDistance: 0.8250279858418788,
    areaUnderRiskCoverage: 0.8999999999999684,
    excessAreaUnderRiskCoverage: 0.23021351754937203,
    areaUnderRiskCoverageToPeople: 0.9025228847474233,
    conformalCoverage: 1.0,
    conformalPeopleCovered: 1.0,
    conformalSetSize: 10.0,
  },
  mixture: {
    confidenceWhenRight: 0.6160852134011374,
    confidenceWhenWrong: 0.40414550738079247,
    accuracy: 0.9866,
    accuracyToPeople: 0.99215,
    overlapWithPeople: 0.6491692985988853,
    distributionPearson: 0.8936273353418938,
    generalisedEnergyDistance: 0.20631212776562466,
    areaUnderRiskCoverage: 0.002456016923439952,
    excessAreaUnderRiskCoverage: 0.002365163219978639,
    areaUnderRiskCoverageToPeople: 0.016001042655805115,
    conformalCoverage: 0.9014,
    conformalPeopleCovered: 0.8825300308930587,
    conformalSetSize: 0.9031,
  },
}

const published = cifar10h()

describe.skipIf(!published)('CIFAR-10H', () => {
  const { counts, people, labels } = published ?? nothing
  const predictions: Record<string, () => Float64Array> = {
    people: () => people,
    category: () => byCategory(people, labels),
    labels: () => people.map((_, i) => (labels[Math.floor(i / 10)] === i % 10 ? 1 : 0)),
    uniform: () => people.map(() => 0.1),
    mixture: () => blurred(people),
  }

  it.each(Object.keys(NUMPY))('predicted by %s measures as NumPy says', (name) => {
    const found = measures(predictions[name]?.() ?? people, labels, people, 10)
    for (const [measure, value] of Object.entries(NUMPY[name] ?? {})) {
      if (value === null) expect(found).not.toHaveProperty(measure)
      else expect(found[measure], measure).toBeCloseTo(value, 10)
    }
  })

  it('has an entropy floor, and a higher one for few judgments', () => {
    const floor = entropyFloor(counts, 10)
    expect(floor?.plugIn).toBeCloseTo(0.1544595843662632, 12)
    expect(floor?.millerMadow).toBeCloseTo(0.16366519087941903, 12)
  })

  it('has the split-half ceilings that NumPy draws', () => {
    // Mean of 60 splits by NumPy's multivariate_hypergeometric; one split strays by 0.0027, 0.0002, 0.0004, 0.0031.
    const found = splitHalfCeiling(counts, 10, { splits: 4 })
    expect(found.images).toBe(10_000)
    expect(Math.abs(found.crossEntropy - 0.53072)).toBeLessThan(0.006)
    expect(Math.abs(found.crossEntropySmoothed - 0.31737)).toBeLessThan(0.0005)
    expect(Math.abs(found.accuracyToPeople - 0.99399)).toBeLessThan(0.001)
    expect(Math.abs((found.secondBestAccuracy ?? NaN) - 0.40026)).toBeLessThan(0.007)
  })
})
