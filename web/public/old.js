/* Runs in any browser, however old: ES5 only. Where the pages cannot work, it says so. */
(function () {
  var able = typeof Promise === 'function' && 'noModule' in document.createElement('script') &&
    window.CSS && CSS.supports && CSS.supports('selector(:where(a))') && typeof ''.replaceAll === 'function'
  if (able) return
  function say() {
    document.title = '浏览器过旧'
    document.body.innerHTML =
      '<h1>浏览器过旧</h1>' +
      '<p>这个浏览器太旧，不能显示本页。UKey 和证书没有问题。</p>' +
      '<p>请用 Chrome 88 或更新的版本（Windows 7 可用 Chrome 109），或基于它的浏览器打开。</p>' +
      '<p lang="en">This browser is too old for this page. Please use Chrome 88 or later (Chrome 109 runs on Windows 7).</p>'
  }
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', say)
  else say()
})()
