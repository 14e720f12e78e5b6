package systems

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/certfile"
	"xinzhang/internal/format/cms"
	"xinzhang/internal/trust"
)

// Files of a signed list: a SignedData of GB/T 35275 whose content is the JSON of
// a [List], and the certificate of the administrator who signs, PEM.
const (
	ListFile   = "systems.der"
	SignerFile = "systems.pem"
)

// Format names the form of a [List].
const Format = "xinzhang-systems:1"

// A List says which business systems may call the agents of an organisation.
type List struct {
	Format     string    `json:"format"`
	Issued     time.Time `json:"issued"`
	ValidUntil time.Time `json:"valid_until"`
	Systems    []System  `json:"systems"`
}

// A System is one business system.
type System struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	Origins []string `json:"origins"`
	// Purposes it may ask for: login, sign, seal, decrypt. Empty is all.
	Purposes []string `json:"purposes,omitempty"`
	// Actions are words it may put on the button. Empty is any.
	Actions []string `json:"actions,omitempty"`
	// DigestOnly lets it have a bare digest signed; else that is refused for
	// pages of the list.
	DigestOnly bool `json:"digest_only,omitempty"`
}

// Signed is a list with its signer.
type Signed struct {
	List
	Signer *cert.Certificate
}

const (
	maxList    = 8 << 20
	maxSystems = 10000
)

// ParseList reads the JSON of a list strictly.
func ParseList(b []byte) (*List, error) {
	if len(b) > maxList {
		return nil, fault.New(fault.InputTooLarge, "what", ListFile, "limit", "8 MiB")
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	var l List
	if err := dec.Decode(&l); err != nil {
		return nil, fault.Wrap(fault.SystemsBroken, err, "what", "JSON")
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, fault.New(fault.SystemsBroken, "what", "JSON")
	}
	return &l, l.check()
}

func (l *List) check() error {
	wrong := func(what string) error { return fault.New(fault.SystemsBroken, "what", what) }
	switch {
	case l.Format != Format:
		return wrong("format")
	case l.Issued.IsZero() || !l.ValidUntil.After(l.Issued):
		return wrong("valid_until")
	case len(l.Systems) > maxSystems:
		return wrong("systems")
	}
	owner := map[string]string{}
	for _, s := range l.Systems {
		if s.ID == "" || s.Name == "" || len(s.Name) > 256 || len(s.Origins) == 0 {
			return wrong("systems: " + s.ID)
		}
		for _, o := range s.Origins {
			if err := CheckOrigin(o); err != nil {
				return err
			}
			if other, taken := owner[o]; taken {
				return wrong("origins: " + o + ": " + other + ", " + s.ID)
			}
			owner[o] = s.ID
		}
		for _, p := range s.Purposes {
			if !slices.Contains([]string{"login", "sign", "seal", "decrypt"}, p) {
				return wrong("purposes: " + p)
			}
		}
	}
	return nil
}

// Sign wraps the JSON of a list in a message signed by signer, whose key sign
// uses on e.
func Sign(list []byte, signer *cert.Certificate, at time.Time, sign func(message []byte) ([]byte, error)) ([]byte, error) {
	if _, err := ParseList(list); err != nil {
		return nil, err
	}
	t := cms.Template{Content: list, Signer: signer, SigningTime: at}
	m, err := t.Message()
	if err != nil {
		return nil, err
	}
	value, err := sign(m)
	if err != nil {
		return nil, err
	}
	return t.Assemble(value)
}

// Parse reads a signed list and checks the signature of signer, which must be
// the certificate in the message. Whether signer is trusted it does not ask.
func Parse(b []byte, signer *cert.Certificate) (*Signed, error) {
	if len(b) > maxList {
		return nil, fault.New(fault.InputTooLarge, "what", ListFile, "limit", "8 MiB")
	}
	sd, err := cms.Parse(b)
	if err != nil {
		return nil, fault.Wrap(fault.SystemsBroken, err, "what", "GB/T 35275")
	}
	if len(sd.Signers) != 1 || sd.Content == nil {
		return nil, fault.New(fault.SystemsBroken, "what", "GB/T 35275")
	}
	if _, err := sd.Verify(0, nil, signer); err != nil {
		return nil, fault.Wrap(fault.SystemsSignature, err)
	}
	list, err := ParseList(sd.Content)
	if err != nil {
		return nil, err
	}
	return &Signed{*list, signer}, nil
}

// refresh reads the list again when its files have changed; d.mu is held.
func (d *Directory) refresh() {
	folder, stamp := d.folder()
	if stamp == d.stamp {
		return
	}
	d.stamp, d.list, d.listErr = stamp, nil, nil
	if folder != "" {
		d.list, d.listErr = d.load(folder)
	}
}

// folder returns the first folder that has a list, and what tells its files from
// others.
func (d *Directory) folder() (folder, stamp string) {
	for _, dir := range d.cfg.Lists {
		info, err := os.Stat(filepath.Join(dir, ListFile))
		if err != nil {
			continue
		}
		stamp = dir + info.ModTime().String()
		if info, err := os.Stat(filepath.Join(dir, SignerFile)); err == nil {
			stamp += info.ModTime().String()
		}
		return dir, stamp
	}
	return "", ""
}

func (d *Directory) load(folder string) (*Signed, error) {
	read := func(name string) ([]byte, error) {
		b, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			return nil, fault.Wrap(fault.FileUnreadable, err, "file", filepath.Join(folder, name))
		}
		return b, nil
	}
	list, err := read(ListFile)
	if err != nil {
		return nil, err
	}
	pem, err := read(SignerFile)
	if err != nil {
		return nil, err
	}
	signer, err := certfile.Certificates(pem)
	if err != nil {
		return nil, err
	}
	signed, err := Parse(list, signer[0])
	if err != nil {
		return nil, err
	}
	if err := d.trusted(signer[0]); err != nil {
		return nil, err
	}
	return signed, nil
}

// trusted asks whether the administrator's certificate is under an anchor, in
// force and not revoked. Being beside the list is not enough, and neither is
// being under the anchor: every person's certificate is.
func (d *Directory) trusted(signer *cert.Certificate) error {
	set, err := d.cfg.Trust()
	if err != nil {
		return err
	}
	now := d.cfg.Now()
	if !signer.ValidAt(now) {
		return fault.New(fault.SystemsSigner, "holder", signer.Holder())
	}
	path := set.PathAt(signer, nil, now)
	if !path.Anchored() || len(path.Flaws(now)) > 0 {
		return fault.New(fault.SystemsSigner, "holder", signer.Holder())
	}
	if len(path.Certs) > 1 {
		if state := set.Status(signer, path.Certs[1], now).State; state == trust.Revoked || state == trust.OnHold {
			return fault.New(fault.SystemsSigner, "holder", signer.Holder())
		}
	}
	return nil
}
