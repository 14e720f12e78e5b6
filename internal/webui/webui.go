// Package webui serves the pages of the agent, built by `make web` and embedded.
// Without them (go build needs no Node) every page is one that says so.
//
// A page is answered with a Content-Security-Policy of its own nonce and never
// kept by the browser; what lies in assets/ bears a hash in its name and is kept
// for ever, the few other files for a day. Assets are embedded beside their gzip form.
package webui

import (
	"bytes"
	"crypto/rand"
	"embed"
	"encoding/base64"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

//go:embed all:dist
var embedded embed.FS

// nonceWord stands in the built pages where the nonce of an answer goes.
const nonceWord = "__CSP_NONCE__"

const placeholder = `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>xinzhang-agent</title>
<h1>页面尚未构建</h1><p>这个程序构建时没有包含页面。请在源代码中运行 <code>make web</code>，再运行 <code>make build</code>。</p>
<h1 lang="en">The pages are not built</h1><p lang="en">Run <code>make web</code> in the source tree, then <code>make build</code>.</p></html>`

// Handler serves the embedded pages. They may speak to their own origin and to
// those of connect: the example business system to the agent.
func Handler(connect ...string) http.Handler {
	dist, err := fs.Sub(embedded, "dist")
	if err != nil {
		panic(err) // the folder is named in this file
	}
	return handler{dist, strings.Join(append([]string{"'self'"}, connect...), " ")}
}

// Built reports whether the pages are in this program.
func Built() bool {
	_, err := fs.Stat(embedded, "dist/manager.html")
	return err == nil
}

type handler struct {
	dist    fs.FS
	connect string // sources of connect-src
}

func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	if name == "" {
		name = "manager.html"
	}
	if strings.HasSuffix(name, ".html") {
		h.page(w, name)
		return
	}
	h.asset(w, r, name)
}

// page answers an HTML page under a nonce that is used once.
func (h handler) page(w http.ResponseWriter, name string) {
	body, err := fs.ReadFile(h.dist, name)
	status := http.StatusOK
	if err != nil {
		body, status = []byte(placeholder), http.StatusNotFound
		if _, err := fs.Stat(h.dist, "manager.html"); err != nil {
			status = http.StatusOK // nothing is built: the placeholder is the page
		}
	}
	var random [16]byte
	_, _ = rand.Read(random[:]) // never fails: the runtime ends the program instead
	nonce := base64.RawURLEncoding.EncodeToString(random[:])
	head := w.Header()
	head.Set("Content-Type", "text/html; charset=utf-8")
	head.Set("Content-Security-Policy", h.policy(nonce))
	head.Set("Cache-Control", "no-store")
	head.Set("Referrer-Policy", "no-referrer")
	head.Set("X-Frame-Options", "DENY")
	w.WriteHeader(status)
	_, _ = w.Write(bytes.ReplaceAll(body, []byte(nonceWord), []byte(nonce)))
}

func (h handler) policy(nonce string) string {
	return "default-src 'self'; connect-src " + h.connect + "; img-src 'self' data:; style-src 'self' 'nonce-" + nonce +
		"'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
}

func (h handler) asset(w http.ResponseWriter, r *http.Request, name string) {
	body, err := fs.ReadFile(h.dist, name)
	if err != nil || name == "README" {
		http.NotFound(w, r)
		return
	}
	head := w.Header()
	head.Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
	head.Set("Cache-Control", "max-age=86400") // an icon, and the word to old browsers: a day late is early enough
	if strings.HasPrefix(name, "assets/") {
		head.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	head.Set("Vary", "Accept-Encoding")
	if small, err := fs.ReadFile(h.dist, name+".gz"); err == nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		head.Set("Content-Encoding", "gzip")
		body = small
	}
	_, _ = w.Write(body)
}
