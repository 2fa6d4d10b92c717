/**
 * Who may import whom: the drawing in ARCHITECTURE.md as lint rules. Folders are held apart by
 * eslint-plugin-boundaries, packages and Node's own modules by `no-restricted-imports`. test/boundaries.test.ts shows
 * each rule refusing.
 */
import boundaries from 'eslint-plugin-boundaries'

const elements = [
  { type: 'contract', pattern: 'src/contract' },
  { type: 'domain', pattern: 'src/domain' },
  { type: 'engine', pattern: 'src/engine' },
  { type: 'formats', pattern: 'src/formats' },
  { type: 'main', pattern: 'src/main' },
  { type: 'preload', pattern: 'src/preload' },
  { type: 'renderer', pattern: 'src/renderer' },
]

/** Everything not said here is refused. */
const mayImport = {
  domain: [],
  contract: ['domain'],
  engine: ['domain'],
  formats: ['domain'],
  main: ['domain', 'contract', 'engine', 'formats'],
  preload: ['domain', 'contract'],
  renderer: ['domain', 'contract'],
}

const policies = Object.entries(mayImport).map(([from, others]) => ({
  from: { element: { type: from } },
  allow: { to: { element: { types: { anyOf: [from, ...others] } } } },
}))

/** Groups of packages, each with the sentence a refusal shows. */
const groups = {
  database: { regex: '^better-sqlite3(/|$)', message: 'Only src/main/storage speaks SQL.' },
  electron: { regex: '^electron(/|$)', message: 'Only src/main and src/preload know Electron.' },
  node: { regex: '^node:', message: 'This code has no Node: the window and the pure parts run anywhere.' },
  files: {
    regex: '^(node:)?(fs|child_process|http|https|net|dgram)(/|$)',
    message: 'The engine touches no files, processes or network; its caller does.',
  },
  window: {
    regex: '^(vue|vue-router|pinia|reka-ui|chart\\.js|chartjs-.*|@lucide/vue|@tanstack/.*)(/|$)',
    message: 'Only src/renderer draws.',
  },
  doors: { regex: '^(hono|@hono/.*|ws|commander|pino)(/|$)', message: 'Only src/main has doors to the outside.' },
  engine: {
    regex: '^(onnxruntime-.*|@tensorflow/.*)(/|$)',
    message: 'Only src/engine runs tensors; ask it.',
  },
}

const ipcMain = {
  name: 'electron',
  importNames: ['ipcMain', 'default'],
  message: 'Only src/main/transport/ipc.ts listens to IPC: it checks the sender and the validator of every call.',
}

function packages(files, refused, options = {}) {
  const { ignores, paths = [], globals = [], syntax = [] } = options
  return {
    files,
    ...(ignores && { ignores }),
    rules: {
      'no-restricted-imports': ['error', { paths, patterns: refused.map((name) => groups[name]) }],
      ...(globals.length && { 'no-restricted-globals': ['error', ...globals] }),
      ...(syntax.length && { 'no-restricted-syntax': ['error', ...syntax] }),
    },
  }
}

const dom = ['window', 'document', 'navigator', 'localStorage', 'HTMLElement', 'Image', 'fetch'].map((name) => ({
  name,
  message: 'This code runs without a browser and without a network.',
}))
const throughNamespace = {
  selector: 'MemberExpression[property.name="ipcMain"]',
  message: ipcMain.message,
}

const pure = ['database', 'electron', 'node', 'window', 'doors', 'engine']

export default [
  {
    files: ['src/**/*.{ts,vue}'],
    plugins: { boundaries },
    settings: {
      'boundaries/elements': elements,
      'boundaries/include': ['src/**/*'],
      'import/resolver': { node: { extensions: ['.ts', '.vue', '.js', '.json'] } },
    },
    rules: {
      'boundaries/dependencies': ['error', { default: 'disallow', policies }],
      'boundaries/no-unknown-files': 'error',
    },
  },
  packages(['src/domain/**', 'src/contract/**'], pure, { globals: dom }),
  packages(['src/engine/**'], ['database', 'electron', 'files', 'window', 'doors'], { globals: dom }),
  packages(['src/formats/**'], ['database', 'electron', 'window', 'doors', 'engine'], { globals: dom }),
  packages(['src/renderer/**'], ['database', 'electron', 'node', 'doors', 'engine']),
  packages(['src/preload/**'], ['database', 'node', 'window', 'doors', 'engine']),
  packages(['src/main/**'], ['database', 'window'], { paths: [ipcMain], syntax: [throughNamespace] }),
  packages(['src/main/transport/ipc.ts'], ['database', 'window']),
  packages(['src/main/storage/**'], ['electron', 'window', 'doors', 'engine']),
]
