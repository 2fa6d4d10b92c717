/** Data: label sets, image sets, and an image by its number. */
import { useProject } from '../stores/project'
import type { Command, CommandSource, TypedSource } from './command'

export const dataCommands: CommandSource = (router) => {
  const store = useProject()
  const labels = store.labelSets.map(({ name, imageSet }): Command => ({
    id: `labels ${name}`,
    title: name,
    kind: 'Label set',
    words: `data ${imageSet}`,
    act: () => router.push({ path: '/data', query: { labels: name } }),
  }))
  const images = (store.project?.imageSets ?? []).map(({ name }): Command => {
    const judged = store.labelSets.find(({ imageSet }) => imageSet === name)
    const to = judged ? { path: '/data', query: { labels: judged.name, view: 'images' } } : { path: '/' }
    return { id: `images ${name}`, title: name, kind: 'Image set', words: 'data images', act: () => router.push(to) }
  })
  return [...labels, ...images]
}

/** "17", "#17" or "image 17": that image, of the newest label set's images. */
export const imageCommands: TypedSource = (router, text) => {
  const index = /^\s*(?:image\s*|#\s*)?(\d{1,7})\s*$/i.exec(text)?.[1]
  const labels = useProject().labelSets[0]
  const set = useProject().project?.imageSets.find(({ name }) => name === labels?.imageSet)
  if (index === undefined || !labels || !set || Number(index) >= set.count) return []
  const image = String(Number(index))
  const go = (place: string, path: string, query: Record<string, string>): Command => ({
    id: `${place} image ${image}`,
    title: `Image ${image} in ${place}`,
    kind: 'Image',
    act: () => router.push({ path, query }),
  })
  return [
    go('Data', '/data', { labels: labels.name, view: 'images', image }),
    go('Gallery', '/gallery', { labels: labels.name, image }),
  ]
}
