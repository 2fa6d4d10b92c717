/**
 * The pages a new study begins with, in Markdown. What only the owner can know stands in square brackets and is found
 * again by `placeholders`, so that nobody invites people under a name that was never filled in.
 */
import type { StudyPages } from '../../../domain/study'

const CONSENT = `# Before you begin

You are invited to take part in a study about how people see small pictures. It is run by [name and institution].

- You will look at pictures one at a time and choose the word that fits each best. It takes about [15] minutes.
- We record which word you choose, how long you take, and the size of your screen and the kind of browser you use. We do not ask for your name.
- Taking part is voluntary. You may stop at any time by closing this page, without giving a reason. You can have your answers deleted, also later: tell us the participant code that the last page shows.
- The answers are analysed together and may be published without anything that identifies you.

Questions: [how to reach you]. Approved by: [ethics board and number, or remove this line].

By going on you say that you are [18] or older and that you agree to take part.
`

const INSTRUCTIONS = `# What to do

You will see one small, blurry picture at a time, with words arranged around it. **Choose the word that fits the picture best**, by clicking it or by pressing the key drawn on it.

- Answer as quickly and as accurately as you can. There is no time limit.
- Some pictures are hard. If you are unsure, choose what you think is most likely.
- You cannot go back to an earlier picture.
- First there are a few pictures for practice, where you are told whether you were right.
`

const DEBRIEF = `# Thank you

You have finished. Your answers help to find out where people agree on what a picture shows and where they do not, and how machines can learn from that.

[Anything you want to tell participants now, and how to reach you.]
`

export const DEFAULT_PAGES: StudyPages = { consent: CONSENT, instructions: INSTRUCTIONS, debrief: DEBRIEF }

/** "[name and institution]", not Markdown's links "[text](address)" nor its check boxes "[x]". */
export function placeholders(page: string): string[] {
  return [...page.matchAll(/\[(?![ xX]?\])[^[\]\n]+\](?![([:])/g)].map(([found]) => found)
}
