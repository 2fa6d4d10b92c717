/** The name of a run that does not depend on where it is kept: a digest of its configuration. */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { ATTACK_DEFAULTS, RUN_DEFAULTS, type AttackConfig, type RunConfig } from './runs'

const KEY_CHARACTERS = 16

/** A configuration of an earlier version, what it does not say filled in. */
export function completeConfig(stored: RunConfig): RunConfig {
  const config: RunConfig = { ...RUN_DEFAULTS, ...stored }
  return { ...config, attacks: config.attacks.map((attack): AttackConfig => ({ ...ATTACK_DEFAULTS, ...attack })) }
}

/**
 * Equal for runs that differ in nothing but the device: 16 hexadecimal digits of the SHA-256 of the configuration with
 * its fields in order. A run that starts from another holds the other's key, so that a key stands for all that was
 * done before.
 */
export function runKey(config: RunConfig): string {
  const text = canonical({ ...completeConfig(config), device: null })
  return bytesToHex(sha256(utf8ToBytes(text))).slice(0, KEY_CHARACTERS)
}

/** JSON with the fields of every object in the order of their names. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, entry: unknown) =>
    entry !== null && typeof entry === 'object' && !Array.isArray(entry)
      ? Object.fromEntries(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1)))
      : entry,
  )
}
