import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// The agent writes its own nonce over this word, anew for each answer.
const nonce = '__CSP_NONCE__'

const pages = ['manager', 'confirm', 'window', 'redirect', 'demo']

export default defineConfig({
  plugins: [react()],
  html: { cspNonce: nonce },
  build: {
    outDir: '../internal/webui/dist', // from where Go embeds it
    emptyOutDir: false, // a README lies there for builds without Node
    target: 'chrome109', // the last Chrome of Windows 7
    assetsInlineLimit: 0, // the policy of the pages allows no data: but in pictures
    modulePreload: { polyfill: false },
    rolldownOptions: { input: pages.map((page) => `${page}.html`) },
  },
})
