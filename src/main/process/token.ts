/** Secrets that open something to whoever knows them: the owner's window, a participant's session, a study to join. */
import { randomBytes } from 'node:crypto'

export const newToken = (): string => randomBytes(24).toString('base64url')
