/** Small annotator-level tables in CIFAR-10H's raw format. */

export const RAW_HEADER =
  'annotator_id,trial_index,is_attn_check,true_category,chosen_category,true_label,chosen_label,correct_guess,cifar10_test_test_idx,image_filename,subcategory,reaction_time,time_elapsed'
const NAMES = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck']

export interface Row {
  annotator: string
  trial: number
  /** -99999 on checks. */
  image: number
  truth: number
  chosen: number
  ms?: number
  file?: string
}

/** One line of the file. */
export function rawLine({ annotator, trial, image, truth, chosen, ms = 1000, file }: Row): string {
  const check = image < 0 ? 1 : 0
  const name = file ?? (check ? 'check_1.png' : `test_${image}.png`)
  return [
    annotator,
    trial,
    check,
    NAMES[truth],
    NAMES[chosen],
    truth,
    chosen,
    truth === chosen ? 1 : 0,
    image,
    name,
    NAMES[truth],
    ms,
    (trial + 1) * 1000,
  ].join(',')
}

export const rawText = (rows: Row[], header = RAW_HEADER): string => `${[header, ...rows.map(rawLine)].join('\n')}\n`

/** Four people, four images: `good` (4/4 checks), `edge` (3/4, exactly 75%), `bad` (2/4), `unchecked` (none). */
export function fourPeople(): Row[] {
  const rows: Row[] = []
  const right: Record<string, number | null> = { good: 4, edge: 3, bad: 2, unchecked: null }
  for (const [annotator, checks] of Object.entries(right)) {
    let trial = 0
    for (let image = 0; image < 4; image++) {
      rows.push({
        annotator,
        trial: trial++,
        image,
        truth: image,
        chosen: annotator === 'bad' ? 9 : image,
        ms: image === 3 ? 0 : 900,
      })
    }
    for (let k = 0; checks !== null && k < 4; k++) {
      rows.push({ annotator, trial: trial++, image: -99999, truth: 5, chosen: k < checks ? 5 : 3 })
    }
  }
  return rows
}
