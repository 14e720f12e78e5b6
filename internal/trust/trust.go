// Package trust answers two questions about a certificate: does it lead to an
// anchor that the reader of a document chose to trust, and what was its status
// at a moment. It is shared by signing (may this key be used now?) and by
// verifying (was it good then?).
//
// A [Set] holds anchors and revocation lists; [Set.Load] fills it from files and
// folders. Certificates found inside documents never enter a Set: they are
// trusted by nobody for being there. They may help to reach an anchor (see
// [Set.PathAt]).
//
// Nothing here says valid or invalid: a [Path] with its flaws and a [Status] are
// facts, which a policy judges.
package trust

import (
	"sync"

	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/crl"
)

// A Set is what one reader trusts and knows. It is not changed after loading
// and may be used by several goroutines.
type Set struct {
	Anchors []*cert.Certificate
	CRLs    []*crl.List

	signed sync.Map // signedBy → bool: a list of a million entries is hashed once
}
