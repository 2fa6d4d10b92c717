/**
 * Finished runs as an experiment leaves them, with the shape of real ones; values drawn from a small seeded generator.
 */
import type { AttackConfig, AttackResult } from '../../../src/domain/attacks/config'
import type { ImageSetInfo, LabelSetInfo } from '../../../src/domain/labels/sets'
import type { MetricPoint, RunInfo } from '../../../src/domain/runs/info'
import type { RunConfig } from '../../../src/domain/runs/config'
import { CIFAR10_CLASSES } from '../../../src/domain/labels/sets'
import { runKey } from '../../../src/domain/runs/runKey'
import { planPreset, type PresetData } from '../../../src/domain/runs/presets'

/** Uniform on [0, 1): enough for a fixture. */
export function generator(seed: number): () => number {
  let state = seed * 2654435761
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const time = (minute: number) => new Date(Date.UTC(2026, 0, 5, 9, minute)).toISOString()

function attackResult(attack: AttackConfig, soft: boolean, clean: number, noise: () => number): AttackResult {
  const strength = attack.epsilon / 4
  const keep = attack.attack === 'fgsm' ? Math.exp(-(soft ? 1.05 : 1.35) * strength) : soft ? 0.12 : 0.06
  const rise = (soft ? 2.6 : 5.2) * strength + 0.3 * noise()
  const steps = attack.attack === 'fgsm' ? 1 : attack.steps
  return {
    ...attack,
    accuracy: clean * keep,
    crossEntropyToLabels: 0.7 + rise,
    crossEntropyToPeople: 0.8 + 0.9 * rise,
    trust: {
      cleanAccuracy: clean,
      accuracyAtZero: clean,
      maximumPerturbation: attack.epsilon,
      zeroGradientShare: soft ? 0 : 0.004,
      randomNoiseAccuracy: clean - 0.01 * strength,
      lossByStep: Array.from({ length: steps + 1 }, (_, i) => 0.7 + rise * Math.sqrt(i / steps)),
    },
  }
}

export function finished(config: RunConfig, id: number): RunInfo {
  const noise = generator(1 + 97 * id)
  const soft = config.target === 'soft'
  // What folds share is in the fold, so that differences within pairs vary less than folds do.
  const level = generator(7 + config.fold)() - 0.5
  const accuracy = 0.765 + 0.03 * level + (soft ? 0.009 : 0) + 0.006 * (noise() - 0.5)
  const heldOut = config.testImages ?? 1000
  return {
    id,
    key: runKey(config),
    experiment: 1,
    config,
    state: 'done',
    progress: null,
    error: null,
    device: 'CPU, 2 threads (ONNX Runtime 1.30)',
    engine: 'onnxruntime-node 1.30.0',
    result: {
      heldOut,
      measures: {
        accuracy,
        crossEntropyToPeople: (soft ? 0.72 : 0.86) - 0.08 * level + 0.03 * (noise() - 0.5),
        crossEntropyToLabels: (soft ? 0.66 : 0.7) - 0.08 * level + 0.05 * (noise() - 0.5),
        secondBestAccuracy: (soft ? 0.345 : 0.295) + 0.02 * (noise() - 0.5),
        secondBestAccuracyReleased: (soft ? 0.26 : 0.22) + 0.02 * (noise() - 0.5),
        secondBestImages: 561,
        meanEntropy: soft ? 0.64 : 0.45,
        meanHumanEntropy: 0.1545,
        expectedCalibrationError: (soft ? 0.03 : 0.06) + 0.01 * noise(),
        expectedCalibrationErrorToPeople: (soft ? 0.02 : 0.05) + 0.01 * noise(),
        entropyPearson: soft ? 0.42 : 0.33,
      },
      attacks: config.attacks.map((attack) => attackResult(attack, soft, accuracy, noise)),
    },
    createdAt: time(id),
    startedAt: time(id),
    finishedAt: time(id + 3),
  }
}

export function curve(run: RunInfo): MetricPoint[] {
  const { epochs, trainImages, batch, target } = run.config
  const stepsPerEpoch = Math.floor((trainImages ?? 9000) / batch)
  const noise = generator(run.id)
  return Array.from({ length: epochs * 10 }, (_, i): MetricPoint => {
    const at = (i + 1) / (epochs * 10)
    const ended = (i + 1) % 10 === 0
    const fall = Math.exp(-3 * at)
    return {
      step: Math.round((i + 1) * (stepsPerEpoch / 10)),
      epoch: Math.floor(i / 10) + 1,
      loss: (target === 'soft' ? 0.55 : 0.42) + 1.7 * fall + 0.08 * (noise() - 0.5),
      accuracy: 0.8 - 0.62 * fall + 0.02 * (noise() - 0.5),
      learningRate: at < 0.5 ? 0.1 : at < 0.75 ? 0.01 : 0.001,
      imagesPerSecond: 700 + 60 * (noise() - 0.5),
      ...(ended && {
        heldOutAccuracy: 0.77 - 0.6 * fall + 0.04 * (noise() - 0.5),
        heldOutCrossEntropyToPeople: (target === 'soft' ? 0.72 : 0.84) + 1.4 * fall + 0.1 * (noise() - 0.5),
        heldOutCrossEntropyToLabels: 0.66 + 1.4 * fall + 0.1 * (noise() - 0.5),
      }),
    }
  })
}

export const CIFAR10_TEST: PresetData = {
  imageSet: 'cifar10-test',
  labelSet: 'cifar10h-counts',
  images: 10_000,
  classes: 10,
  pretraining: null,
  further: [],
  aggregated: [],
}

export const quickRuns = (): RunInfo[] =>
  planPreset('quick', CIFAR10_TEST, 'cpu').map((config, i) => finished(config, i + 1))

export const IMAGE_SET: ImageSetInfo = {
  id: 1,
  name: 'cifar10-test',
  count: 10_000,
  height: 32,
  width: 32,
  channels: 3,
  classes: [...CIFAR10_CLASSES],
  digest: '1f0e2d3c4b5a69788796a5b4c3d2e1f00112233445566778899aabbccddeeff0',
  source: 'cifar-10-binary.tar.gz',
  licence: null,
  citation: 'Krizhevsky: Learning multiple layers of features from tiny images. 2009.',
  createdAt: time(0),
}

export const LABEL_SET: LabelSetInfo = {
  id: 1,
  name: 'cifar10h-counts',
  imageSet: 'cifar10-test',
  format: 'cifar10h-counts',
  images: 10_000,
  judgments: 511_000,
  annotators: null,
  excluded: null,
  digest: 'a0b1c2d3e4f5061728394a5b6c7d8e9f00112233445566778899aabbccddeeff',
  source: 'cifar10h-counts.npy',
  licence: 'CC BY-NC-SA 4.0',
  citation: 'Peterson et al.: Human uncertainty makes classification more robust. ICCV 2019.',
  report: ['511,000 judgments; the paper says 511,400.'],
  createdAt: time(0),
}

/** (n, 10): most rows almost certain, some spread over two or three classes. */
export function humanDistributions(n: number, seed = 1): Float64Array {
  const noise = generator(seed)
  const rows = new Float64Array(n * 10)
  for (let i = 0; i < n; i++) {
    const label = i % 10
    const unsure = noise() < 0.44 ? 0 : 0.6 * noise() ** 4
    rows[i * 10 + label] = 1 - unsure
    rows[i * 10 + ((label + 3) % 10)] = 0.7 * unsure
    rows[i * 10 + ((label + 5) % 10)] = 0.3 * unsure
  }
  return rows
}
