/** `node --import register.mjs out/main/index.js`: the `electron` module is ours, everything else is as built. */
import { registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'
import { join } from 'node:path'

const standIn = pathToFileURL(join(import.meta.dirname, 'electron.mjs')).href

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron' ? { url: standIn, format: 'module', shortCircuit: true } : next(specifier, context),
})
