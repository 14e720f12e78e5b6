package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"xinzhang/internal/fault"
	"xinzhang/internal/sign"
	"xinzhang/internal/verify"
)

// signResult is what `sign` answers, in JSON as it stands: of a rehearsal, or of
// a document that was written.
type signResult struct {
	File       string          `json:"file"`
	Output     string          `json:"output,omitempty"` // of a document that was written
	Allowed    bool            `json:"allowed"`
	Signatures []stepResult    `json:"signatures"`
	Earlier    []earlierResult `json:"earlier"`
	Verdict    verify.Verdict  `json:"verdict,omitempty"` // on the document that was written
}

type stepResult struct {
	Token    string          `json:"token"`
	Holder   string          `json:"holder"`
	Seal     string          `json:"seal"`
	SealID   string          `json:"seal_id"`
	Places   []verify.Place  `json:"places"`
	Keywords []keywordResult `json:"keywords"`
	Refusals []findingResult `json:"refusals"`
	Warnings []findingResult `json:"warnings"`
}

type keywordResult struct {
	Keyword string `json:"keyword"`
	Found   int    `json:"found"`
	Used    int    `json:"used"`
}

type findingResult struct {
	Code  fault.Code `json:"code"`
	Title string     `json:"title"`
	Cause string     `json:"cause,omitempty"`
	Next  string     `json:"next,omitempty"`
}

// earlierResult is a signature that the document carries already.
type earlierResult struct {
	Number  int            `json:"number"`
	ID      string         `json:"id"`
	Signer  string         `json:"signer,omitempty"`
	Verdict verify.Verdict `json:"verdict"` // as of now
	Stays   bool           `json:"stays"`   // the new signatures leave what it protects alone
}

func (s *signing) result() signResult {
	r := signResult{File: s.file, Allowed: true, Earlier: []earlierResult{}}
	for _, sig := range s.steps {
		seal := sig.request.Seal.Info
		step := stepResult{
			Token: sig.Token, Holder: sig.request.Certificate.Holder(), Seal: seal.Name, SealID: seal.ID,
			Places: []verify.Place{}, Keywords: []keywordResult{},
			Refusals: s.findings(sig.plan.Refusals), Warnings: s.findings(sig.plan.Warnings),
		}
		for _, st := range sig.plan.Stamps {
			p := verify.Place{Page: st.Page, Box: st.Box.String()}
			if st.Clip != nil {
				p.Clip = st.Clip.String()
			}
			step.Places = append(step.Places, p)
		}
		for _, k := range sig.plan.Keywords {
			step.Keywords = append(step.Keywords, keywordResult(k))
		}
		r.Allowed = r.Allowed && len(sig.plan.Refusals) == 0
		r.Signatures = append(r.Signatures, step)
	}
	return r
}

func (s *signing) findings(found []*fault.Error) []findingResult {
	out := []findingResult{}
	for _, e := range found {
		t := e.Code.Text(s.lang, e.Args)
		out = append(out, findingResult{e.Code, t.Title, t.Cause, t.Next})
	}
	return out
}

// tell ends a rehearsal: where each seal would land, what stands against it, what
// becomes of the signatures that are there.
func (s *signing) tell() error {
	r := s.result()
	var err error
	if r.Earlier, err = s.earlier(); err != nil {
		return err
	}
	if s.json {
		err = writeJSON(s.stdout, r)
	} else {
		s.print(r)
	}
	if err == nil && !r.Allowed {
		return status(1)
	}
	return err
}

// earlier judges the signatures of the document as it stands.
func (s *signing) earlier() ([]earlierResult, error) {
	out := []earlierResult{}
	plans := s.steps[0].plan.Earlier
	if len(plans) == 0 {
		return out, nil
	}
	opt, err := s.judgement()
	if err != nil {
		return nil, err
	}
	report, err := verify.OFD(s.ctx, s.doc.Package, opt)
	if err != nil {
		return nil, err
	}
	for i, p := range plans {
		e := earlierResult{Number: p.Number, ID: p.ID, Stays: p.Stays, Verdict: verify.Failed}
		if i < len(report.Signatures) {
			judged := report.Signatures[i]
			e.Verdict = judged.Verdict
			if judged.Signer != nil {
				e.Signer = judged.Signer.Holder
			}
		}
		out = append(out, e)
	}
	return out, nil
}

