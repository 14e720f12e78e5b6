package verify

import (
	"maps"
	"slices"

	"xinzhang/internal/fault"
)

// A Policy says how each finding is taken. Policies are data: a finding that a
// policy does not name is taken by the severity of its code.
type Policy struct {
	Name   string
	levels map[fault.Code]Level
}

// GBT38540 is the default policy, Strict the one in the manner of ETSI EN 319
// 102-1.
const (
	GBT38540 = "gbt38540"
	Strict   = "strict"
)

// LookupPolicy returns the policy called name, or fault.UsageWrong.
func LookupPolicy(name string) (Policy, error) {
	i := slices.Index([]string{GBT38540, Strict}, name)
	if i < 0 {
		return Policy{}, fault.New(fault.UsageWrong, "what", "--policy "+name)
	}
	p := Policy{Name: name, levels: make(map[fault.Code]Level, len(table))}
	for code, pair := range table {
		p.levels[code] = pair[i]
	}
	return p, nil
}

// level returns how p takes code.
func (p Policy) level(code fault.Code) Level {
	if l, ok := p.levels[code]; ok {
		return l
	}
	switch fault.Lookup(code).Severity {
	case fault.OK:
		return LevelOK
	case fault.Note:
		return LevelNote
	case fault.Warning:
		return LevelWarning
	default:
		return LevelFailed
	}
}

// Short names for the table.
const (
	n = LevelNote
	w = LevelWarning
	u = LevelIndeterminate
	f = LevelFailed
)

// table is the verdict table of docs/standards.md: finding → {gbt38540, strict}.
// Every finding that is neither "as it should be" nor failed under both policies
// because of its code's severity stands here.
var table = map[fault.Code][2]Level{
	// Structure, digests, signature values.
	fault.DocRefMissing:      {f, f},
	fault.DocDigest:          {f, f},
	fault.DocDigestAlgorithm: {f, f},
	fault.DocDigestUnnamed:   {f, f},
	fault.DocSigfileMissing:  {f, f},
	fault.DocSigfileBroken:   {f, f},
	fault.SigValueMissing:    {f, f},
	fault.SigValueBroken:     {f, f},
	fault.SigDataHash:        {f, f},
	fault.SigValue:           {f, f},
	fault.SigAlgorithm:       {f, f},
	fault.SigDeviation:       {w, w},
	fault.SigPropertyInfo:    {w, w},
	fault.SigBaseMissing:     {w, u},
	fault.DocDuplicateEntry:  {f, f},
	fault.DocPathEscape:      {f, f},
	fault.DocZIPConflict:     {f, f},
	fault.DocPartUnread:      {u, u},

	// Coverage.
	fault.DocBesideUncovered:  {w, f},
	fault.DocUncovered:        {f, f},
	fault.DocDangling:         {w, f},
	fault.DocCoveredLater:     {w, w},
	fault.DocCoveredEarlier:   {w, w},
	fault.DocCoveredUndecided: {u, u},
	fault.DocIndexUncovered:   {w, f},
	fault.DocStray:            {w, f},
	fault.DocLaterAdded:       {n, n},
	fault.IntegritySignature:  {f, f},
	fault.IntegrityUnjudged:   {u, u},
	fault.IntegrityMissing:    {f, f},
	fault.IntegrityUnlisted:   {w, f},

	// The signer's certificate.
	fault.SignerAbsent:            {u, u},
	fault.SignerCertBroken:        {f, f},
	fault.SignerCertDeviation:     {w, w},
	fault.SignerNoAnchor:          {u, u},
	fault.SignerOtherAnchor:       {u, u},
	fault.SignerIssuerNotCA:       {f, f},
	fault.SignerIssuerNotValid:    {f, f},
	fault.SignerConstrained:       {u, u},
	fault.SignerCritical:          {w, u},
	fault.SignerPathTooLong:       {f, f},
	fault.SignerNotValidThen:      {f, f},
	fault.SignerExpiredSince:      {w, u},
	fault.SignerRevokedBefore:     {f, f},
	fault.SignerOnHold:            {f, f},
	fault.SignerRevokedAfter:      {u, u},
	fault.SignerRevokedAfterStamp: {n, n},
	fault.SignerStatusUnknown:     {u, u},
	fault.SignerStatusUnannounced: {w, u},
	fault.SignerKeyUsage:          {f, f},
	fault.SignerRole:              {f, f},

	// The seal and its maker.
	fault.SealSignature:           {f, f},
	fault.SealScope:               {w, w},
	fault.SealMismatch:            {f, f},
	fault.SealFileMissing:         {f, f},
	fault.SealUnvouched:           {u, f},
	fault.SigNoSeal:               {w, w},
	fault.SealDeviation:           {w, w},
	fault.SealVersions:            {w, w},
	fault.SealStampWrong:          {f, f},
	fault.SealStampUnknown:        {u, u},
	fault.SealExpired:             {f, f},
	fault.SealNotYetValid:         {f, f},
	fault.SealMadeLater:           {w, f},
	fault.SealNotListed:           {f, f},
	fault.SealPlaceWrong:          {f, f},
	fault.SealPlaceUnnamed:        {f, f},
	fault.SealPlaceOutside:        {w, w},
	fault.MakerCertBroken:         {f, f},
	fault.MakerCertDeviation:      {w, w},
	fault.MakerNoAnchor:           {u, u},
	fault.MakerOtherAnchor:        {u, u},
	fault.MakerIssuerNotCA:        {f, f},
	fault.MakerIssuerNotValid:     {f, f},
	fault.MakerConstrained:        {u, u},
	fault.MakerCritical:           {w, u},
	fault.MakerPathTooLong:        {f, f},
	fault.MakerNotValidAtCreation: {w, f},
	fault.MakerNotValidAtV5:       {f, f},
	fault.MakerExpiredSince:       {n, w},
	fault.MakerRevokedBefore:      {f, f},
	fault.MakerOnHold:             {f, f},
	fault.MakerRevokedAfter:       {n, w},
	fault.MakerStatusUnknown:      {u, u},
	fault.MakerStatusUnannounced:  {w, u},
	fault.MakerKeyUsage:           {f, f},
	fault.MakerRole:               {f, f},

	// Time.
	fault.TimeClockOnly:      {n, w},
	fault.TimeFuture:         {f, f},
	fault.TimeDisagrees:      {w, w},
	fault.TimeStampWrong:     {f, f},
	fault.TimeStampUnknown:   {u, u},
	fault.TimeStampLate:      {w, w},
	fault.TimeUnknown:        {u, u},
	fault.TimeTokenUnmatched: {u, u},
}

