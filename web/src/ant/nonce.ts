/** The nonce that the agent wrote into the page: only styles that bear it are taken. */
export const nonce = document.querySelector<HTMLElement>('meta[property="csp-nonce"]')?.nonce || undefined

// antd hands the nonce to its own styles, but the scroll lock of its dialogs and
// the measuring of scroll bars (@rc-component/portal, @rc-component/util) make
// style elements without asking for one.
if (nonce) {
  const create = document.createElement.bind(document)
  document.createElement = ((name: string, options?: ElementCreationOptions) => {
    const element = create(name, options)
    if (name === 'style') element.nonce = nonce
    return element
  }) as typeof document.createElement
}