// judgement is how we judge our own documents: as of now, by the usual policy,
// trusting what the data directory trusts.
func (s *signing) judgement() (verify.Options, error) {
	policy, err := verify.LookupPolicy(verify.GBT38540)
	return verify.Options{Policy: policy, Trust: s.trust, At: s.now()}, err
}

func (s *signing) print(r signResult) {
	s.printf(s.word("sign_rehearsal")+"\n", r.File)
	for i, step := range r.Signatures {
		s.printf("\n"+s.word("sign_step")+"\n", i+1, step.Holder, step.Seal, step.Token)
		if len(step.Refusals) == 0 {
			s.printf("  ✓ %s\n", s.word("sign_fits"))
		}
		s.printFindings("✗", step.Refusals)
		s.printFindings("!", step.Warnings)
		for _, k := range step.Keywords {
			s.printf("  · "+s.word("sign_found")+"\n", k.Keyword, k.Found, k.Used)
		}
		for _, st := range s.steps[i].plan.Stamps {
			s.printStamp(st)
		}
	}
	if len(r.Earlier) > 0 {
		s.printf("\n")
	}
	for _, e := range r.Earlier {
		fate := s.word("sign_breaks")
		if e.Stays {
			fate = s.word("sign_stays")
		}
		signer := cmp.Or(e.Signer, s.word("sign_unknown"))
		s.printf(s.word("sign_earlier")+"\n", e.Number, signer, s.word("sign_"+string(e.Verdict)), fate)
	}
	s.printf("\n%s\n", s.word(r.conclusion()))
}

// conclusion is the word for the whole rehearsal. A document whose signatures
// fail may be signed, but nobody should be led to it.
func (r signResult) conclusion() string {
	switch {
	case !r.Allowed:
		return "sign_forbidden"
	case slices.ContainsFunc(r.Earlier, func(e earlierResult) bool { return e.Verdict == verify.Failed }):
		return "sign_doubtful"
	}
	return "sign_allowed"
}

func (s *signing) printFindings(mark string, found []findingResult) {
	for _, f := range found {
		s.printf("  %s %s  [%s]\n", mark, f.Title, f.Code)
		if f.Cause != "" {
			s.printf("    %s%s\n", s.word("cause"), f.Cause)
		}
		if f.Next != "" {
			s.printf("    %s%s\n", s.word("next"), f.Next)
		}
	}
}

// printStamp tells where a seal shows, as one would measure it on paper.
func (s *signing) printStamp(st sign.Stamp) {
	key := "sign_place"
	if st.Clip != nil {
		key = "sign_strip"
	}
	v := st.Visible()
	s.printf("  · "+s.word(key)+"\n", st.Page, mm(v.X), mm(v.Y), mm(v.W), mm(v.H))
}

func mm(v float64) string { return strconv.FormatFloat(math.Round(v*100)/100, 'f', -1, 64) }

// judge verifies the document that was written and says in one line whether it
// holds.
func (s *signing) judge(out string) error {
	opt, err := s.judgement()
	if err != nil {
		return err
	}
	report, err := verifyFile(s.app, out, opt)
	if err != nil {
		return err
	}
	if s.json {
		r := s.result()
		r.Output, r.Verdict = out, report.Verdict
		if err := writeJSON(s.stdout, r); err != nil {
			return err
		}
	} else {
		s.printf(s.word("sign_written")+"\n", out)
		s.printf(s.word("sign_verified")+"\n", s.word("sign_"+string(report.Verdict)), len(report.Signatures), s.reason(report))
	}
	if report.Verdict == verify.Failed {
		return status(1)
	}
	return nil
}

// reason is what decided a verdict other than passed, and of which signature.
func (s *signing) reason(r *verify.Report) string {
	if r.Verdict == verify.Passed {
		return ""
	}
	for _, c := range r.Document {
		if c.Verdict == r.Verdict {
			return fmt.Sprintf(": %s [%s]", c.Message, c.Code)
		}
	}
	for _, sig := range r.Signatures {
		for _, c := range sig.Checks {
			if c.Verdict == r.Verdict {
				return fmt.Sprintf(": "+s.word("sign_reason")+" [%s]", sig.Number, c.Message, c.Code)
			}
		}
	}
	return ""
}
