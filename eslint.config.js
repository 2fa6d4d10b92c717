/**
 * How the code is checked: TypeScript strictly and with types, Vue by its recommended rules, who may import whom by
 * eslint.boundaries.js. Formatting is Prettier's business alone. A disabled rule needs a reason: `-- because ...`.
 */
import js from '@eslint/js'
import prettier from 'eslint-config-prettier'
import vue from 'eslint-plugin-vue'
import tseslint from 'typescript-eslint'
import boundaries from './eslint.boundaries.js'

/** Refuses `eslint-disable` without a description. */
const explained = {
  meta: { type: 'problem', schema: [] },
  create: (context) => ({
    Program() {
      for (const comment of context.sourceCode.getAllComments())
        if (/^\s*eslint-disable/.test(comment.value) && !/\s--\s+\S/.test(comment.value))
          context.report({ loc: comment.loc, message: 'Say why after ` -- `.' })
    },
  }),
}

const nodeGlobals = [
  'process',
  'console',
  'Buffer',
  'URL',
  'fetch',
  'AbortSignal',
  'AbortController',
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'structuredClone',
  'performance',
  'TextDecoder',
  'TextEncoder',
  'Request',
  'Response',
  'Headers',
  'WebSocket',
]

const typescript = {
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/no-non-null-assertion': 'error',
  '@typescript-eslint/consistent-type-imports': [
    'error',
    { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
  ],
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
  // An empty body with a comment in it says something.
  '@typescript-eslint/no-empty-function': 'off',
  '@typescript-eslint/no-invalid-void-type': 'off',
}

/** The parser of the Vue plugin's base configuration, set again after typescript-eslint has set its own. */
const vueParser = { languageOptions: { parser: vue.configs['flat/base'].at(-1).languageOptions.parser } }

export default tseslint.config(
  { ignores: ['node_modules', 'out', 'dist', 'test-results', 'playwright-report', 'docs', '.scratch'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    plugins: { house: { rules: { explained } } },
    rules: { 'house/explained': 'error', eqeqeq: ['error', 'always'], 'no-console': 'error', curly: 'off' },
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: { globals: Object.fromEntries(nodeGlobals.map((name) => [name, 'readonly'])) },
  },

  {
    // Functions in them run in a page.
    files: ['scripts/screenshots.mjs', 'test/**/*.mjs'],
    languageOptions: { globals: { window: 'readonly', document: 'readonly' } },
  },

  // TypeScript with types: promises that nobody awaits and values of type any are what tests do not find.
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      ...typescript,
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-dynamic-delete': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
    },
  },

  // Vue files are read without types here (vue-tsc checks them): with types, linting took several times as long.
  ...vue.configs['flat/recommended'],
  {
    files: ['**/*.vue'],
    extends: [tseslint.configs.strict, vueParser],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    rules: {
      ...typescript,
      'no-undef': 'off',
      'vue/multi-word-component-names': 'off',
      'vue/require-default-prop': 'off',
      'vue/no-v-html': 'error',
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/component-api-style': ['error', ['script-setup']],
    },
  },

  {
    // What they import from .vue files has no type for this parser; vue-tsc knows it.
    files: ['src/renderer/main.ts', 'src/renderer/router.ts'],
    rules: { '@typescript-eslint/no-unsafe-argument': 'off', '@typescript-eslint/no-unsafe-assignment': 'off' },
  },

  ...boundaries,

  // The command line and the doors write to standard streams by name; scripts and benches may print.
  { files: ['scripts/**', 'bench/**', 'verify/**', 'test/**'], rules: { 'no-console': 'off' } },
  {
    files: ['test/**/*.ts'],
    rules: {
      // A test that meets an unexpected null fails there, which is what it is for.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  prettier,
)
