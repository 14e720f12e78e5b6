package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"xinzhang/internal/durable"
	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/ofd"
	"xinzhang/internal/format/ses"
	"xinzhang/internal/home"
	"xinzhang/internal/inspect"
	"xinzhang/internal/sign"
	"xinzhang/internal/token"
	"xinzhang/internal/trust"
)

// A signing is one run of `sign` on one document.
type signing struct {
	*app
	file  string
	doc   *document
	trust *trust.Set
	ukeys map[string]*ukey // by the name they were asked for
	steps []*signature
}

// A signature is one step of a signing.
type signature struct {
	signStep
	key     *token.Key
	request sign.Request
	plan    *sign.Plan
}

// A document is an open package with its file.
type document struct {
	*ofd.Package
	file *os.File
}

func (d *document) Close() error { return d.file.Close() }

func openDocument(name string) (*document, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fault.Wrap(fault.FileUnreadable, err, "file", name)
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("not a regular file")
	}
	if err != nil {
		_ = f.Close()
		return nil, fault.Wrap(fault.FileUnreadable, err, "file", name)
	}
	pkg, err := ofd.Open(f, info.Size(), ofd.DefaultLimits())
	if err != nil {
		_ = f.Close()
		return nil, otherKind(err, name, inspect.KindDocument)
	}
	return &document{pkg, f}, nil
}

func openSigning(a *app, file string) (*signing, error) {
	set, err := loadTrust(a.home, nil, nil)
	if err != nil {
		return nil, err
	}
	doc, err := openDocument(file)
	if err != nil {
		return nil, err
	}
	return &signing{app: a, file: file, doc: doc, trust: set, ukeys: make(map[string]*ukey)}, nil
}

// Close closes the document and the UKeys.
func (s *signing) Close() error {
	err := s.doc.Close()
	for _, k := range s.ukeys {
		err = errors.Join(err, k.Close())
	}
	return err
}

// rehearse plans every signature of the task, each on what those before it leave.
func (s *signing) rehearse(task *signTask) error {
	docs, err := s.doc.Documents()
	if err != nil {
		return err
	}
	var before []*sign.Plan
	for _, step := range task.Signatures {
		sig, err := s.signature(step, len(docs[0].Pages))
		if err != nil {
			return err
		}
		if sig.plan, err = sign.Rehearse(s.ctx, s.doc.Package, sig.request, before...); err != nil {
			return err
		}
		before = append(before, sig.plan)
		s.steps = append(s.steps, sig)
	}
	return nil
}

// signature finds what a step names: UKey, seal, certificate, places.
func (s *signing) signature(step signStep, pages int) (*signature, error) {
	places, err := step.places(pages)
	if err != nil {
		return nil, err
	}
	seal, err := loadSeal(s.home, step.Seal)
	if err != nil {
		return nil, err
	}
	ukey := s.ukeys[step.Token]
	if ukey == nil {
		if ukey, err = s.openUKey(step.Token); err != nil {
			return nil, err
		}
		s.ukeys[step.Token] = ukey
	}
	key, err := signingKey(s.ctx, ukey, seal, step.Container)
	if err != nil {
		return nil, err
	}
	c, err := cert.Parse(key.Certificate())
	if err != nil {
		return nil, err
	}
	return &signature{signStep: step, key: key, request: sign.Request{
		Seal: seal, Certificate: c, Places: places, Time: s.now(), Trust: s.trust,
	}}, nil
}

// maxSeal bounds the file of a seal.
const maxSeal = 16 << 20

