/** A study over small images, its services, and a participant who answers as a page would. */
import { onTestFinished } from 'vitest'
import type { CallName, Input, Output, Reply } from '../../src/contract'
import type { AnswerReceipt, SessionAnswer, SessionView } from '../../src/domain/study'
import { StudioError } from '../../src/domain/errors'
import type { Role } from '../../src/contract/handlers'
import { createServices } from '../../src/main/services'
import { addToProject } from '../../src/main/labels/addToProject'
import { forkWorker } from '../../src/main/workers/forkWorker'
import { ENVIRONMENT } from './studyConfig'
import { someImages, temporaryFolder } from './temporary'

export interface Studio {
  folder: string
  services: ReturnType<typeof createServices>
  call<N extends CallName>(name: N, input: Input<N>, role?: Role): Promise<Output<N>>
}

/** Services over a project with 60 images and 40 obvious ones; each image's bytes tell its index. */
export async function openStudio(images = 60): Promise<Studio> {
  const folder = temporaryFolder()
  const services = createServices({ launch: forkWorker, worksQueue: false, recentFile: null })
  onTestFinished(() => services.close())
  await services.project.open(folder)
  await addToProject(services.project.store(), [someImages(images, 'images'), someImages(40, 'obvious', 100)])
  return {
    folder,
    services,
    async call(name, input, role = 'owner') {
      const reply = (await services.dispatch(name, input, role)) as Reply<Output<typeof name>>
      if (reply.ok) return reply.value
      throw StudioError.fromData(reply.error)
    },
  }
}

/** What a participant's page does, one step at a time. */
export function participant(studio: Studio, token: string) {
  let view: SessionView | null = null
  let clock = 0
  const role = { participant: token }
  const seen = () => {
    if (!view) throw new Error('not opened')
    return view
  }
  const make = (label: number, practice: boolean, trial: number): SessionAnswer => {
    clock += 900
    const slot = seen().layout.indexOf(label)
    return {
      practice,
      trial,
      chosen: label,
      slot,
      reactionTimeMs: 612.5 + clock / 1e4,
      onsetMs: clock - 650,
      elapsedMs: clock,
      focusLosses: trial % 2,
    }
  }
  const send = (answer: SessionAnswer): Promise<AnswerReceipt> => studio.call('session.answer', { token, answer }, role)
  return {
    token,
    seen,
    make,
    send,
    async open() {
      view = await studio.call('session.open', { token, environment: ENVIRONMENT }, role)
      return view
    },
    /** Index of the image shown, by its bytes; the class it was published with is its index modulo 10. */
    async image(practice: boolean, trial: number) {
      const { pixels } = await studio.call('session.image', { token, practice, trial }, role)
      return pixels[0] ?? -1
    },
    /** Answers the trial by what is on the screen; checks and practice are recognised by their brightness. */
    async answer(practice: boolean, trial: number, wrong = false) {
      const byte = await this.image(practice, trial)
      const label = (byte % 10) + 0
      const truth = byte >= 100 ? (byte - 100) % 10 : label
      return send(make(wrong ? (truth + 1) % 10 : truth, practice, trial))
    },
    /** Practice and trials up to `until`; wrong on the checks whose turn `wrongChecks` names. */
    async go(until = Infinity, wrongChecks: readonly number[] = []) {
      let { stage } = await this.open()
      let checks = 0
      let { position } = stage === 'practice' ? seen().practice : seen().trials
      for (
        let steps = 0;
        (stage === 'practice' || stage === 'trials') && (stage === 'practice' || position < until);
        steps++
      ) {
        if (steps > 1000) throw new Error('it never ends')
        const practice = stage === 'practice'
        const isCheck = !practice && position % 6 === 5
        const receipt = await this.answer(practice, position, isCheck && wrongChecks.includes(checks))
        if (isCheck) checks++
        ;({ stage, position } = receipt)
      }
      return { stage, position }
    },
  }
}