// Table returns the findings that the policies name, for docs and tests.
func Table() []fault.Code { return slices.Sorted(maps.Keys(table)) }

// judge takes findings by p.
func (p Policy) judge(findings []finding) (checks []Check, verdict Verdict) {
	verdict = Passed
	for _, fd := range findings {
		level := p.level(fd.code)
		checks = append(checks, Check{
			Check: fd.check, Code: fd.code, Verdict: level.verdict(), Level: level,
			Clause: clauses[fd.check], Args: fd.args,
		})
		verdict = worse(verdict, level.verdict())
	}
	return checks, verdict
}

// The questions, in the order in which they are asked, with the clause each
// stands on. The clause numbers of GB/T 38540 are not given where the text was
// not at hand.
const (
	askFormat     = "format"
	askDigest     = "doc_digest"
	askCoverage   = "coverage"
	askValue      = "signature_value"
	askPath       = "signer_path"
	askSignerTime = "signer_time"
	askStatus     = "signer_status"
	askUsage      = "key_usage"
	askSeal       = "seal_signature"
	askMaker      = "seal_maker"
	askValidity   = "seal_validity"
	askBinding    = "seal_binding"
	askTime       = "time"
	askPlace      = "appearance"
	askAlgorithm  = "algorithm"
)

var clauses = map[string]string{
	askFormat:     "GB/T 33190-2016; GB/T 38540-2020",
	askDigest:     "GB/T 33190-2016 (Signature.xml References)",
	askCoverage:   "GM/T 0099-2020",
	askValue:      "GB/T 38540-2020; GB/T 35275-2017; GB/T 32918.2-2016",
	askPath:       "GB/T 20518-2018; RFC 5280 6.1",
	askSignerTime: "GM/T 0031-2014 6.2.3",
	askStatus:     "GM/T 0031-2014 6.2.3; RFC 5280 6.3",
	askUsage:      "GB/T 20518-2018; RFC 5280 4.2.1.3",
	askSeal:       "GB/T 38540-2020; GM/T 0031-2014",
	askMaker:      "GB/T 38540-2020; GM/T 0031-2025",
	askValidity:   "GM/T 0031-2014 6.2.3",
	askBinding:    "GM/T 0031-2014 (seal's list of signer certificates)",
	askTime:       "GB/T 38540-2020; GB/T 20520",
	askPlace:      "GB/T 33190-2016 (StampAnnot)",
	askAlgorithm:  "GM/T 0006-2023",
}
