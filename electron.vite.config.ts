/**
 * How the three processes are built. Main holds every entry that runs under Node: the desktop composition, the browser
 * door, the command line, and the processes and threads they start. TensorFlow.js is bundled because its gradients
 * register only through a bundler; packages with native code, and installed TensorFlow.js backends, stay outside.
 */
import { resolve } from 'node:path'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'electron-vite'

const main = (name: string) => resolve(import.meta.dirname, 'src/main', name)

export default defineConfig({
  main: {
    build: {
      externalizeDeps: {
        exclude: ['@tensorflow/tfjs-core'],
        include: ['@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu'],
      },
      sourcemap: true,
      rolldownOptions: {
        input: {
          index: main('desktop.ts'),
          serve: main('server.ts'),
          cli: main('cli.ts'),
          bench: resolve(import.meta.dirname, 'bench/index.ts'),
          verify: resolve(import.meta.dirname, 'verify/index.ts'),
          fuzz: resolve(import.meta.dirname, 'test/fuzz/index.ts'),
          worker: main('worker.ts'),
          engineThread: main('engineThread.ts'),
          deviceProbe: main('deviceProbe.ts'),
        },
        output: {
          entryFileNames: '[name].js',
          // Beside the entries, so that `import.meta.dirname` is out/main wherever a module ends up.
          chunkFileNames: '[name]-[hash].js',
        },
      },
    },
  },
  preload: {
    build: {
      // A sandboxed preload is one CommonJS file.
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: resolve(import.meta.dirname, 'src/preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: resolve(import.meta.dirname, 'src/renderer'),
    plugins: [vue()],
    build: {
      minify: true,
      // Everything comes from the program's own origin: the content security policy forbids data: and blob: scripts.
      assetsInlineLimit: 0,
      rolldownOptions: {
        input: {
          index: resolve(import.meta.dirname, 'src/renderer/index.html'),
          // The participants' page: the session screen and nothing of the studio.
          study: resolve(import.meta.dirname, 'src/renderer/study.html'),
        },
      },
    },
  },
})
