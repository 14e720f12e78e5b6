package crl

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"xinzhang/internal/fault"
)

// A Reason is a CRLReason of RFC 5280 5.3.1.
type Reason int

// Reasons. 7 is not used.
const (
	Unspecified          Reason = 0
	KeyCompromise        Reason = 1
	CACompromise         Reason = 2
	AffiliationChanged   Reason = 3
	Superseded           Reason = 4
	CessationOfOperation Reason = 5
	Hold                 Reason = 6 // certificateHold 挂起: the only one that can be undone
	RemoveFromCRL        Reason = 8 // 解除挂起, in delta lists only
	PrivilegeWithdrawn   Reason = 9
	AACompromise         Reason = 10
)

type reasonWords struct{ name, zh, en string }

// reasons are the names of RFC 5280 and the words people know them by.
var reasons = map[Reason]reasonWords{
	Unspecified:          {"unspecified", "未说明原因", "no reason given"},
	KeyCompromise:        {"keyCompromise", "密钥泄露或遗失", "key compromised or lost"},
	CACompromise:         {"cACompromise", "CA 密钥泄露", "key of the CA compromised"},
	AffiliationChanged:   {"affiliationChanged", "机构或隶属关系变更", "affiliation changed"},
	Superseded:           {"superseded", "已被新证书替代", "superseded by a new certificate"},
	CessationOfOperation: {"cessationOfOperation", "停止使用", "no longer in use"},
	Hold:                 {"certificateHold", "挂起（冻结）", "suspended"},
	RemoveFromCRL:        {"removeFromCRL", "解除挂起（解冻）", "restored"},
	PrivilegeWithdrawn:   {"privilegeWithdrawn", "权限被收回", "privilege withdrawn"},
	AACompromise:         {"aACompromise", "属性权威密钥泄露", "key of the attribute authority compromised"},
}

// String returns the name of RFC 5280 ("keyCompromise").
func (r Reason) String() string {
	if w, ok := reasons[r]; ok {
		return w.name
	}
	return strconv.Itoa(int(r))
}

// Words names the reason for people.
func (r Reason) Words(lang fault.Lang) string {
	w, ok := reasons[r]
	switch {
	case !ok && lang == fault.EN:
		return "reason " + r.String()
	case !ok:
		return "原因 " + r.String()
	case lang == fault.EN:
		return w.en
	}
	return w.zh
}

// ParseReason reads the name of RFC 5280, in any case, or its number. The error
// is [fault.CRLReasonUnknown].
func ParseReason(s string) (Reason, error) {
	n, err := strconv.Atoi(s)
	if _, ok := reasons[Reason(n)]; ok && err == nil {
		return Reason(n), nil
	}
	var known []string
	for _, r := range slices.Sorted(maps.Keys(reasons)) {
		if strings.EqualFold(s, reasons[r].name) {
			return r, nil
		}
		known = append(known, reasons[r].name)
	}
	return 0, fault.New(fault.CRLReasonUnknown, "reason", s, "known", strings.Join(known, ", "))
}
