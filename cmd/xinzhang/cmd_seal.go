package main

import (
	"errors"
	"path/filepath"
	"strconv"
	"time"

	"xinzhang/internal/ca"
	"xinzhang/internal/fault"
	"xinzhang/internal/format/crl"
	"xinzhang/internal/format/ses"
	"xinzhang/internal/home"
	"xinzhang/internal/inspect"
	"xinzhang/internal/seals"
)

// sealCmd makes seals and shows them.
type sealCmd struct {
	Make sealMakeCmd `cmd:"" help:"${h_seal_make}"`
	Show sealShowCmd `cmd:"" help:"${h_seal_show}"`
	List sealListCmd `cmd:"" help:"${h_seal_list}"`
}

// sealRecordJSON is an edition of a seal in the register, on the wire.
type sealRecordJSON struct {
	ID           string      `json:"id"`
	Edition      int         `json:"edition"`
	State        seals.State `json:"state"`
	Name         string      `json:"name"`
	Kind         string      `json:"kind"`
	Holder       string      `json:"holder"`
	HolderSerial string      `json:"holder_serial"`
	MadeAt       *time.Time  `json:"made_at,omitempty"`
	ValidStart   time.Time   `json:"valid_start"`
	ValidEnd     time.Time   `json:"valid_end"`
	Note         string      `json:"note,omitempty"`
}

func sealRecordOf(r seals.Record) sealRecordJSON {
	return sealRecordJSON{
		r.ID, r.Edition, r.State, r.Name, string(r.Kind), r.Holder, r.HolderSerial, utc(r.MadeAt), r.ValidStart, r.ValidEnd, r.Note,
	}
}

// sealShowCmd explains a seal: the file of that name, or the seal of that
// identifier in the register.
type sealShowCmd struct {
	What     string `arg:"" name:"file|id" help:"${h_seal_what}"`
	Picture  string `help:"${h_inspect_picture}" type:"path" placeholder:"OUT"`
	Out      string `short:"o" help:"${h_seal_out}" type:"path" placeholder:"FILE"`
	Force    bool   `help:"${h_force}"`
	RevealID bool   `name:"reveal-id" help:"${h_reveal_id}"`
}

// sealView is what seal show writes.
type sealView struct {
	inspect.Item
	Register *sealRecordJSON `json:"register,omitempty"` // absent when it is not ours
}

func (c *sealShowCmd) Run(a *app) error {
	raw, known, err := c.find(a)
	if err != nil {
		return err
	}
	report, err := inspect.Bytes(raw, inspect.Options{At: a.now(), RevealID: c.RevealID})
	if err != nil {
		return otherKind(err, c.What, inspect.KindSeal)
	}
	report.Word(a.lang)
	if c.Out != "" {
		if err := mustBeNewFile(c.Out); err != nil && !c.Force {
			return err
		}
		if err := writeFile(c.Out, raw, 0o644); err != nil {
			return err
		}
	}
	if c.Picture != "" {
		if err := writePictures(a, c.Picture, report); err != nil {
			return err
		}
	}
	if a.json {
		view := sealView{Item: report.Items[0]}
		if known != nil {
			r := sealRecordOf(*known)
			view.Register = &r
		}
		return writeJSON(a.stdout, view)
	}
	if known != nil {
		a.printf("%s\n", a.word("register"))
		a.row("state", a.word("seal_"+string(known.State)))
		a.row("edition", strconv.Itoa(known.Edition))
		a.row("holder", known.Holder+a.word("comma")+known.HolderSerial)
		a.row("note", known.Note)
		a.printf("\n")
	}
	return inspect.Text(a.stdout, report, a.lang)
}

// find returns the seal and, when the register knows it, its record.
func (c *sealShowCmd) find(a *app) (raw []byte, known *seals.Record, err error) {
	reg, regErr := openRegister(a)
	if regErr == nil {
		defer func() { err = errors.Join(err, reg.Close()) }()
	}
	if looksLikeFile(c.What) {
		if raw, err = readFile(c.What, maxSeal); err != nil {
			return nil, nil, err
		}
		s, err := parseSeal(raw)
		if err != nil {
			return nil, nil, otherKind(err, c.What, inspect.KindSeal)
		}
		if regErr == nil {
			known = a.edition(reg, s)
		}
		return s.Raw, known, nil
	}
	if regErr != nil {
		return nil, nil, regErr
	}
	r, err := reg.db.Seals().Current(a.ctx, c.What)
	if errors.Is(err, seals.ErrNotFound) {
		return nil, nil, fault.Wrap(fault.SealNotFound, err, "id", c.What)
	}
	return r.DER, &r, err
}

// parseSeal reads a seal, also the one inside a seal signature.
func parseSeal(raw []byte) (*ses.Seal, error) {
	seal, err := ses.ParseSeal(raw)
	if err == nil {
		return seal, nil
	}
	if s, sigErr := ses.ParseSignature(raw); sigErr == nil {
		return s.Seal, nil
	}
	return nil, err
}

// edition finds s among the editions in the register; nil when it is not ours.
func (a *app) edition(reg *register, s *ses.Seal) *seals.Record {
	all, err := reg.db.Seals().List(a.ctx, s.Info.ID)
	if err != nil {
		return nil
	}
	for _, r := range all {
		if string(r.DER) == string(s.Raw) {
			return &r
		}
	}
	return nil
}

// sealListCmd lists the register of seals, newest first.
type sealListCmd struct {
	Find string `help:"${h_seal_find}" placeholder:"TEXT"`
	All  bool   `short:"a" help:"${h_seal_all}"`
}

func (c *sealListCmd) Run(a *app) (err error) {
	reg, err := openRegister(a)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, reg.Close()) }()
	found, err := reg.db.Seals().List(a.ctx, c.Find)
	if err != nil {
		return err
	}
	all := []sealRecordJSON{}
	t := table{{a.word("seal_id"), a.word("seal_name"), a.word("seal_kind"), a.word("holder"), a.word("until"), a.word("state")}}
	for _, r := range found {
		if r.State != seals.Valid && !c.All {
			continue
		}
		all = append(all, sealRecordOf(r))
		t = append(t, []string{r.ID, r.Name, r.Kind.Words(a.lang), r.Holder, day(r.ValidEnd), a.sealState(reg, r)})
	}
	if a.json {
		return writeJSON(a.stdout, all)
	}
	if len(all) == 0 {
		a.say("seal_none")
		return nil
	}
	return t.write(a.stdout)
}

// sealState says where a seal stands; one whose holder's certificate is no longer
// in force cannot be used, whatever the register of seals says.
func (a *app) sealState(reg *register, r seals.Record) string {
	if r.State != seals.Valid {
		return a.word("seal_" + string(r.State))
	}
	if a.now().After(r.ValidEnd) {
		return a.word("state_expired")
	}
	if e, err := reg.Show(a.ctx, r.HolderSerial); err == nil && e.State != ca.Valid {
		return a.word("seal_holder") + a.word("state_"+string(e.State)) + a.reasonNote(e)
	}
	return a.word("seal_valid")
}

func (a *app) reasonNote(e ca.Entry) string {
	if e.State != ca.Revoked {
		return ""
	}
	return a.word("comma") + crl.Reason(e.Reason).Words(a.lang)
}

// sealFile is where the seal of an identifier lies in the data directory.
func sealFile(dir home.Dir, id string) string { return filepath.Join(dir.Seals(), id+".esl") }
