/** One image as every finished run saw it that had held it out, and what became of it in the attacks on those runs. */
import type { GalleryImage, GalleryImageRun, Input } from '../../contract'
import { StudioError } from '../../domain/errors'
import { rowAt } from '../../domain/labels/distribution'
import type { RunInfo } from '../../domain/runs/info'
import type { ProjectStore } from '../storage'
import { breathing } from '../project/slices'
import { judgePeople } from './judge'
import { heldOutOf } from './predictions'
import { attacksOf, outcomeOf } from './underAttack'

function seenBy(store: ProjectStore, run: RunInfo, image: number, label: number, classes: number): GalleryImageRun[] {
  const heldOut = heldOutOf(store, run)
  const row = heldOut?.images.indexOf(image) ?? -1
  if (!heldOut || row < 0) return []
  const clean = rowAt(heldOut.predictions, row, classes)
  const attacks = attacksOf(store, run).flatMap(({ name, images, predictions, before }) => {
    const at = images.indexOf(image)
    if (at < 0 || label >= classes) return []
    const attacked = rowAt(predictions, at, classes)
    const unattacked = before ? rowAt(before, at, classes) : clean
    return [{ name, outcome: outcomeOf(unattacked, attacked, label), probabilities: Array.from(attacked) }]
  })
  return [{ run: run.id, probabilities: Array.from(clean), attacks }]
}

export async function galleryImage(store: ProjectStore, query: Input<'gallery.image'>): Promise<GalleryImage> {
  const { images, classes, probabilities, label } = await judgePeople(store, query.labelSet)
  const { image } = query
  if (image >= images.count)
    throw new StudioError('bad-input', `Image ${image} is outside ${images.name}, which has ${images.count}.`)
  const breathe = breathing()
  const runs: GalleryImageRun[] = []
  for (const run of store.runs.list()) {
    if (run.config.imageSet !== images.name) continue
    runs.push(...seenBy(store, run, image, label[image] ?? 255, classes))
    await breathe()
  }
  const known = Array.from(probabilities.subarray(image * classes, (image + 1) * classes))
  return { image, label: label[image] ?? 255, people: known.some(Number.isNaN) ? null : known, runs }
}
