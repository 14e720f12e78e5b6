package webui

import (
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

func get(h handler, path, encoding string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", path, nil)
	r.Header.Set("Accept-Encoding", encoding)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestAPageIsServedUnderItsOwnNonce(t *testing.T) {
	h := handler{dist: fstest.MapFS{"manager.html": {Data: []byte(`<style nonce="__CSP_NONCE__">`)}}}
	nonces := map[string]bool{}
	for range 3 {
		w := get(h, "/manager.html", "")
		in := regexp.MustCompile(`nonce="([^"]+)"`).FindStringSubmatch(w.Body.String())[1]
		csp := w.Header().Get("Content-Security-Policy")
		if !strings.Contains(csp, "style-src 'self' 'nonce-"+in+"'") || !strings.Contains(csp, "frame-ancestors 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s for nonce %s", csp, in)
		}
		nonces[in] = true
		if w.Header().Get("Cache-Control") != "no-store" {
			t.Error("a page with a nonce is kept")
		}
	}
	if len(nonces) != 3 {
		t.Error("a nonce came twice")
	}
}

func TestAssetsComeCompressedToThoseWhoTakeIt(t *testing.T) {
	h := handler{dist: fstest.MapFS{"manager.html": {}, "assets/a-1.js": {Data: []byte("whole")}, "assets/a-1.js.gz": {Data: []byte("small")}}}
	if w := get(h, "/assets/a-1.js", "gzip, br"); w.Body.String() != "small" || w.Header().Get("Content-Encoding") != "gzip" || !strings.Contains(w.Header().Get("Content-Type"), "javascript") {
		t.Errorf("%q %v", w.Body, w.Header())
	}
	if w := get(h, "/assets/a-1.js", ""); w.Body.String() != "whole" {
		t.Errorf("%q", w.Body)
	}
	for _, path := range []string{"/assets/none.js", "/../webui.go", "/README"} {
		if w := get(h, path, ""); w.Code != 404 {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

func TestWithoutPagesThePlaceholderSaysWhatToDo(t *testing.T) {
	w := get(handler{dist: fstest.MapFS{}}, "/manager.html", "")
	if w.Code != 200 || !strings.Contains(w.Body.String(), "make web") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
