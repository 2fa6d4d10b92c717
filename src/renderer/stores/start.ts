/** Starts every store: each fetches once and subscribes; after a lost connection each fetches again. */
import { client } from '../connection/client'
import { useAttacks } from './attacks'
import { useConnection } from './connection'
import { useFigures } from './figures'
import { useGallery } from './gallery'
import { useJobs } from './jobs'
import { useProject } from './project'
import { useRuns } from './runs'
import { useStudies } from './studies'

export function startStores() {
  const connection = useConnection()
  const project = useProject()
  const jobs = useJobs()
  const runs = useRuns()
  const attacks = useAttacks()
  const figures = useFigures()
  const gallery = useGallery()
  const studies = useStudies()

  project.subscribe()
  jobs.subscribe()
  runs.subscribe()
  attacks.subscribe()
  figures.subscribe()
  gallery.subscribe()
  studies.subscribe()
  const fetchAll = () => Promise.all([project.fetch(), jobs.fetch(), runs.fetch(), studies.fetch()])
  void fetchAll()

  client.onConnection((state) => {
    connection.tell(state)
    if (state === 'connected' || state === 'outdated') void fetchAll()
  })
}
