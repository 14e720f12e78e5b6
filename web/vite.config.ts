import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

// The agent writes its own nonce over this word, anew for each answer.
const nonce = '__CSP_NONCE__'

const pages = ['manager', 'confirm', 'window', 'redirect', 'demo']

// What the windows are made of comes in one piece, of which the manager makes use too:
// a request is what costs time on a busy computer. The table of codes comes later.
const windows = /\/src\/(api|i18n(?!\/codes)|kit|features\/(confirm|redirect|window))\/|\/node_modules\/(react|react-dom|scheduler|openapi-fetch)\//
// What window.html runs first, before the piece is there.
const first = 'src/features/window/meet.ts'
const early: Plugin = {
  name: 'early',
  transformIndexHtml: {
    order: 'post',
    handler(_, { path, bundle }) {
      const script = Object.values(bundle ?? {}).find((file) => file.type === 'chunk' && file.isEntry && file.facadeModuleId?.endsWith(first))
      if (path !== '/window.html' || !script) return []
      return [{ tag: 'script', attrs: { type: 'module', async: true, crossorigin: true, src: `/${script.fileName}`, nonce }, injectTo: 'head' }]
    },
  },
}

export default defineConfig({
  plugins: [react(), early],
  html: { cspNonce: nonce },
  build: {
    outDir: '../internal/webui/dist', // from where Go embeds it
    emptyOutDir: false, // a README lies there for builds without Node
    target: 'chrome109', // the last Chrome of Windows 7
    assetsInlineLimit: 0, // the policy of the pages allows no data: but in pictures
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: [...pages.map((page) => `${page}.html`), first],
      output: { codeSplitting: { groups: [{ name: 'meet', test: first, priority: 1 }, { name: 'base', test: windows }] } },
    },
  },
})