// loadSeal reads a seal: the file of that name, or the seal of that identifier
// among those of the data directory.
func loadSeal(dir, name string) (*ses.Seal, error) {
	file := name
	if _, err := os.Stat(file); err != nil && filepath.Base(name) == name {
		file = filepath.Join(home.Dir(dir).Seals(), name+".esl")
		if _, err := os.Stat(file); err != nil {
			return nil, fault.Wrap(fault.SealNotFound, err, "id", name)
		}
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, fault.Wrap(fault.FileUnreadable, err, "file", file)
	}
	defer func() { _ = f.Close() }()
	raw, err := io.ReadAll(io.LimitReader(f, maxSeal+1))
	if err != nil {
		return nil, fault.Wrap(fault.FileUnreadable, err, "file", file)
	}
	if len(raw) > maxSeal {
		return nil, fault.New(fault.InputTooLarge, "what", file, "limit", "16 MiB")
	}
	seal, err := ses.ParseSeal(raw)
	return seal, otherKind(err, file, inspect.KindSeal)
}

// refusals tells all that stands against the task, of every signature, and what
// the signer should know before the PIN.
func (s *signing) refusals() error {
	exit := 0
	for _, sig := range s.steps {
		for _, w := range sig.plan.Warnings {
			if !s.json { // the result holds them
				_, _ = fmt.Fprintf(s.stderr, "! %s  [%s]\n", w.Code.Text(s.lang, w.Args).Title, w.Code)
			}
		}
		for _, r := range sig.plan.Refusals {
			if code := s.fail(r); exit == 0 {
				exit = code
			}
		}
	}
	if exit != 0 {
		return status(exit)
	}
	return nil
}

// enterPINs opens every UKey, before the first signature is made: a wrong PIN
// leaves nothing half done. The last try of a PIN is spent only when lastTry says
// so.
func (s *signing) enterPINs(lastTry bool) error {
	opened := make(map[string]bool)
	for _, sig := range s.steps {
		if opened[sig.Token] {
			continue
		}
		opened[sig.Token] = true
		source := secretSource{file: sig.PINFile, ask: fmt.Sprintf(s.word("sign_ask_pin"), sig.Token)}
		if len(s.ukeys) == 1 { // one PIN in the environment cannot be that of two
			source.env = "XINZHANG_PIN"
		}
		k := s.ukeys[sig.Token]
		pin, err := s.askPIN(k, token.UserPIN, source, lastTry)
		if err != nil {
			return err
		}
		err = k.VerifyPIN(s.ctx, token.UserPIN, pin)
		pin.Clear()
		if err != nil {
			return err
		}
	}
	return nil
}

// write makes the signatures one after the other and writes the last document
// to out. What lies between is in a temporary file beside it.
func (s *signing) write(out string) error {
	doc := s.doc
	for i, sig := range s.steps {
		if i == len(s.steps)-1 {
			return unwritable(out, durable.Write(out, 0o644, func(w io.Writer) error { return s.sign(w, doc.Package, sig) }))
		}
		next, err := s.between(doc.Package, sig, out)
		if err != nil {
			return err
		}
		defer func() { _ = next.Close(); _ = os.Remove(next.file.Name()) }()
		doc = next
	}
	return nil
}

// between makes a signature that is not the last one.
func (s *signing) between(pkg *ofd.Package, sig *signature, out string) (*document, error) {
	f, err := os.CreateTemp(filepath.Dir(out), "."+filepath.Base(out)+".*.tmp")
	if err != nil {
		return nil, unwritable(out, err)
	}
	err = s.sign(f, pkg, sig)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	var doc *document
	if err == nil {
		doc, err = openDocument(f.Name())
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return doc, unwritable(out, err)
}

// unwritable gives an error that bears no code of its own the one of a file that
// could not be written.
func unwritable(file string, err error) error {
	if err == nil || fault.Of(err).Code != fault.InternalError || errors.Is(err, context.Canceled) {
		return err
	}
	return fault.Wrap(fault.FileUnwritable, err, "file", file)
}

// sign makes one signature on pkg and writes the document to w.
func (s *signing) sign(w io.Writer, pkg *ofd.Package, sig *signature) error {
	sig.request.Time = s.now()
	prepared, err := sign.Prepare(s.ctx, pkg, sig.request)
	if err != nil {
		return err
	}
	value, err := sig.key.SignDigest(s.ctx, prepared.Digest)
	if err != nil {
		return err
	}
	return prepared.Complete(w, value)
}
